import { pause } from "./database-load";
import type { Memory } from "./helper/child";
import type { Job } from "./load/job";
import type { Stage, Target } from "./stage";
import { startWholeProduct } from "./whole-product";

const MB = 1024 * 1024;
const LOOK_EVERY_MS = 250;

export const inMb = (bytes: number): string => `${Math.round(bytes / MB)} MB`;

/** The most of what `read` says while `work` runs. */
async function most<Value>(
  read: () => Promise<Value>,
  bytesOf: (value: Value) => number,
  work: () => Promise<unknown>,
): Promise<Value> {
  let found = await read();
  const look = async () => {
    const now = await read();
    if (bytesOf(now) > bytesOf(found)) found = now;
  };
  const timer = setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS);
  try {
    await work();
    await look();
  } finally {
    clearInterval(timer);
  }
  return found;
}

/** The most memory that the product's API has while `work` runs. */
export const mostMemory = ({ helper }: Target, work: () => Promise<unknown>): Promise<Memory> =>
  most(
    () => helper.ask<Memory>("memory"),
    ({ resident }) => resident,
    work,
  );

/** Memory of a process that serves pages too, in bytes: after its start and a look at a page, and at most afterwards. */
export type WithPages = { atStart: number; most: number };

/** The same of such a process; null where no pages are built or the system does not say. */
export async function mostMemoryWithPages(stage: Stage, job: Omit<Job, "port">): Promise<WithPages | null> {
  const whole = await startWholeProduct(stage);
  if (!whole) return null;
  const target = { port: whole.port, helper: stage.product.helper };
  const atStart = await whole.resident();
  const found = await most(whole.resident, Number, async () => {
    await stage.load(target, job);
    await pause(LOOK_EVERY_MS);
  });
  await whole.stop();
  return atStart === null || found === null ? null : { atStart, most: found };
}
