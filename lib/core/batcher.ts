import { unavailable } from "./errors";

type Waiting<In, Out> = { item: In; resolve(out: Out): void; reject(error: unknown): void };

type Limits = {
  /** How many go out together at most. */
  batch: number;
  /** How many may wait. */
  waiting: number;
  /** How many have to wait for a batch to follow the one under way before that is done; without it none does. */
  following?: number;
};

/**
 * Groups calls into batches: what arrives while a batch is under way forms the next one, which goes out when that one is
 * done or, where the limits say so, when it is worth it; two are under way at most. Alone, a call goes out in the same turn
 * of the event loop; under load the batches grow by themselves, without a timer. `run` answers in the order of its items; an
 * `Error` among the answers rejects that one call.
 */
export class Batcher<In, Out> {
  private waiting: Waiting<In, Out>[] = [];
  private underWay = 0;
  private isWoken = false;

  constructor(
    private readonly run: (items: In[]) => Promise<(Out | Error)[]>,
    private readonly limits: Limits,
  ) {}

  /** Throws `unavailable` at once when too many are waiting already: memory without end helps nobody. */
  add(item: In): Promise<Out> {
    if (this.waiting.length >= this.limits.waiting) return Promise.reject(unavailable());
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.isWoken || !this.mayGo) return;
      this.isWoken = true;
      setImmediate(() => {
        this.isWoken = false;
        this.drain();
      });
    });
  }

  private get mayGo(): boolean {
    const { following = Number.POSITIVE_INFINITY } = this.limits;
    return this.underWay < 2 && this.waiting.length >= (this.underWay === 0 ? 1 : following);
  }

  private drain(): void {
    if (!this.mayGo) return;
    const batch = this.waiting.splice(0, this.limits.batch);
    this.underWay += 1;
    // The next batch goes out before this one is answered, so that the database works while the answers are written.
    const next = (answer: () => void) => {
      this.underWay -= 1;
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
