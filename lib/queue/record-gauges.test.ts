import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { untilBlocked } from "@/db/testing/crowd";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { HISTORY_BUCKET } from "./history";
import { lockRoom } from "./lock-room";
import { recordGauges } from "./record-gauges";
import { earlyInBucket } from "./testing/early-in-bucket";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase();
});
afterAll(() => test.drop());

/** A join under way, with the room's lock, beside something that writes the same ten seconds of the history. */
async function joinBeside(other: (concertId: string) => Promise<unknown>) {
  const { db } = test;
  const { id } = await makeConcert(db, { waitingRoom: { mode: "paused" } });
  await db.execute(
    sql`insert into queue_entries (concert_id, id, user_id, number, status) values (${id}, ${newId()}, ${newId()}, 1, 'waiting')`,
  );
  await db.execute(sql`update queues set last_number = 1 where concert_id = ${id}`);
  await earlyInBucket(db);
  let beside: Promise<unknown> | undefined;
  const joining = db.transaction(async (tx) => {
    await lockRoom(tx, [id]);
    beside = other(id).catch((error: unknown) => error);
    await untilBlocked(db, 1);
    await tx.execute(sql`insert into queue_history (concert_id, at, joined) values (${id}, ${sql.raw(HISTORY_BUCKET)}, 1)
      on conflict (concert_id, at) do update set joined = queue_history.joined + 1`);
  });
  const [joined] = await Promise.allSettled([joining]);
  return { joined, beside: await beside };
}

describe("recordGauges", () => {
  it("waits for a join under way and does not make it fail", async () => {
    const { joined, beside } = await joinBeside(() => recordGauges(test.db));
    expect(joined?.status).toBe("fulfilled");
    expect(beside).toBe(1);
  });

  it("would stand in a join's way if it wrote before it had the room (negative control)", async () => {
    const unlocked = (id: string) =>
      test.db.execute(
        sql`insert into queue_history (concert_id, at, waiting) values (${id}, ${sql.raw(HISTORY_BUCKET)}, 1)`,
      );
    const { joined, beside } = await joinBeside(unlocked);
    const failed = [joined?.status === "rejected", beside instanceof Error];
    expect(failed.filter(Boolean)).toHaveLength(1);
  });
});
