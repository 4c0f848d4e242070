import type pg from "pg";
import type { CallLog, Intent } from "./log";

/** What the log says was done, counted. */
export type Compared = {
  topUps: number;
  holds: number;
  payments: number;
  refunds: number;
  places: number;
  checkIns: number;
};

type Read = <Row extends pg.QueryResultRow>(text: string) => Promise<Row[]>;

const REFUNDED = "refunded";

/**
 * Compares what the fans know with what is stored, both ways: whatever was acknowledged is there exactly once, whatever
 * was refused left nothing, nothing is there that nobody asked for, and every wallet holds what its fan can reckon.
 * Accuses in the log; to be called when everything unknown has found its end. `userIds`: the fans' accounts by number.
 */
export async function compare(log: CallLog, read: Read, userIds: string[]): Promise<Compared> {
  const fanOf = new Map(userIds.map((id, fan) => [id, fan]));
  const done = (what: Intent["what"]) =>
    [...log.intents.values()].filter((one) => one.what === what && one.final?.outcome === "ok");
  const accuse = (words: string) => log.accuse(words);

  const sameSet = (what: string, acknowledged: Map<string, string>, stored: Map<string, string>) => {
    for (const [id, words] of acknowledged) {
      const found = stored.get(id);
      if (found === undefined) accuse(`${what} ${id} (${words}) was acknowledged and is not there`);
      else if (found !== words) accuse(`${what} ${id} was acknowledged as ${words} and is there as ${found}`);
    }
    for (const [id, words] of stored)
      if (!acknowledged.has(id)) accuse(`${what} ${id} (${words}) is there, and nobody was told`);
  };

  const topUps = done("top up");
  const entries = await read<{ id: string; user_id: string; amount: number }>(
    "select id, user_id, amount from ledger_entries where kind = 'top_up' and account = 'wallet'",
  );
  sameSet(
    "top-up",
    new Map(topUps.map(({ fan, final }) => [final?.body.entry.id, `fan ${fan}, ${final?.body.entry.amount}`])),
    new Map(
      entries
        .filter((row) => fanOf.has(row.user_id))
        .map((row) => [row.id, `fan ${fanOf.get(row.user_id)}, ${row.amount}`]),
    ),
  );

  const payments = done("pay");
  const paid = await read<{ id: string; user_id: string; amount: number; reservation_id: string }>(
    "select id, user_id, amount, reservation_id from payments",
  );
  sameSet(
    "payment",
    new Map(payments.map(({ fan, final }) => [final?.body.id, `fan ${fan}, ${final?.body.amount}`])),
    new Map(paid.map((row) => [row.id, `fan ${fanOf.get(row.user_id)}, ${row.amount}`])),
  );

  const holds = done("hold");
  const reservations = await read<{ id: string; user_id: string; status: string }>(
    "select id, user_id, status from reservations",
  );
  const statusOf = new Map(reservations.map(({ id, status }) => [id, status]));
  sameSet(
    "reservation",
    new Map(holds.map(({ fan, final }) => [final?.body.id, `fan ${fan}`])),
    new Map(reservations.map((row) => [row.id, `fan ${fanOf.get(row.user_id)}`])),
  );
  for (const [id, { outcome, fan }] of log.givenUp) {
    const status = statusOf.get(id) ?? "missing";
    if (outcome === "ok" && status !== REFUNDED && status !== "cancelled")
      accuse(`reservation ${id} (fan ${fan}) was given up and is ${status}`);
  }
  for (const { id, status } of reservations) {
    if (status === REFUNDED && log.givenUp.get(id)?.outcome !== "ok")
      accuse(`reservation ${id} was refunded, and nobody asked for it`);
  }

  compareMoney(log, { topUps, payments, statusOf }, await balances(read, userIds));
  await compareKeys(log, read, userIds);
  await comparePlaces(log, read, userIds);
  const checkIns = await compareCheckIns(log, read);
  const refunds = [...statusOf.values()].filter((status) => status === REFUNDED).length;
  return {
    topUps: topUps.length,
    holds: holds.length,
    payments: payments.length,
    refunds,
    places: log.places.size,
    checkIns,
  };
}

