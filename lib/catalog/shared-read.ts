import type { Db } from "@/db/client";

/** Whether a read through `db` may be shared with other askers: a transaction sees what others must not. */
export const isShareable = (db: Db): boolean => "$client" in db;

const LONG_MS = 3;
const MOST_PAUSE_MS = 500;

type Batch<Want, Answer> = {
  wants: Want[];
  answer: Promise<Answer>;
  resolve: (answer: Answer | PromiseLike<Answer>) => void;
};

/**
 * One read at a time for everybody who asks. Whoever asks while one is under way shares the next, so an answer is never
 * older than its question, and a thousand askers cost the database what two do. A read that took long is followed by a
 * pause nine times as long (at most half a second), so that reading takes a tenth of a core however many ask: a
 * stadium's seats take 20 ms, so under a rush its askers wait 0.1 s on average and the sale keeps the processor.
 */
export class SharedRead<Want, Answer> {
  private next: Batch<Want, Answer> | null = null;
  private running = false;

  /** `read` is told what all askers of a batch want; `onIdle` is called when nobody waits any more. */
  constructor(
    private readonly read: (wants: Want[]) => Promise<Answer>,
    private readonly onIdle: () => void = () => {},
  ) {}

  ask(want: Want): Promise<Answer> {
    this.next ??= this.open();
    this.next.wants.push(want);
    const { answer } = this.next;
    if (!this.running) {
      this.running = true;
      // Whoever asks in the same turn of the event loop is in the same batch.
      setImmediate(() => void this.run());
    }
    return answer;
  }

  private open(): Batch<Want, Answer> {
    let resolve!: Batch<Want, Answer>["resolve"];
    const answer = new Promise<Answer>((settle) => {
      resolve = settle;
    });
    return { wants: [], answer, resolve };
  }

  private async run(): Promise<void> {
    while (this.next) {
      const batch = this.next;
      this.next = null;
      const from = performance.now();
      const answer = this.read(batch.wants);
      batch.resolve(answer);
      await answer.catch(() => {});
      const took = performance.now() - from;
      if (took > LONG_MS) await new Promise((resolve) => setTimeout(resolve, Math.min(took * 9, MOST_PAUSE_MS)));
    }
    this.running = false;
    this.onIdle();
  }
}
