import type { Db } from "@/db/client";

/** Whether a read through `db` may be shared with other askers: a transaction sees what others must not. */
export const isShareable = (db: Db): boolean => "$client" in db;

type Batch<Want, Answer> = {
  wants: Want[];
  answer: Promise<Answer>;
  resolve: (answer: Answer | PromiseLike<Answer>) => void;
};

/**
 * One read at a time for everybody who asks. Whoever asks while one is under way shares the next, so an answer is never
 * older than its question, and a thousand askers cost the database what two do. A read that took long is followed by a
 * pause as long (at most 50 ms), so that the database does other work as well.
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
      if (took > 3) await new Promise((resolve) => setTimeout(resolve, Math.min(took, 50)));
    }
    this.running = false;
    this.onIdle();
  }
}