async function balances(read: Read, userIds: string[]): Promise<number[]> {
  const rows = await read<{ user_id: string; balance: number }>("select user_id, balance from wallets");
  const byUser = new Map(rows.map((row) => [row.user_id, row.balance]));
  return userIds.map((id) => byUser.get(id) ?? 0);
}

/** What each fan put in, less what was paid, and what came back: reckoned from the answers alone. */
function compareMoney(
  log: CallLog,
  { topUps, payments, statusOf }: { topUps: Intent[]; payments: Intent[]; statusOf: Map<string, string> },
  held: number[],
): void {
  const reckoned = held.map(() => 0);
  const add = (fan: number, amount: number) => {
    reckoned[fan] = (reckoned[fan] ?? 0) + amount;
  };
  for (const { fan, final } of topUps) add(fan, final?.body.entry.amount);
  for (const { fan, final } of payments) {
    const { amount, reservationId } = final?.body ?? {};
    add(fan, -amount);
    if (log.givenUp.get(reservationId)?.outcome === "ok") {
      add(fan, amount);
      if (statusOf.get(reservationId) !== REFUNDED)
        log.accuse(`reservation ${reservationId} was paid and given up and is ${statusOf.get(reservationId)}`);
    }
  }
  for (const [fan, balance] of held.entries()) {
    if (balance !== reckoned[fan])
      log.accuse(`the wallet of fan ${fan} holds ${balance}; by the answers it should be ${reckoned[fan]}`);
  }
}

/** A key's kept answer is the one that was heard; a refusal at the gate kept none. */
async function compareKeys(log: CallLog, read: Read, userIds: string[]): Promise<void> {
  const rows = await read<{ user_id: string; key: string; status: number; body: string }>(
    "select user_id, key, status, body from idempotency_keys",
  );
  const kept = new Map(rows.map((row) => [`${row.user_id} ${row.key}`, row]));
  for (const { key, fan, what, final } of log.intents.values()) {
    const row = kept.get(`${userIds[fan]} ${key}`);
    kept.delete(`${userIds[fan]} ${key}`);
    if (final?.outcome === "ok" && (row?.status !== final.status || row?.body !== final.text)) {
      log.accuse(
        `key ${key} (${what}) was answered ${final.status} ${final.text.slice(0, 200)}; kept is ${row?.status} ${row?.body.slice(0, 200)}`,
      );
    }
    if (final?.outcome === "refused" && row && row.status < 400) {
      log.accuse(`key ${key} (${what}) was refused (${final.code}); kept is ${row.status} ${row.body.slice(0, 200)}`);
    }
  }
  for (const [key, { status }] of kept) log.accuse(`key ${key} has an answer (${status}) that nobody asked for`);
}

async function comparePlaces(log: CallLog, read: Read, userIds: string[]): Promise<void> {
  const rows = await read<{ id: string; user_id: string; number: number; status: string }>(
    "select id, user_id, number, status from queue_entries",
  );
  const stored = new Map(rows.map((row) => [row.id, row]));
  for (const [id, { fan, number, left }] of log.places) {
    const row = stored.get(id);
    if (!row) log.accuse(`place ${id} (fan ${fan}, number ${number}) was given and is not there`);
    else if (row.number !== number || row.user_id !== userIds[fan]) {
      log.accuse(
        `place ${id} was given to fan ${fan} with number ${number}; it is number ${row.number} of ${row.user_id}`,
      );
    } else if (left && ["waiting", "admitted"].includes(row.status)) {
      log.accuse(`fan ${fan} left place ${id}, which is still ${row.status}`);
    }
  }
}

async function compareCheckIns(log: CallLog, read: Read): Promise<number> {
  const rows = await read<{ id: string }>("select id from tickets where status = 'checked_in'");
  const used = new Set(rows.map(({ id }) => id));
  let count = 0;
  for (const [id, { done, unknown }] of log.checkIns) {
    if (done > 1) log.accuse(`ticket ${id} was let in ${done} times`);
    if (done === 1 && !used.has(id)) log.accuse(`ticket ${id} was let in and does not say so`);
    if (done === 0 && !unknown && used.has(id))
      log.accuse(`ticket ${id} says that it was used; nobody was let in with it`);
    if (done === 1) count += 1;
    used.delete(id);
  }
  for (const id of used) log.accuse(`ticket ${id} was used, and nobody scanned it`);
  return count;
}
