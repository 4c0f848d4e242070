import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeUser } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { checkLedger } from "@/lib/wallet/queries";
import { type Harness, startHarness } from "./testing/harness";

let on: Harness;
beforeAll(async () => {
  on = await startHarness();
});
afterAll(async () => {
  expect(await checkLedger(on.db)).toEqual([]);
  await on.drop();
});

describe("adjustments by an organiser", () => {
  it("find the fan by address, move the money once for a key, and tell the fan why", async () => {
    const { id: userId, email } = await makeUser(on.db, { balance: 5000 });
    const organizer = await on.makeCaller("organizer");
    const found = await on.call(
      "GET",
      `/api/admin/wallets?email=${encodeURIComponent(email.toUpperCase())}`,
      organizer,
    );
    expect(found.json).toMatchObject({ userId, email, balance: 5000, owed: 0, entries: [{ kind: "top_up" }] });

    const path = `/api/admin/wallets/${userId}/adjustments`;
    const asked = { token: organizer.token, key: "adjust-1", body: { amount: -1200, reason: "Counted twice" } };
    const answers = await Promise.all(Array.from({ length: 10 }, () => on.call("POST", path, asked)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(
      answers.some((answer) => answer.status === 409) ? new Set([201, 409]) : new Set([201]),
    );
    const replay = await on.call("POST", path, asked);
    expect(replay.headers.get("idempotent-replayed")).toBe("true");
    expect(replay.json).toMatchObject({ balance: 3800, entry: { kind: "adjustment", amount: -1200 } });

    const again = await on.call("GET", `/api/admin/wallets?email=${encodeURIComponent(email)}`, organizer);
    expect(again.json.entries[0]).toMatchObject({ amount: -1200, reason: "Counted twice", balanceAfter: 3800 });
  });

  it("refuse what a wallet does not hold, strangers, fans and nonsense", async () => {
    const { id: userId, email } = await makeUser(on.db, { balance: 100 });
    const { token } = await on.makeCaller("organizer");
    const path = `/api/admin/wallets/${userId}/adjustments`;
    const body = { amount: -101, reason: "more than there is" };
    expect(await on.call("POST", path, { token, body })).toMatchObject({
      status: 402,
      json: { code: "insufficient_balance", balance: 100, required: 101 },
    });
    for (const id of [newId(), "x"]) {
      expect((await on.call("POST", `/api/admin/wallets/${id}/adjustments`, { token, body })).code).toBe("not_found");
    }
    expect((await on.call("GET", "/api/admin/wallets?email=nobody@example.com", { token })).code).toBe("not_found");
    expect((await on.call("GET", "/api/admin/wallets?email=nobody", { token })).code).toBe("invalid_request");
    expect((await on.call("POST", path, { token, body: { amount: 1 } })).code).toBe("invalid_request");
    const line = await on.call("POST", path, { token, body: { amount: 1, reason: "two\nlines" } });
    expect(line.code).toBe("invalid_request");
    const fan = await on.makeCaller();
    expect((await on.call("POST", path, { token: fan.token, body })).code).toBe("forbidden");
    const address = encodeURIComponent(email);
    expect((await on.call("GET", `/api/admin/wallets?email=${address}`, { token: fan.token })).code).toBe("forbidden");
    expect((await on.call("POST", path, { body })).code).toBe("unauthenticated");
  });
});

describe("the statement", () => {
  it("is a table with a running balance, and no cell in it is a formula", async () => {
    const { userId, token } = await on.makeCaller();
    const organizer = await on.makeCaller("organizer");
    await on.call("PATCH", "/api/wallet", { token, body: { amount: 70_000 } });
    await on.call("POST", `/api/admin/wallets/${userId}/adjustments`, {
      token: organizer.token,
      body: { amount: 500, reason: '=HYPERLINK("evil"), sorry' },
    });
    const day = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Seoul" }).format();
    const got = await on.call("GET", `/api/wallet/statement.csv?from=${day}&to=${day}&locale=en`, { token });
    expect(got.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(got.headers.get("content-disposition")).toBe(`attachment; filename="frontrow-wallet-${day}-${day}.csv"`);
    const lines = got.text.replace("\ufeff", "").trimEnd().split("\r\n");
    expect(lines).toEqual([
      "Time,What,Amount,Balance,Reservation,Reason",
      `${day},Opening balance,,0,,`,
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,Top-up,70000,70000,,$/),
      expect.stringMatching(/,Adjustment,500,70500,,"'=HYPERLINK\(""evil""\), sorry"$/),
      `${day},Closing balance,,70500,,`,
    ]);
    expect((await on.call("GET", `/api/wallet/statement.csv?from=${day}&to=${day}`, { token })).text).toContain("충전");
  });

  it("asks for two days that make sense", async () => {
    const { token } = await on.makeCaller();
    for (const query of ["", "?from=2027-01-01", "?from=2027-01-02&to=2027-01-01", "?from=x&to=2027-01-01"]) {
      expect((await on.call("GET", `/api/wallet/statement.csv${query}`, { token })).code).toBe("invalid_request");
    }
    expect((await on.call("GET", "/api/wallet/statement.csv?from=2027-01-01&to=2027-01-01")).code).toBe(
      "unauthenticated",
    );
  });
});
