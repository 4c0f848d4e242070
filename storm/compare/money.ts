import { type Case, done, sameThings } from "./stored";

/**
 * Top-ups, payments and refunds one by one, then every wallet: what its fan put in, less what was paid, and what came
 * back, reckoned from the answers alone. Answers how many reservations got money back.
 */
export async function compareMoney(
  { log, read, userIds }: Case,
  statusOf: ReadonlyMap<string, string>,
): Promise<number> {
  const fanOf = new Map(userIds.map((id, fan) => [id, fan]));
  const words = (row: { user_id: string; amount: number }) => `fan ${fanOf.get(row.user_id)}, ${row.amount}`;
  const [topUps, payments, refunds] = [done(log, "top up"), done(log, "pay"), done(log, "refund")];

  const entries = await read<{ id: string; user_id: string; amount: number }>(
    "select id, user_id, amount from ledger_entries where kind = 'top_up' and account = 'wallet'",
  );
  sameThings(
    log,
    "top-up",
    new Map(topUps.map(({ fan, final }) => [final?.body.entry.id, `fan ${fan}, ${final?.body.entry.amount}`])),
    new Map(entries.map((row) => [row.id, words(row)])),
  );
  const paid = await read<{ id: string; user_id: string; amount: number }>("select id, user_id, amount from payments");
  sameThings(
    log,
    "payment",
    new Map(payments.map(({ fan, final }) => [final?.body.id, `fan ${fan}, ${final?.body.amount}`])),
    new Map(paid.map((row) => [row.id, words(row)])),
  );

  const reckoned = userIds.map(() => 0);
  const add = (fan: number, amount: number) => {
    reckoned[fan] = (reckoned[fan] ?? 0) + amount;
  };
  /** What came back of a reservation ticket by ticket. */
  const inParts = new Map<string, number>();
  for (const { fan, final } of topUps) add(fan, final?.body.entry.amount);
  for (const { fan, final } of refunds) {
    const { reservationId, amount } = final?.body ?? {};
    inParts.set(reservationId, (inParts.get(reservationId) ?? 0) + amount);
    add(fan, amount);
  }
  const back = new Set(inParts.keys());
  for (const { fan, final } of payments) {
    const { amount, reservationId } = final?.body ?? {};
    add(fan, -amount);
    const left = amount - (inParts.get(reservationId) ?? 0);
    const isGivenUp = log.givenUp.get(reservationId)?.outcome === "ok";
    if (isGivenUp) {
      add(fan, left);
      back.add(reservationId);
    }
    const status = statusOf.get(reservationId);
    if ((isGivenUp || left === 0) !== (status === "refunded")) {
      log.accuse(
        `reservation ${reservationId} was paid${isGivenUp ? ", given up" : ""}, ${left} of it is left, and it is ${status}`,
      );
    }
  }
  const rows = await read<{ user_id: string; balance: number }>("select user_id, balance from wallets");
  const balances = new Map(rows.map((row) => [row.user_id, row.balance]));
  for (const [fan, userId] of userIds.entries()) {
    const balance = balances.get(userId) ?? 0;
    if (balance !== reckoned[fan]) {
      log.accuse(`the wallet of fan ${fan} holds ${balance}; by the answers it should be ${reckoned[fan]}`);
    }
  }
  return back.size;
}
