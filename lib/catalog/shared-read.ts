import type { Db } from "@/db/client";

/** Whether a read through `db` may be shared with other askers: a transaction sees what others must not. */
export const isShareable = (db: Db): boolean => "$client" in db;

/** Counting this many seats takes PostgreSQL 2 to 3 ms. About fewer, every answer is as new as its question. */
export const LARGE_SEATS = 10_000;

/** An answer about a large hall may be this old. */
export const LARGE_AGE_MS = 500;

const LONG_MS = 3;
const MOST_PAUSE_MS = 250;
const LEAST_PAUSE_MS = 100;

type Batch<Want, Answer> = {
  wants: Want[];
  answer: Promise<Answer>;
  resolve: (answer: Answer | PromiseLike<Answer>) => void;
};

type Options<Answer> = {
  /** Called when nobody waits any more. */
  onIdle?: () => void;
  /** Whether later askers may have an answer too. */
  isKept?: (answer: Answer) => boolean;
};

/**
 * One read at a time for everybody who asks. Whoever asks while one is under way shares the next, so an answer is never
 * older than its question, and a thousand askers cost the database what two do. A read that took long is followed by a
 * pause nine times as long (at most a quarter of a second), so that reading takes a tenth of a core however many ask.
 *
 * An answer that may be kept is given at once for half a second, and while anybody asks the next one is read behind just
 * before that is over: nobody waits for a pause, nor for a read that takes as long as the one before.
 */
export class SharedRead<Want, Answer> {
  private next: Batch<Want, Answer> | null = null;
  private isBusy = false;
  /** Settles when the read under way is over. */
  private reading: Promise<void> | null = null;
  private kept: { from: number; answer: Answer } | null = null;

  /** `read` is told what all askers of a batch want. */
  constructor(
    private readonly read: (wants: Want[]) => Promise<Answer>,
    private readonly options: Options<Answer> = {},
  ) {}

  /** The answer of a read that began now or later, or one that may be kept and is at most half a second old. */
  async ask(want: Want): Promise<Answer> {
    const kept = this.recall();
    const batch = this.open(want);
    if (kept) return kept.answer;
    // What is being read will do if it may be kept; else it is older than the question.
    if (this.reading) await this.reading;
    const read = this.recall();
    return read ? read.answer : await batch.answer;
  }

  private recall(): { answer: Answer } | null {
    return this.kept && performance.now() - this.kept.from <= LARGE_AGE_MS ? this.kept : null;
  }

  private open(want: Want): Batch<Want, Answer> {
    if (!this.next) {
      let resolve!: Batch<Want, Answer>["resolve"];
      const answer = new Promise<Answer>((settle) => {
        resolve = settle;
      });
      // Nobody may be left who waits for it.
      answer.catch(() => {});
      this.next = { wants: [], answer, resolve };
    }
    this.next.wants.push(want);
    if (!this.isBusy) {
      this.isBusy = true;
      // Whoever asks in the same turn of the event loop is in the same batch.
      setImmediate(() => void this.run());
    }
    return this.next;
  }

  private async run(): Promise<void> {
    while (this.next) {
      const batch = this.next;
      this.next = null;
      const askedAt = performance.now();
      this.reading = this.readFor(batch, askedAt);
      await this.reading;
      this.reading = null;
      const pauseMs = this.pauseAfter(performance.now() - askedAt);
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    this.isBusy = false;
    this.options.onIdle?.();
  }

  private async readFor(batch: Batch<Want, Answer>, askedAt: number): Promise<void> {
    const reading = this.read(batch.wants);
    batch.resolve(reading);
    try {
      const answer = await reading;
      this.kept = this.options.isKept?.(answer) ? { from: askedAt, answer } : null;
    } catch {
      // The askers were told; what is kept grows old.
    }
  }

  private pauseAfter(took: number): number {
    if (!this.kept) return took > LONG_MS ? Math.min(took * 9, MOST_PAUSE_MS) : 0;
    const left = this.kept.from + LARGE_AGE_MS - performance.now();
    return Math.max(left - 2 * took, Math.min(took, LEAST_PAUSE_MS));
  }
}
