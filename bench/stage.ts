import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { say } from "@/cli/shared/print";
import { type Client, createClient, PLANNER } from "@/db/client";
import { startEmbedded } from "@/db/embedded";
import { migrateDatabase } from "@/db/migrate";
import { provideEnv, setMode } from "@/lib/core/env";
import type { Cleanup } from "./cleanup";
import { countNothing, pause } from "./database-load";
import { type Helper, type Options, startHelper } from "./helper/start";
import type { Job, Load } from "./load/job";

/** A server to be measured: the product, or a rival that speaks HTTP. */
export type Target = { port: number; helper: Helper };

export type Stage = {
  cleanup: Cleanup;
  /** A temporary folder, gone at the end. */
  dir: string;
  url: string;
  postgresPid: number;
  db: Client;
  product: Target;
  /** The file that the product's own log goes to, a line of JSON each. */
  log: string;
  /** Runs a load against a server, from a process of its own. */
  load(target: Target, job: Omit<Job, "port">): Promise<Load>;
};

/** Ready to count statements (`database-load.ts`). */
const SETTINGS = { shared_preload_libraries: "pg_stat_statements" };

/** PostgreSQL with its files in a temporary folder and as durable as it comes, the product's API, the generator. */
export async function openStage(cleanup: Cleanup): Promise<Stage> {
  const dir = await mkdtemp(path.join(tmpdir(), "frontrow-bench-"));
  cleanup.later(() => rm(dir, { recursive: true, force: true }));
  const starting = startEmbedded({ dir, settings: SETTINGS });
  cleanup.later(async () => (await starting.catch(() => null))?.stop());
  const { socketUrl, pid: postgresPid } = await starting;
  // Rivals on the driver and pgbench connect and plan as the product does.
  const near = new URL(socketUrl);
  near.searchParams.set("options", PLANNER);
  const url = near.href.replaceAll("+", "%20");
  await migrateDatabase(url);
  // Whatever is started from here on inherits it.
  setMode("production");
  provideEnv({ databaseUrl: url, authSecret: randomBytes(32).toString("hex") });
  // Planting a line may take longer than a product's statement may.
  const db = createClient(`${url}&statement_timeout=0`, 4);
  cleanup.later(async () => {
    await db.$client.end();
    // The pool says so before PostgreSQL has heard of it.
    await pause(200);
  });
  await countNothing(db);
  const log = path.join(dir, "product.log");
  const product = await startTarget(cleanup, "server.ts", { log }).catch(async (error) => {
    say(await readFile(log, "utf8"));
    throw error;
  });
  const generator = await startHelper(cleanup, "load/generator.ts");
  const load = (target: Target, job: Omit<Job, "port">) => generator.ask<Load>({ port: target.port, ...job });
  return { cleanup, dir, url, postgresPid, db, product, log, load };
}

export async function startTarget(cleanup: Cleanup, file: string, options?: Options): Promise<Target> {
  const helper = await startHelper(cleanup, file, options);
  return { helper, port: await helper.ask<number>("port") };
}
