import { hashSync, parseOptions } from "@node-rs/argon2";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { userEmails, users } from "@/db/schema/auth";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import type { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { DUMMY_HASH, HASH_OPTIONS, hashPassword, verifyPassword } from "./password";
import { getUser } from "./queries";
import { registerFan } from "./register-fan";
import { verifyCredentials } from "./verify-credentials";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase();
});
afterAll(() => test.drop());

const address = () => `fan-${newId()}@example.com`;
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: AppError) => ({ code: error.code, message: error.message, extra: error.extra }),
  );

describe("registerFan", () => {
  it("makes an account that its credentials find", async () => {
    const email = address();
    const fan = await registerFan(test.db, { email, password: "correct horse", name: "Jiwoo" });
    expect(fan).toEqual({ id: expect.any(String), email, name: "Jiwoo" });
    const user = { ...fan, role: "fan" };
    expect(await verifyCredentials(test.db, { email, password: "correct horse" })).toEqual(user);
    expect(await verifyCredentials(test.db, { email: email.toUpperCase(), password: "correct horse" })).toEqual(user);
    expect(await getUser(test.db, fan.id)).toEqual(user);
  });

  it("keeps an argon2id hash, never the password", async () => {
    const email = address();
    const { id } = await registerFan(test.db, { email, password: "correct horse", name: "Jiwoo" });
    const [row] = await test.db.select().from(users).where(eq(users.id, id));
    expect(row?.passwordHash).toMatch(/^\$argon2id\$/);
    expect(parseOptions(row?.passwordHash ?? "")).toMatchObject(HASH_OPTIONS);
  });

  it("refuses a taken address and leaves nothing behind", async () => {
    const email = address();
    await registerFan(test.db, { email, password: "correct horse", name: "First" });
    expect(await refusal(registerFan(test.db, { email, password: "battery staple", name: "Second" }))).toMatchObject({
      code: "conflict",
    });
    expect(await test.db.select().from(users).where(eq(users.email, email))).toHaveLength(1);
  });

  it("lets one of twenty at the same moment have an address", async () => {
    const email = address();
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        registerFan(test.db, { email, password: "correct horse", name: `Fan ${i}` }),
      ),
    );
    const won = results.filter((result) => result.status === "fulfilled");
    expect(won).toHaveLength(1);
    for (const result of results)
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "conflict" });
    expect(await test.db.select().from(users).where(eq(users.email, email))).toHaveLength(1);
    const [owner] = await test.db.select().from(userEmails).where(eq(userEmails.email, email));
    expect(owner?.userId).toBe(won[0]?.status === "fulfilled" ? won[0].value.id : "");
  });
});

describe("verifyCredentials", () => {
  it("gives one answer for an unknown address, a wrong password, a malformed address and a passwordless account", async () => {
    const email = address();
    await registerFan(test.db, { email, password: "correct horse", name: "Jiwoo" });
    const tokenOnly = { id: newId(), email: address(), name: "Script" };
    await test.db.insert(users).values(tokenOnly);
    await test.db.insert(userEmails).values({ email: tokenOnly.email, userId: tokenOnly.id });
    const answers = await Promise.all(
      [email, address(), '"e@evil"@victim.com', tokenOnly.email].map((tried) =>
        refusal(verifyCredentials(test.db, { email: tried, password: "battery staple" })),
      ),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.code).toBe("unauthenticated");
  });

  it("hashes for an unknown address as long as for a known one", async () => {
    expect(parseOptions(DUMMY_HASH)).toMatchObject(HASH_OPTIONS);
    const email = address();
    await registerFan(test.db, { email, password: "correct horse", name: "Jiwoo" });
    const took = async (tried: string) => {
      const times: number[] = [];
      for (let i = 0; i < 9; i++) {
        const start = performance.now();
        await refusal(verifyCredentials(test.db, { email: tried, password: "battery staple" }));
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[2] as number;
    };
    const [known, unknown] = [await took(email), await took(address())];
    // Without the dummy hash an unknown address takes a fiftieth of the time.
    expect(unknown / known).toBeGreaterThan(0.4);
    expect(unknown / known).toBeLessThan(2.5);
  });
});

describe("passwords", () => {
  it("are the same in whatever form the keyboard sends them, and no other", async () => {
    const kept = await hashPassword("비밀번호-12".normalize("NFC"));
    expect(await verifyPassword(kept, "비밀번호-12".normalize("NFD"))).toBe(true);
    expect(await verifyPassword(kept, "비밀번호-13")).toBe(false);
    // Nothing is cut off at bcrypt's 72 bytes.
    const long = "x".repeat(199);
    expect(await verifyPassword(await hashPassword(`${long}a`), `${long}b`)).toBe(false);
  });

  it("shed load when too many wait", async () => {
    const cheap = hashSync("x", { ...HASH_OPTIONS, memoryCost: 8, timeCost: 1 });
    const results = await Promise.allSettled(Array.from({ length: 150 }, () => verifyPassword(cheap, "x")));
    const shed = results.filter((result) => result.status === "rejected");
    expect(shed.length).toBe(150 - 102);
    for (const result of shed) expect(result.reason).toMatchObject({ code: "unavailable", retryAfter: 2 });
    expect(await verifyPassword(cheap, "x")).toBe(true);
  });
});

it("getUser knows no malformed and no unknown id", async () => {
  expect(await refusal(getUser(test.db, "1 or 1=1"))).toMatchObject({ code: "not_found" });
  expect(await refusal(getUser(test.db, newId()))).toMatchObject({ code: "not_found" });
});
