import type { SQL } from "drizzle-orm";
import { createClient } from "../client";
import { untilBlocked } from "./crowd";

/**
 * Everything at the same instant: each has looked at what was before the others, and stands before what `locking` keeps
 * from all of them until the last of `count` has come (or all are through without it). Who wins is not asked.
 */
export async function raceBefore(
  url: string,
  locking: SQL,
  count: number,
  work: (() => Promise<unknown>)[],
): Promise<void> {
  const staging = createClient(url, 2);
  let done: Promise<unknown> = Promise.resolve();
  await staging.transaction(async (tx) => {
    await tx.execute(locking);
    let isOver = false;
    done = Promise.allSettled(work.map((start) => start())).finally(() => {
      isOver = true;
    });
    await untilBlocked(staging, count, () => isOver);
  });
  await done;
  await staging.$client.end();
}
