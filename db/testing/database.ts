import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { type Client, createClient } from "../client";

export type TestDatabase = { db: Client; url: string; drop(): Promise<void> };

/**
 * A database of this test file's own, cloned from the migrated template: real connections, so that two of them can
 * race. `drop` it in `afterAll`.
 */
export async function cloneDatabase(poolSize = 20): Promise<TestDatabase> {
  const templateUrl = inject("databaseUrl");
  const name = `test_${randomBytes(6).toString("hex")}`;
  await asAdmin(templateUrl, `create database ${name} template frontrow`);
  const url = templateUrl.replace(/\/frontrow$/, `/${name}`);
  const db = createClient(url, poolSize);
  return {
    db,
    url,
    async drop() {
      await db.$client.end();
      await asAdmin(templateUrl, `drop database ${name} with (force)`);
    },
  };
}

async function asAdmin(templateUrl: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: templateUrl.replace(/\/frontrow$/, "/postgres") });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
