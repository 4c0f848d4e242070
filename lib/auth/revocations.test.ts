import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Client, createClient } from "@/db/client";
import { revokedSessions } from "@/db/schema/auth";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { newId } from "@/lib/core/ids";
import { isRevoked, Revocations, revokeSession, startRevocations, tidyAuth } from "./revocations";

let test: TestDatabase;
/** What another process would have: its own connection and its own knowledge. */
let otherDb: Client;
beforeAll(async () => {
  test = await cloneDatabase();
  otherDb = createClient(test.url, 1);
});
afterAll(async () => {
  await otherDb.$client.end();
  await test.drop();
});

const session = (lastsMs = 60_000) => ({
  userId: newId(),
  sessionId: newId(),
  expiresAt: new Date(Date.now() + lastsMs),
});

describe("revocations", () => {
  it("hold here at once and elsewhere with the next reading", async () => {
    const [ended, other] = [session(), session()];
    const elsewhere = new Revocations();
    await elsewhere.read(otherDb);
    await revokeSession(test.db, ended);
    expect(isRevoked(ended.sessionId)).toBe(true);
    expect(isRevoked(other.sessionId)).toBe(false);
    expect(elsewhere.isRevoked(ended.sessionId)).toBe(false);
    await elsewhere.read(otherDb);
    expect(elsewhere.isRevoked(ended.sessionId)).toBe(true);
    expect(elsewhere.isRevoked(other.sessionId)).toBe(false);
    await revokeSession(test.db, ended);
  });

  it("reach a running process within two seconds", async () => {
    const elsewhere = new Revocations();
    const reader = startRevocations(otherDb, elsewhere);
    await reader.ready;
    const ended = session();
    await revokeSession(test.db, ended);
    await vi.waitFor(() => expect(elsewhere.isRevoked(ended.sessionId)).toBe(true), { timeout: 2000, interval: 20 });
    reader.stop();
  });

  it("are all known to a process that starts later", async () => {
    const ended = session();
    await revokeSession(test.db, ended);
    await test.db.execute(sql`update revoked_sessions set revoked_at = revoked_at - interval '20 days'`);
    const later = new Revocations();
    await later.read(otherDb);
    expect(later.isRevoked(ended.sessionId)).toBe(true);
  });

  it("come through although their transaction ended after a newer one's", async () => {
    const [slow, fast] = [session(), session()];
    const elsewhere = new Revocations();
    await test.db.transaction(async (tx) => {
      await revokeSession(tx, slow);
      await revokeSession(test.db, fast);
      await elsewhere.read(otherDb);
      expect(elsewhere.isRevoked(fast.sessionId)).toBe(true);
      expect(elsewhere.isRevoked(slow.sessionId)).toBe(false);
    });
    await elsewhere.read(otherDb);
    expect(elsewhere.isRevoked(slow.sessionId)).toBe(true);
  });

  it("are forgotten once the session would be over, and their rows deleted", async () => {
    await tidyAuth(test.db);
    const over = session(-1);
    const knowing = new Revocations();
    knowing.mark(over.sessionId, over.expiresAt);
    await revokeSession(test.db, over);
    await knowing.read(otherDb);
    expect(knowing.isRevoked(over.sessionId)).toBe(false);
    await tidyAuth(test.db);
    const rows = await test.db.select().from(revokedSessions);
    expect(rows.map((row) => row.sessionId)).not.toContain(over.sessionId);
    expect(knowing.size).toBe(rows.length);
  });

  it("stay known while the database is away, and reading goes on when it is back", async () => {
    const away = createClient("postgres://nobody:x@127.0.0.1:1/nowhere", 1);
    const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const knowing = new Revocations();
    const [before, after] = [session(), session()];
    await revokeSession(test.db, before);
    await knowing.read(otherDb);
    const broken = startRevocations(away, knowing);
    await vi.waitFor(() => expect(written).toHaveBeenCalled());
    broken.stop();
    written.mockRestore();
    expect(knowing.isRevoked(before.sessionId)).toBe(true);
    await revokeSession(test.db, after);
    await knowing.read(otherDb);
    expect(knowing.isRevoked(after.sessionId)).toBe(true);
    await away.$client.end();
  });
});
