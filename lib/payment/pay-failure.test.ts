import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqlState } from "@/db/errors";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { newId } from "@/lib/core/ids";
import { clientWithout } from "@/lib/invariants/testing/without-guard";
import { admit, type Fan, hold, makeHall } from "@/lib/invariants/testing/world";
import { stopLines } from "@/lib/queue/line";
import { payReservation } from "./pay-reservation";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase();
});
afterAll(async () => {
  stopLines(test.db);
  await test.drop();
});

async function makeHold() {
  const hall = await makeHall(test.db);
  const [fan] = (await admit(test.db, hall, 1)) as [Fan];
  const { id } = await hold(test.db, hall, fan, 0);
  return { ...fan, ...hall, reservationId: id };
}

// The statements of a payment are sent together; after the first that fails, PostgreSQL refuses the others for no other
// reason than that.
describe("a payment one of whose statements fails", () => {
  it("says that the price was taken before, not that the transaction is aborted", async () => {
    const held = await makeHold();
    const transferId = newId();
    await test.db.execute(sql`
      insert into ledger_entries (user_id, id, transfer_id, account, kind, amount, balance_after, concert_id, reservation_id, created_at)
      select ${held.userId}::uuid, leg.id::uuid, ${transferId}::uuid, leg.account, 'payment', leg.amount, leg.balance,
             ${held.concertId}::uuid, ${held.reservationId}::uuid, now()
      from (values (${newId()}, 'wallet', -10000, 90000), (${newId()}, 'revenue', 10000, null)) leg (id, account, amount, balance)`);
    await expect(payReservation(test.db, held)).rejects.toMatchObject({ code: "reservation_already_paid" });
  });

  it("throws what the first of them met", async () => {
    const held = await makeHold();
    const failing = clientWithout(test.url, 2, {
      statement: "wallet_pay",
      guard: "balance >= $2::int8",
      instead: "balance / ($2::int8 * 0) > 1",
    });
    const state = await payReservation(failing.db, held).then(() => "paid", sqlState);
    expect(state).toBe("22012");
    await failing.end();
  });
});
