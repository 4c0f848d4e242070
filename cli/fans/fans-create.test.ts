import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { count, inArray } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { userEmails, users } from "@/db/schema/auth";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { readSession } from "@/lib/auth/session-token";
import { newId } from "@/lib/core/ids";
import { payFromWallet } from "@/lib/wallet/pay-from-wallet";
import { checkLedger, getWallet, listEntries } from "@/lib/wallet/queries";
import { type LoadFan, makeFans } from "./make-fans";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase();
});
afterAll(() => test.drop());

const countUsers = async () => (await test.db.select({ n: count() }).from(users))[0]?.n;

describe("makeFans", () => {
  it("makes accounts with tokens and money, batch by batch, and the books agree", async () => {
    const batches: LoadFan[][] = [];
    for await (const batch of makeFans(test.db, { count: 25, balance: 70_000, batch: 10 })) batches.push(batch);
    expect(batches.map((batch) => batch.length)).toEqual([10, 10, 5]);
    const fans = batches.flat();
    const ids = fans.map((fan) => fan.userId);
    expect(await test.db.select().from(users).where(inArray(users.id, ids))).toHaveLength(25);
    const owners = await test.db.select().from(userEmails).where(inArray(userEmails.userId, ids));
    expect(new Map(owners.map((row) => [row.userId, row.email]))).toEqual(
      new Map(fans.map((fan) => [fan.userId, fan.email])),
    );
    expect(await checkLedger(test.db)).toEqual([]);
    for (const { userId, token } of fans) expect(readSession(token)).toMatchObject({ userId, role: "fan" });
    const userId = fans[24]!.userId;
    const { items } = await listEntries(test.db, { userId, limit: 5 });
    expect(items).toMatchObject([{ kind: "top_up", amount: 70_000, balanceAfter: 70_000 }]);
    const due = { userId, amount: 70_000, currency: "KRW", concertId: newId(), reservationId: newId(), at: new Date() };
    expect(await payFromWallet(test.db, due)).toEqual({ balance: 0 });
  });

  it("opens empty wallets without entries", async () => {
    for await (const [fan] of makeFans(test.db, { count: 1, balance: 0 })) {
      expect(await getWallet(test.db, fan!.userId)).toEqual({ balance: 0, currency: "KRW" });
      expect((await listEntries(test.db, { userId: fan!.userId, limit: 5 })).items).toEqual([]);
    }
  });

  it("leaves nothing of a batch that fails", async () => {
    const before = await countUsers();
    const tooMuch = makeFans(test.db, { count: 3, balance: -1 });
    await expect(tooMuch.next()).rejects.toThrow();
    expect(await countUsers()).toBe(before);
  });
});

describe("npm run fans:create", () => {
  const run = (...words: string[]) =>
    promisify(execFile)(process.execPath, ["--import", "tsx", "cli/fans-create.ts", ...words], {
      env: { ...process.env, DATABASE_URL: test.url },
    }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
    );

  it("refuses a database of its own until told twice, and wrong numbers", async () => {
    const before = await countUsers();
    const [unasked, none, help] = await Promise.all([run("--count", "5"), run("--count", "0", "--yes"), run("--help")]);
    expect(unasked).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("--yes") });
    expect(none).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("1 to 1000000") });
    expect(help).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("--balance") });
    expect(await countUsers()).toBe(before);
  });

  it("prints a line of JSON for each fan and nothing else", async () => {
    const { code, stdout } = await run("--count", "5", "--balance", "1000", "--yes");
    expect(code).toBe(0);
    const fans = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as LoadFan);
    expect(fans).toHaveLength(5);
    for (const fan of fans) {
      expect(Object.keys(fan)).toEqual(["userId", "email", "token", "balance"]);
      expect(readSession(fan.token)?.userId).toBe(fan.userId);
      expect((await getWallet(test.db, fan.userId)).balance).toBe(1000);
    }
  });
});
