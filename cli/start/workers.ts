import cluster, { type Worker } from "node:cluster";
import { log } from "@/lib/core/log";
import { StartFault } from "@/lib/core/start-fault";

const SHORTEST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;

/** A worker that lived this long has not died of its start. */
const SOUND_AFTER_MS = 30_000;

export type Workers = { port: number; stop(): Promise<void> };

/**
 * Runs `count` server processes on one port and starts one anew whenever it dies, more and more slowly if they die
 * at once. Resolves when all serve; throws `StartFault` if one cannot even start.
 */
export async function runWorkers(count: number): Promise<Workers> {
  let stopping = false;
  let wait = SHORTEST_WAIT_MS;
  const alive = () => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);

  const begin = (): Worker => {
    const worker = cluster.fork();
    const since = Date.now();
    worker.once("exit", (code, signal) => {
      if (stopping) return;
      wait = Date.now() - since > SOUND_AFTER_MS ? SHORTEST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
      log("error", "worker.died", { pid: worker.process.pid, code, signal, nextInMs: wait });
      setTimeout(() => stopping || begin(), wait);
    });
    return worker;
  };

  const stop = async () => {
    stopping = true;
    const gone = alive().map((worker) => new Promise((resolve) => worker.once("exit", resolve)));
    for (const worker of alive()) worker.process.kill("SIGTERM");
    await Promise.all(gone);
  };

  const ready = (worker: Worker) =>
    new Promise<number>((resolve, reject) => {
      worker.once("listening", ({ port }) => resolve(port));
      worker.once("message", (message) => {
        const fault = (message as { fault?: string }).fault;
        if (fault) reject(new StartFault(fault));
      });
      worker.once("exit", (code) => reject(new StartFault(`A server process ended at its start (code ${code}).`)));
    });
  try {
    const [port = 0] = await Promise.all(Array.from({ length: count }, () => ready(begin())));
    return { port, stop };
  } catch (error) {
    stopping = true;
    for (const worker of alive()) worker.process.kill("SIGKILL");
    throw error;
  }
}
