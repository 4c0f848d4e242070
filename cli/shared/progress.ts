import { SingleBar } from "cli-progress";

/** Work that is over sooner needs no bar. */
const SHOW_AFTER_MS = 2000;

/** A bar on stderr for work that takes longer than two seconds; in a file or pipe, a line every two seconds. */
export class Progress {
  readonly #from = Date.now();
  readonly #bar: SingleBar;
  #shown = false;

  /** `unit`: what is counted, in the plural. */
  constructor(unit: string) {
    this.#bar = new SingleBar({
      format: `{label} {bar} {percentage} % · {value}/{total} ${unit}`,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      hideCursor: true,
      clearOnComplete: true,
      noTTYOutput: true,
      notTTYSchedule: SHOW_AFTER_MS,
      stream: process.stderr,
    });
  }

  update(label: string, done: number, total: number): void {
    if (this.#shown) {
      this.#bar.setTotal(total);
      this.#bar.update(done, { label });
    } else if (Date.now() - this.#from > SHOW_AFTER_MS) {
      this.#shown = true;
      this.#bar.start(total, done, { label });
    }
  }

  /** Takes the bar away, so that lines can be written; the next update brings it back. */
  stop(): void {
    if (this.#shown) this.#bar.stop();
    this.#shown = false;
  }
}
