export type Question = { id: number; body: unknown };
export type Answer = { id: number; answer?: unknown; fault?: string };

/** Makes this process answer its parent's questions; it ends when the parent does, whatever ended that. */
export function answerParent<Q, A>(answer: (question: Q) => Promise<A> | A): void {
  // A terminal's Ctrl-C reaches us too; the parent ends us in its own order.
  process.on("SIGINT", () => {});
  process.on("disconnect", () => process.exit(0));
  const reply = (message: Answer | "ready") => process.connected && process.send?.(message);
  process.on("message", async ({ id, body }: Question) => {
    try {
      reply({ id, answer: await answer(body as Q) });
    } catch (error) {
      reply({ id, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  reply("ready");
}

/** Processor time that this process has used so far, in microseconds. */
export function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

export type Memory = {
  /** What the process occupies of the machine's memory, in bytes. */
  resident: number;
  /** Of it: JavaScript's objects. */
  heap: number;
  /** Of it: buffers. */
  buffers: number;
};

export function memoryNow(): Memory {
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss, heap: heapUsed, buffers: external };
}
