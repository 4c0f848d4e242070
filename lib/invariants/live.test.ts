import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { AppError } from "@/lib/core/errors";
import { cancelReservation } from "@/lib/payment/cancel-reservation";
import { requireAdmission } from "@/lib/queue/admission";
import { admitNext } from "@/lib/queue/admit-next";
import { joinQueue } from "@/lib/queue/join-queue";
import { leaveQueue } from "@/lib/queue/leave-queue";
import { stopLines } from "@/lib/queue/line";
import { readQueueToken } from "@/lib/queue/token";
import { checkInTicket } from "@/lib/tickets/check-in-ticket";
import { checkInvariants } from "./check-invariants";
import { type Hall, hold, join, makeHall, payOnce, topUpOnce } from "./testing/world";

let test: TestDatabase;
let writers: Client;

beforeAll(async () => {
  test = await cloneDatabase(2);
  writers = createClient(test.url, 12);
});
afterAll(async () => {
  stopLines(writers);
  await writers.$client.end();
  await test.drop();
});

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;

/** What a fan does again and again, in a hall whose holds and turns last a second. */
async function shop(db: Client, hall: Hall, userId: string): Promise<void> {
  const { concertId } = hall;
  await topUpOnce(db, userId, 20_000);
  const { token = "" } = (await joinQueue(db, { concertId, userId })).view;
  if (Math.random() < 0.2) {
    await leaveQueue(db, readQueueToken(token) as never);
    return;
  }
  await admitNext(db, concertId);
  const fan = { userId, token, admission: await requireAdmission(db, { token, concertId, userId }) };
  const places = [...hall.seatIds.keys()];
  const first = pick(places);
  const held = await hold(db, hall, fan, first, (first + 1) % places.length);
  const what = Math.random();
  // A hold that is left alone lapses, and others take its seats in that very moment.
  if (what < 0.3) return;
  const whose = { concertId, reservationId: held.id, userId };
  if (what < 0.45) return await cancelReservation(db, whose);
  const { tickets } = JSON.parse((await payOnce(db, fan, held.id)).body) as { tickets?: { code: string }[] };
  if (what < 0.55) await checkInTicket(db, { code: tickets?.[0]?.code ?? "" });
  else await cancelReservation(db, whose);
}

/** How many were paid, how many lapsed and how many fans left the line. */
async function counts(): Promise<number[]> {
  const { rows } = await test.db.execute<{ paid: number; lapsed: number; left: number }>(sql`
    select count(*) filter (where paid_at is not null)::int as paid,
           count(*) filter (where status = 'held' and expires_at < now())::int as lapsed,
           (select count(*)::int from queue_departures) as left from reservations`);
  return Object.values(rows[0] ?? {});
}

describe("checks while a sale runs", () => {
  it("raise no false alarm", { timeout: 60_000 }, async () => {
    const hall = await makeHall(writers, {
      holdSeconds: 1,
      waitingRoom: {
        mode: "on",
        order: "fifo",
        activeLimit: 8,
        admissionsPerMinute: 600_000,
        sessionSeconds: 1,
        claimSeconds: 1,
      },
    });
    const fans = await Promise.all(Array.from({ length: 16 }, () => join(writers, hall)));
    let done = false;
    let turns = 0;
    const shopping = fans.map(async ({ userId }) => {
      while (!done) {
        await shop(writers, hall, userId).catch((error: unknown) => {
          if (!(error instanceof AppError)) throw error;
        });
        turns += 1;
      }
    });
    const until = performance.now() + 8000;
    let checks = 0;
    // Until there was enough of everything, however slow the machine: otherwise it would have shown nothing.
    while (performance.now() < until || Math.min(checks, turns, ...(await counts())) <= 5) {
      const findings = await checkInvariants(test.db, { secondsEach: 30 });
      expect(findings.filter(({ broken }) => broken > 0)).toEqual([]);
      checks += 1;
    }
    done = true;
    await Promise.all(shopping);
  });

  it("take no locks that a writer could wait for, and see one moment only", async () => {
    const hall = await makeHall(writers);
    const before = await writers.$client.connect();
    await before.query("begin");
    // A write under way that has a lock on everything it touches.
    await before.query("update seats set price = price where concert_id = $1", [hall.concertId]);
    await before.query("lock table wallets, ledger_entries in exclusive mode");
    expect((await checkInvariants(test.db)).filter(({ broken }) => broken > 0)).toEqual([]);
    await before.query("rollback");
    before.release();
  });
});
