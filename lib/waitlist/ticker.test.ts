import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Client, createClient } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeUser } from "@/db/testing/factories";
import { makeHall } from "@/lib/booking/testing/hall";
import { joinWaitlist } from "./join-waitlist";
import { getWaitlistEntry } from "./queries";
import { startWaitlists } from "./ticker";

let test: TestDatabase;
let other: Client;
beforeAll(async () => {
  test = await cloneDatabase();
  other = createClient(test.url, 5);
});
afterAll(async () => {
  await other.$client.end();
  await test.drop();
});

it("offers by itself, in whichever process", async () => {
  const { db } = test;
  const hall = await makeHall(db, { seatsPerRow: 2 });
  await db.execute(sql`update seats set sold_at = now(), reservation_id = id where concert_id = ${hall.concertId}`);
  const { id: userId } = await makeUser(db);
  await joinWaitlist(db, { ...hall, userId, count: 2 });
  const tickers = [startWaitlists(db), startWaitlists(other)];
  await db.execute(sql`update seats set sold_at = null, reservation_id = null where concert_id = ${hall.concertId}`);
  await vi.waitFor(
    async () => expect(await getWaitlistEntry(db, { ...hall, userId })).toMatchObject({ status: "offered" }),
    { timeout: 20_000, interval: 100 },
  );
  await Promise.all(tickers.map((ticker) => ticker.stop()));
  const { rows } = await db.execute(sql`select 1 from reservations where concert_id = ${hall.concertId}`);
  expect(rows.length).toBe(1);
});
