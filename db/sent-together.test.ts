import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Db, statement } from "./client";
import { sqlState } from "./errors";
import { sentTogether } from "./sent-together";
import { cloneDatabase, type TestDatabase } from "./testing/database";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase(1);
});
afterAll(() => test.drop());

const harmless = statement("sent_together_harmless", "select 1");
const broken = statement("sent_together_broken", "select 1 / 0");

/** Two statements, the second one sent when the first was answered. */
async function inTwoSteps(db: Db): Promise<void> {
  await harmless(db, []);
  await harmless(db, []);
}

const reasonOf = (work: (tx: Db) => readonly unknown[]) =>
  test.db
    .transaction((tx) => sentTogether(work(tx)))
    .then(
      () => null,
      (error) => sqlState(error),
    );

describe("statements sent together", () => {
  it("fail for the first one's reason", async () => {
    expect(await reasonOf((tx) => [harmless(tx, []), broken(tx, []), harmless(tx, [])])).toBe("22012");
  });

  it("fail for that reason also where an earlier one's second step came too late", async () => {
    expect(await reasonOf((tx) => [inTwoSteps(tx), broken(tx, [])])).toBe("22012");
  });

  it("answer in the order given where all is well", async () => {
    const rows = await test.db.transaction((tx) => sentTogether([harmless(tx, []), null, inTwoSteps(tx)]));
    expect(rows).toEqual([[{ "?column?": 1 }], null, undefined]);
  });
});
