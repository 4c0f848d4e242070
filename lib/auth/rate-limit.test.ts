import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import type { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { spendAttempt } from "./rate-limit";

let test: TestDatabase;
let otherDb: Client;
beforeAll(async () => {
  test = await cloneDatabase();
  otherDb = createClient(test.url, 10);
});
afterAll(async () => {
  await otherDb.$client.end();
  await test.drop();
});

const attempt = (key: string, db: Client = test.db) => spendAttempt(db, { key, limit: 5, windowSeconds: 60 });
const age = (key: string, seconds: number) =>
  test.db.execute(
    sql`update rate_limits set window_start = window_start - make_interval(secs => ${seconds}) where key = ${key}`,
  );

describe("spendAttempt", () => {
  it("counts across processes: of forty at once five pass", async () => {
    const key = newId();
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => attempt(key, i % 2 ? otherDb : test.db)),
    );
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(5);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "rate_limited" });
    }
  });

  it("says how long to wait, and lets go when the window is over", async () => {
    const key = newId();
    for (let i = 0; i < 5; i++) await attempt(key);
    await age(key, 20);
    const error = await attempt(key).catch((caught: AppError) => caught);
    expect(error).toMatchObject({ code: "rate_limited" });
    const { retryAfter } = error as AppError;
    expect(retryAfter).toBeGreaterThan(30);
    expect(retryAfter).toBeLessThanOrEqual(40);
    // Attempts that were refused do not lengthen the wait.
    await age(key, 40);
    for (let i = 0; i < 5; i++) await attempt(key);
    await expect(attempt(key)).rejects.toMatchObject({ code: "rate_limited" });
  });

  it("keeps keys apart", async () => {
    const [one, other] = [newId(), newId()];
    for (let i = 0; i < 5; i++) await attempt(one);
    await attempt(other);
  });
});
