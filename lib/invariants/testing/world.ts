import { sql } from "drizzle-orm";
import type { Client, Db } from "@/db/client";
import { queues } from "@/db/schema/queue";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { extendHold } from "@/lib/booking/extend-hold";
import { holdSeats } from "@/lib/booking/hold-seats";
import { newId } from "@/lib/core/ids";
import { answerOnce } from "@/lib/idempotency/answer-once";
import { hashRequest } from "@/lib/idempotency/request-hash";
import { cancelReservation } from "@/lib/payment/cancel-reservation";
import { payReservation } from "@/lib/payment/pay-reservation";
import { type Admission, requireAdmission } from "@/lib/queue/admission";
import { admitNext } from "@/lib/queue/admit-next";
import { joinQueue } from "@/lib/queue/join-queue";
import { leaveQueue } from "@/lib/queue/leave-queue";
import { readQueueToken } from "@/lib/queue/token";
import { checkInTicket } from "@/lib/tickets/check-in-ticket";
import { claimTicket } from "@/lib/tickets/claim-ticket";
import { startTransfer } from "@/lib/tickets/start-transfer";
import { topUp } from "@/lib/wallet/top-up";

export type Fan = { userId: string; token: string; admission: Admission };

export type Hall = { concertId: string; performanceId: string; seatIds: string[] };

/** A hall of twenty seats at 10,000 won whose room lets in whoever comes, up to its limit, at the next admission. */
export async function makeHall(db: Client, overrides: Parameters<typeof makeConcert>[1] = {}): Promise<Hall> {
  const { id: concertId, performances } = await makeConcert(db, {
    sections: [{ name: "A", tier: "R", rows: 2, seatsPerRow: 10 }],
    waitingRoom: {
      mode: "on",
      order: "fifo",
      activeLimit: 50,
      admissionsPerMinute: 600_000,
      sessionSeconds: 600,
      claimSeconds: 120,
    },
    ...overrides,
  });
  // As if the room had been open for a while.
  await db.update(queues).set({ credit: 1000 }).where(sql`${queues.concertId} = ${concertId}`);
  const { rows } = await db.execute<{ id: string }>(
    sql`select id from seats where concert_id = ${concertId} order by row, number`,
  );
  return { concertId, performanceId: performances[0]?.id as string, seatIds: rows.map(({ id }) => id) };
}

/** A fan with 100,000 won who joined the line. */
export async function join(db: Client, { concertId }: Hall): Promise<{ userId: string; token: string }> {
  const { id: userId } = await makeUser(db, { balance: 100_000 });
  const { view } = await joinQueue(db, { concertId, userId });
  return { userId, token: view.token as string };
}

/** Fans who came through the line, in this order. */
export async function admit(db: Client, hall: Hall, count: number): Promise<Fan[]> {
  const joined: { userId: string; token: string }[] = [];
  while (joined.length < count) joined.push(await join(db, hall));
  await admitNext(db, hall.concertId);
  return await Promise.all(
    joined.map(async (fan) => ({
      ...fan,
      admission: await requireAdmission(db, { ...fan, concertId: hall.concertId }),
    })),
  );
}

export const hold = (db: Db, hall: Hall, fan: Fan, ...seats: number[]) =>
  holdSeats(db, {
    admission: fan.admission,
    performanceId: hall.performanceId,
    seatIds: seats.map((at) => hall.seatIds[at] as string),
  });

/** Does something as the API does, under a key. */
function once(
  db: Client,
  userId: string,
  key: string,
  status: number,
  what: string,
  run: (tx: Db) => Promise<unknown>,
) {
  const requestHash = hashRequest({ method: "POST", path: what, body: undefined });
  return answerOnce(db, { userId, key, requestHash }, async (tx) => ({ status, body: JSON.stringify(await run(tx)) }));
}

export const topUpOnce = (db: Client, userId: string, amount: number, key = newId()) =>
  once(db, userId, key, 200, `top-up of ${amount}`, (tx) => topUp(tx, { userId, amount }));

export const payOnce = (db: Client, { userId, admission }: Fan, reservationId: string, key = newId()) =>
  once(db, userId, key, 201, reservationId, (tx) => payReservation(tx, { admission, reservationId }));

/** A hold and its extension. */
async function holdTwice(db: Client, hall: Hall, fan: Fan, ...seats: number[]) {
  const { userId, admission } = fan;
  const held = await once(db, userId, newId(), 201, "hold", (tx) => hold(tx, hall, fan, ...seats));
  const { id } = JSON.parse(held.body) as { id: string };
  await once(db, userId, newId(), 200, id, (tx) => extendHold(tx, { admission, reservationId: id }));
  return { id };
}

/** A sale in which everything happened once: paid (used at the door and not), held, lapsed, given up, refunded, left. */
export async function makeWorld(db: Client) {
  const hall = await makeHall(db, { holdExtensions: 1 });
  const { concertId } = hall;
  const fans = (await admit(db, hall, 6)) as [Fan, Fan, Fan, Fan, Fan, Fan];
  const [payer, holder, lapser, canceller, refunder, idler] = fans;
  await topUpOnce(db, idler.userId, 5000);
  const paid = await hold(db, hall, payer, 0, 1);
  const payment = JSON.parse((await payOnce(db, payer, paid.id)).body) as {
    id: string;
    tickets: { id: string; code: string }[];
  };
  await checkInTicket(db, { code: payment.tickets[0]?.code as string });
  // The other ticket goes to somebody and comes back.
  const given = payment.tickets[1]?.id as string;
  const away = await startTransfer(db, { ticketId: given, userId: payer.userId });
  await claimTicket(db, { token: away.token, userId: idler.userId });
  const back = await startTransfer(db, { ticketId: given, userId: idler.userId });
  await claimTicket(db, { token: back.token, userId: payer.userId });
  const held = await holdTwice(db, hall, holder, 2, 3);
  const lapsed = await hold(db, hall, lapser, 4);
  await db.execute(sql`update reservations set expires_at = now() - interval '1 second' where id = ${lapsed.id}`);
  await db.execute(sql`update seats set held_until = now() - interval '1 second' where reservation_id = ${lapsed.id}`);
  const cancelled = await hold(db, hall, canceller, 5);
  await cancelReservation(db, { concertId, reservationId: cancelled.id, userId: canceller.userId });
  const refunded = await hold(db, hall, refunder, 6, 7);
  await payOnce(db, refunder, refunded.id);
  await cancelReservation(db, { concertId, reservationId: refunded.id, userId: refunder.userId });
  const waiting = [await join(db, hall), await join(db, hall)] as const;
  const claims = readQueueToken(waiting[0].token);
  if (claims) await leaveQueue(db, claims);
  return { ...hall, payer, holder, idler, paid, held, lapsed, cancelled, refunded, payment, given, waiting };
}

export type World = Awaited<ReturnType<typeof makeWorld>>;
