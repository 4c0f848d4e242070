import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statement } from "./client";
import { cloneDatabase, type TestDatabase } from "./testing/database";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase(4);
});
afterAll(() => test.drop());

const backend = statement<{ pid: number; total: number }>(
  "test_backend",
  "select pg_backend_pid() as pid, $1::int8 as total",
);

describe("statement", () => {
  it("runs on the client and inside a transaction, on that transaction's connection", async () => {
    const [outside] = await backend(test.db, [7]);
    expect(outside?.total).toBe(7);
    await test.db.transaction(async (tx) => {
      const [first] = await backend(tx, [1]);
      const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      expect(rows[0]?.pid).toBe(first?.pid);
      await tx.transaction(async (inner) => {
        const [nested] = await backend(inner, [2]);
        expect(nested?.pid).toBe(first?.pid);
      });
    });
  });
});
