import { say } from "@/cli/shared/print";

/** What has to be undone at the end, in reverse order, however the end comes. */
export class Cleanup {
  readonly #steps: (() => Promise<unknown>)[] = [];
  #running: Promise<void> | null = null;

  later(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  get hasBegun(): boolean {
    return this.#running !== null;
  }

  /** Undoes everything, once. A step that fails is told and does not stop the others. */
  run(): Promise<void> {
    this.#running ??= this.#undo();
    return this.#running;
  }

  async #undo(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      await step().catch((error: Error) => say(`Cleaning up: ${error.message}`));
    }
  }
}
