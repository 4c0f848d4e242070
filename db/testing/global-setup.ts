import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { removeDataDir, startEmbedded } from "../embedded";
import { migrateDatabase } from "../migrate";

declare module "vitest" {
  export interface ProvidedContext {
    databaseUrl: string;
  }
}

/** One PostgreSQL for the whole run; its database is migrated once and then only cloned. */
export default async function setup(project: TestProject) {
  const dir = await mkdtemp(path.join(tmpdir(), "frontrow-test-"));
  const server = await startEmbedded({
    dir,
    // Nothing here outlives the run, so it need not reach the disk.
    settings: { fsync: "off", full_page_writes: "off", shared_buffers: "128MB", max_connections: "300" },
  });
  await migrateDatabase(server.url);
  const admin = new pg.Client({ connectionString: server.url.replace(/\/frontrow$/, "/postgres") });
  await admin.connect();
  await admin.query("alter database frontrow with is_template true");
  await admin.end();
  project.provide("databaseUrl", server.url);
  return async () => {
    await server.stop();
    await removeDataDir(dir);
  };
}
