import { unavailable } from "./errors";

type Waiting<In, Out> = { item: In; resolve(out: Out): void; reject(error: unknown): void };

/**
 * Groups calls into batches, one batch at a time: what arrives while a batch is under way forms the next one. Alone,
 * a call goes out in the same turn of the event loop; under load the batches grow by themselves, without a timer.
 * `run` answers in the order of its items; an `Error` among the answers rejects that one call.
 */
export class Batcher<In, Out> {
  private waiting: Waiting<In, Out>[] = [];
  private running = false;

  constructor(
    private readonly run: (items: In[]) => Promise<(Out | Error)[]>,
    private readonly limits: { batch: number; waiting: number },
  ) {}

  /** Throws `unavailable` at once when too many are waiting already: memory without end helps nobody. */
  add(item: In): Promise<Out> {
    if (this.waiting.length >= this.limits.waiting) return Promise.reject(unavailable());
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.running) {
        this.running = true;
        setImmediate(() => this.drain());
      }
    });
  }

  private drain(): void {
    if (this.waiting.length === 0) {
      this.running = false;
      return;
    }
    const batch = this.waiting.splice(0, this.limits.batch);
    // The next batch goes out before this one is answered, so that the database works while the answers are written.
    const next = (answer: () => void) => {
      this.drain();
      process.nextTick(answer);
    };
    this.run(batch.map((one) => one.item)).then(
      (answers) =>
        next(() =>
          batch.forEach((one, at) => {
            const answer = answers[at];
            if (answer instanceof Error) one.reject(answer);
            else one.resolve(answer as Out);
          }),
        ),
      (error) =>
        next(() => {
          for (const one of batch) one.reject(error);
        }),
    );
  }
}
