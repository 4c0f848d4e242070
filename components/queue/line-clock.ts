/** A timer that keeps time in a background tab too, by way of a worker; a plain one where workers are refused. */
export class LineClock {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, () => void>();
  private nextId = 1;

  constructor() {
    try {
      this.worker = new Worker(new URL("./line-clock.worker.ts", import.meta.url), { type: "module" });
      this.worker.onmessage = ({ data }: MessageEvent<number>) => {
        const run = this.waiting.get(data);
        this.waiting.delete(data);
        run?.();
      };
      this.worker.onerror = () => this.fallBack();
    } catch {
      this.worker = null;
    }
  }

  /** Runs something after `ms`; returns how to call it off. */
  set = (run: () => void, ms: number): (() => void) => {
    if (!this.worker) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    }
    const id = this.nextId++;
    this.waiting.set(id, run);
    this.worker.postMessage({ id, ms });
    return () => {
      this.waiting.delete(id);
      this.worker?.postMessage({ id, ms: null });
    };
  };

  close(): void {
    this.worker?.terminate();
    this.worker = null;
    this.waiting.clear();
  }

  private fallBack(): void {
    this.worker = null;
    for (const run of this.waiting.values()) setTimeout(run, 1_000);
    this.waiting.clear();
  }
}
