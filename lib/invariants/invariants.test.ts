import { type SQL, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { newId } from "@/lib/core/ids";
import { stopLines } from "@/lib/queue/line";
import { INVARIANTS } from "./all";
import { checkInvariants, type Finding, findBroken } from "./check-invariants";
import { makeWorld, type World } from "./testing/world";

let test: TestDatabase;
let world: World;

beforeAll(async () => {
  test = await cloneDatabase();
  world = await makeWorld(test.db);
});
afterAll(async () => {
  stopLines(test.db);
  await test.drop();
});

const brokenOf = (findings: Finding[]) => findings.filter(({ broken }) => broken > 0).map(({ name }) => name);

/** Writes that only a lost guard or constraint would let through, for each invariant. */
const FORBIDDEN: Record<string, ((w: World) => SQL[])[]> = {
  "seat-promised-once": [
    // Another hold of a seat that is held, and of one that is sold.
    ({ held, holder, concertId }) => [
      sql`insert into reservations select (jsonb_populate_record(r, jsonb_build_object('id', ${newId()}::text, 'user_id', ${holder.userId}::text))).*
          from reservations r where concert_id = ${concertId} and id = ${held.id}`,
    ],
    ({ paid, concertId }) => [
      sql`insert into reservations select (jsonb_populate_record(r, jsonb_build_object('id', ${newId()}::text, 'status', 'held'))).*
          from reservations r where concert_id = ${concertId} and id = ${paid.id}`,
    ],
  ],
  "promise-kept": [
    ({ held }) => [sql`update seats set reservation_id = null, held_until = null where reservation_id = ${held.id}`],
    ({ held }) => [
      sql`update seats set held_until = held_until - interval '1 second' where reservation_id = ${held.id}`,
    ],
    ({ paid }) => [sql`update seats set sold_at = null, held_until = now() where reservation_id = ${paid.id}`],
  ],
  "taken-seat-has-its-reservation": [
    ({ held }) => [sql`update reservations set status = 'cancelled' where id = ${held.id}`],
    ({ seatIds }) => [
      sql`alter table seats drop constraint seats_taken_check`,
      sql`update seats set sold_at = now() where id = ${seatIds[19]}`,
    ],
    ({ seatIds, paid }) => [
      sql`update seats set sold_at = now(), reservation_id = ${paid.id} where id = ${seatIds[19]}`,
    ],
  ],
  "amount-of-its-seats": [
    ({ held }) => [sql`update reservations set amount = amount - 1 where id = ${held.id}`],
    ({ held }) => [
      sql`update reservations set seats = jsonb_build_array(seats -> 0, seats -> 0) where id = ${held.id}`,
    ],
    ({ held }) => [
      sql`alter table reservations drop constraint reservations_seat_count_check`,
      sql`update reservations set seat_count = 1 where id = ${held.id}`,
    ],
  ],
  "fan-within-limit": [
    ({ held }) => [
      sql`alter table reservations drop constraint reservations_seat_count_check`,
      sql`update reservations set seat_count = 5 where id = ${held.id}`,
    ],
  ],
  "held-during-sale": [
    ({ held }) => [sql`update reservations set created_at = created_at - interval '2 days' where id = ${held.id}`],
    ({ held }) => [sql`update reservations set created_at = created_at + interval '31 days' where id = ${held.id}`],
  ],
  "held-by-the-admitted": [
    ({ held }) => [sql`update reservations set entry_id = ${newId()} where id = ${held.id}`],
    ({ held, payer }) => [sql`update reservations set entry_id = ${payer.admission.entryId} where id = ${held.id}`],
    ({ holder }) => [sql`update queue_entries set admitted_until = admitted_at where id = ${holder.admission.entryId}`],
  ],
  "paid-in-time": [({ paid }) => [sql`update reservations set expires_at = paid_at where id = ${paid.id}`]],
  "offer-has-its-place": [
    ({ held }) => [sql`update reservations set offered = true where id = ${held.id}`],
    ({ held, holder }) => [
      sql`insert into waitlist_entries (concert_id, id, performance_id, user_id, number, seat_count, status, joined_at, reservation_id)
          select concert_id, ${newId()}, performance_id, ${holder.userId}, 1, seat_count, 'offered', now(), ${newId()}
          from reservations where id = ${held.id}`,
      sql`update reservations r set offered = true, entry_id = e.id from waitlist_entries e where r.id = ${held.id}`,
    ],
  ],
  "place-has-its-offer": [
    ({ paid, holder }) => [
      sql`insert into waitlist_entries (concert_id, id, performance_id, user_id, number, seat_count, status, joined_at, reservation_id)
          select concert_id, ${newId()}, performance_id, ${holder.userId}, 1, seat_count, 'accepted', now(), id
          from reservations where id = ${paid.id}`,
    ],
  ],
  "waiting-is-watched": [
    ({ paid, holder }) => [
      sql`insert into waitlist_entries (concert_id, id, performance_id, user_id, number, seat_count, status, joined_at)
          select concert_id, ${newId()}, performance_id, ${holder.userId}, 1, 1, 'waiting', now()
          from reservations where id = ${paid.id}`,
    ],
  ],
  "seat-sold-once": [
    ({ paid }) => [
      sql`drop index tickets_seat_key`,
      sql`insert into tickets select (jsonb_populate_record(t, jsonb_build_object('id', ${newId()}::text))).*
          from tickets t where reservation_id = ${paid.id} and status = 'issued'`,
    ],
  ],
  "ticket-for-each-paid-seat": [
    ({ paid }) => [sql`update tickets set status = 'void' where reservation_id = ${paid.id} and status = 'issued'`],
    ({ refunded }) => [sql`update tickets set status = 'issued' where reservation_id = ${refunded.id}`],
  ],
  "used-tickets-are-good": [
    ({ paid }) => [sql`update tickets set status = 'void' where reservation_id = ${paid.id} and status = 'checked_in'`],
    ({ paid }) => [sql`update tickets set status = 'checked_in' where reservation_id = ${paid.id}`],
  ],
  "ticket-with-its-holder": [
    ({ paid, holder }) => [sql`update tickets set user_id = ${holder.userId} where reservation_id = ${paid.id}`],
    ({ paid }) => [sql`update tickets set serial = serial + 1 where reservation_id = ${paid.id}`],
    ({ given, holder }) => [
      sql`update ticket_transfers set to_user_id = ${holder.userId} where ticket_id = ${given} and serial = 0`,
    ],
    ({ given }) => [sql`delete from ticket_transfers where ticket_id = ${given} and serial = 1`],
  ],
  "paid-once": [
    ({ paid }) => [
      sql`alter table payments drop constraint "payments_concertId_reservationId_unique"`,
      sql`insert into payments select (jsonb_populate_record(p, jsonb_build_object('id', ${newId()}::text))).*
          from payments p where reservation_id = ${paid.id}`,
    ],
    ({ paid }) => [sql`delete from payments where reservation_id = ${paid.id}`],
    ({ paid }) => [sql`update payments set amount = amount + 1 where reservation_id = ${paid.id}`],
    ({ paid, holder }) => [sql`update payments set user_id = ${holder.userId} where reservation_id = ${paid.id}`],
  ],
  "payment-moved-its-money": [
    ({ paid }) => [sql`delete from ledger_entries where reservation_id = ${paid.id}`],
    ({ paid }) => [
      sql`update ledger_entries set amount = amount + sign(amount) where reservation_id = ${paid.id} and kind = 'payment'`,
    ],
    ({ held, paid }) => [
      sql`update ledger_entries set reservation_id = ${held.id} where reservation_id = ${paid.id} and kind = 'payment'`,
    ],
  ],
  "refund-moved-its-money": [
    ({ refunded }) => [sql`delete from ledger_entries where reservation_id = ${refunded.id} and kind = 'refund'`],
    ({ refunded }) => [
      sql`update ledger_entries set refund_id = ${newId()} where reservation_id = ${refunded.id} and kind = 'refund'`,
    ],
    ({ refunded }) => [
      sql`update ledger_entries set amount = amount - sign(amount) where reservation_id = ${refunded.id} and kind = 'refund'`,
    ],
  ],
  "refunded-what-was-paid": [
    ({ paid }) => [sql`update payments set refunded_at = now() where reservation_id = ${paid.id}`],
    ({ refunded }) => [sql`update payments set refunded_at = null where reservation_id = ${refunded.id}`],
    ({ refunded }) => [sql`update refunds set amount = amount - 1 where reservation_id = ${refunded.id}`],
    ({ refunded, paid }) => [
      sql`insert into refunds select (jsonb_populate_record(f, jsonb_build_object('id', ${newId()}::text, 'reservation_id', ${paid.id}::text))).*
          from refunds f where reservation_id = ${refunded.id}`,
    ],
  ],
  "ticket-refunded-once": [
    ({ refunded }) => [sql`update tickets set status = 'issued' where reservation_id = ${refunded.id}`],
    ({ refunded }) => [
      sql`delete from refunded_tickets where refund_id = (select id from refunds where reservation_id = ${refunded.id})`,
    ],
  ],
  "transfers-sum-to-zero": [
    ({ idler }) => [sql`delete from ledger_entries where user_id = ${idler.userId} and account = 'cash'`],
    ({ idler }) => [
      sql`update ledger_entries set account = 'cash', balance_after = null where user_id = ${idler.userId}`,
    ],
  ],
  "debt-not-overpaid": [
    ({ idler }) => [
      sql`update ledger_entries set account = 'receivable' where user_id = ${idler.userId} and account = 'cash'`,
      sql`update ledger_entries set amount = -amount where user_id = ${idler.userId}`,
    ],
  ],
  "balance-of-its-entries": [
    ({ idler }) => [sql`update wallets set balance = balance + 1 where user_id = ${idler.userId}`],
    ({ idler }) => [sql`delete from wallets where user_id = ${idler.userId}`],
    ({ idler }) => [
      sql`alter table wallets drop constraint wallets_balance_check`,
      sql`update wallets set balance = -1 where user_id = ${idler.userId}`,
    ],
  ],
  "running-balance": [
    // Two movements that both began at the same balance: the sum is right, one update was lost on the way.
    ({ idler }) => [
      sql`update ledger_entries set balance_after = 5000 where user_id = ${idler.userId} and account = 'wallet' and amount = 5000`,
    ],
    ({ idler }) => [
      sql`update ledger_entries set balance_after = balance_after - 200000 where user_id = ${idler.userId} and account = 'wallet'`,
    ],
  ],
  "one-effect-per-key": [
    ({ idler }) => [sql`delete from ledger_entries where user_id = ${idler.userId} and amount in (5000, -5000)`],
    ({ paid }) => [sql`delete from payments where reservation_id = ${paid.id}`],
    ({ idler }) => [
      sql`insert into idempotency_keys select (jsonb_populate_record(k, '{"key": "another"}')).*
          from idempotency_keys k where user_id = ${idler.userId}`,
    ],
  ],
  "answer-kept-with-its-key": [
    ({ idler }) => [sql`update idempotency_keys set status = 0, body = '' where user_id = ${idler.userId}`],
  ],
  "places-have-a-room": [
    () => [
      sql`insert into queue_entries (concert_id, id, user_id, number, status) values (${newId()}, ${newId()}, ${newId()}, 1, 'waiting')`,
    ],
    () => [sql`insert into queue_departures (concert_id, seq, number) values (${newId()}, 1, 1)`],
  ],
  "one-live-entry": [
    ({ holder }) => [
      sql`drop index queue_entries_live_key`,
      sql`insert into queue_entries select (jsonb_populate_record(e, jsonb_build_object('id', ${newId()}::text, 'number', 99))).*
          from queue_entries e where id = ${holder.admission.entryId}`,
    ],
  ],
  "numbers-without-gap": [
    ({ concertId }) => [sql`update queues set last_number = last_number + 1 where concert_id = ${concertId}`],
    ({ concertId }) => [sql`delete from queue_entries where concert_id = ${concertId} and number = 1`],
    ({ concertId }) => [
      sql`drop index queue_entries_number_key`,
      sql`update queue_entries set number = 1 where concert_id = ${concertId} and number = 2`,
    ],
    ({ concertId }) => [sql`update queue_entries set number = 0 where concert_id = ${concertId} and number = 1`],
  ],
  "served-are-served": [
    ({ concertId }) => [sql`update queues set served_through = last_number where concert_id = ${concertId}`],
    ({ concertId }) => [sql`update queues set served_through = 3 where concert_id = ${concertId}`],
  ],
  "first-come-first-served": [
    ({ waiting, holder, concertId }) => [
      sql`update queue_entries set number = null, status = 'lobby' where concert_id = ${concertId} and user_id = ${waiting[1].userId}`,
      sql`update queue_entries set number = 99 where id = ${holder.admission.entryId}`,
      sql`update queue_entries set number = 2, status = 'waiting' where concert_id = ${concertId} and user_id = ${waiting[1].userId}`,
    ],
  ],
  "departures-told": [
    ({ concertId }) => [sql`delete from queue_departures where concert_id = ${concertId}`],
    ({ concertId }) => [
      sql`insert into queue_departures (concert_id, seq, number) values (${concertId}, 2, 1)`,
      sql`update queues set departures = 2 where concert_id = ${concertId}`,
    ],
    ({ concertId }) => [sql`update queues set departures = 2 where concert_id = ${concertId}`],
    ({ concertId }) => [
      sql`insert into queue_departures select concert_id, 2, number from queue_departures where concert_id = ${concertId}`,
    ],
  ],
  "no-more-than-the-limit": [
    ({ concertId }) => [sql`update queues set active_limit = 5 where concert_id = ${concertId}`],
  ],
  "room-totals": [
    ({ concertId }) => [sql`update queues set admissions = admissions + 1 where concert_id = ${concertId}`],
    ({ concertId }) => [sql`update queues set lobby = 1 where concert_id = ${concertId}`],
    ({ concertId }) => [sql`update queues set left_inside = left_inside + 1 where concert_id = ${concertId}`],
    ({ concertId }) => [sql`update queues set expired = expired + 1 where concert_id = ${concertId}`],
    ({ concertId }) => [sql`update queues set invited = invited + 1 where concert_id = ${concertId}`],
  ],
  "every-seat-there": [
    ({ seatIds }) => [sql`delete from seats where id = ${seatIds[19]}`],
    ({ seatIds }) => [
      sql`insert into seats select (jsonb_populate_record(s, jsonb_build_object('id', ${newId()}::text, 'number', 11))).*
          from seats s where id = ${seatIds[19]}`,
    ],
  ],
  "address-of-one-account": [
    ({ idler }) => [sql`delete from user_emails where user_id = ${idler.userId}`],
    ({ idler }) => [sql`update user_emails set email = 'other@example.com' where user_id = ${idler.userId}`],
  ],
};

describe("the invariants", () => {
  it("hold after everything that can happen in a sale", async () => {
    const findings = await checkInvariants(test.db);
    expect(findings.filter(({ broken }) => broken > 0)).toEqual([]);
    expect(findings.map(({ name }) => name)).toEqual(INVARIANTS.map(({ name }) => name));
  });

  it("each have a name of their own and a forbidden write (below)", () => {
    expect(Object.keys(FORBIDDEN).sort()).toEqual(INVARIANTS.map(({ name }) => name).sort());
  });

  const writes = Object.entries(FORBIDDEN).flatMap(([name, list]) =>
    list.map((write, at) => ({ name, at: at + 1, write })),
  );
  it.each(writes)("$name sees forbidden write $at", async ({ name, write }) => {
    await test.db
      .transaction(async (tx) => {
        for (const one of write(world)) expect((await tx.execute(one)).rowCount).not.toBe(0);
        const findings = await findBroken(tx);
        expect(brokenOf(findings)).toContain(name);
        const { offenders = [], broken } = findings.find((finding) => finding.name === name) ?? {};
        expect(offenders).toHaveLength(broken as number);
        for (const { id, why } of offenders) expect([typeof id, typeof why]).toEqual(["string", "string"]);
        tx.rollback();
      })
      .catch((error: Error) => {
        if (error.constructor.name !== "TransactionRollbackError") throw error;
      });
  });
});
