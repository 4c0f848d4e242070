import cluster from "node:cluster";
import { createServer } from "node:http";
import { closeDb, getDb } from "@/db/client";
import { useEmbedded } from "@/db/embedded";
import { migrateDatabase } from "@/db/migrate";
import { type Env, EnvError, provideEnv, readEnv } from "@/lib/core/env";
import { errorFields, log } from "@/lib/core/log";
import { StartFault } from "@/lib/core/start-fault";
import { build, isBuilt } from "./build";
import { checkDatabase } from "./database";
import { type DemoAccount, demoAccounts } from "./demo";
import { importExamples } from "./examples";
import { listenFault } from "./listen-fault";
import { keptSecret } from "./secret";
import { onParentGone, onStopSignals } from "./stop-signals";
import { runWorkers } from "./workers";

const say = (line: string) => console.log(line);

/** Ends the process over something that went wrong: one line for what its user can mend, else with the stack. */
function giveUp(error: unknown): never {
  const expected = error instanceof StartFault || error instanceof EnvError;
  const line = `Frontrow cannot start: ${error instanceof Error ? error.message : error}`;
  if (cluster.isWorker) process.send?.({ fault: (error as Error).message });
  else console.error(line);
  if (!expected && error instanceof Error) console.error(error.stack);
  process.exit(1);
}

/** A fault in one request must not take the others down; a fault outside of any leaves nothing to trust. */
function watchFaults(): void {
  process.on("unhandledRejection", (error) => log("error", "process.unhandled-rejection", errorFields(error)));
  process.on("uncaughtException", (error) => {
    log("error", "process.uncaught-exception", errorFields(error));
    process.exit(1);
  });
}

/** Before minutes of building: whether the port can be had at all. */
async function tryPort(env: Env): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => reject(listenFault(error, env)));
    probe.listen(env.port, env.host, () => probe.close(() => resolve()));
  });
}

/** The visitors' address, for next-auth. Behind a trusted proxy each request says it. */
function provideSite(env: Env, port: number): void {
  if (env.trustProxy) provideEnv({ trustHost: true });
  else provideEnv({ nextAuthUrl: `http://${env.host.includes(":") ? `[${env.host}]` : env.host}:${port}` });
}

/** What was started, in order; stopped in reverse. */
class Running {
  readonly #stops: (() => Promise<void>)[] = [];

  add(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  async stop(): Promise<void> {
    for (let stop = this.#stops.pop(); stop; stop = this.#stops.pop()) await stop();
  }

  /** Tells everything to stop and waits for nothing. */
  abandon(): void {
    for (const stop of this.#stops.splice(0)) void stop();
  }
}

/** Database, secret and migrations; with a database of our own also concerts and people to try things with. */
async function prepareDatabase(env: Env, running: Running): Promise<DemoAccount[]> {
  if (env.databaseUrl) {
    if (!env.authSecret) {
      throw new StartFault("AUTH_SECRET is missing. With DATABASE_URL set, set it too (32 characters or more).");
    }
    await checkDatabase(env.databaseUrl);
    await migrateDatabase(env.databaseUrl);
    return [];
  }
  const postgres = await useEmbedded(env.dataDir, {
    role: "server",
    name: env.production ? "npm start" : "npm run dev",
    onWait: (owner) => say(`Waiting until ${owner.name} (process ${owner.pid}) is done with ${env.dataDir} …`),
  });
  running.add(() => postgres.stop());
  provideEnv({ databaseUrl: postgres.url, authSecret: env.authSecret ?? (await keptSecret(env.dataDir)) });
  running.add(closeDb);
  await migrateDatabase(postgres.url);
  await importExamples(getDb(), env.dataDir, say);
  return demoAccounts(getDb(), env.dataDir);
}

async function makePages(running: Running): Promise<void> {
  if (await isBuilt()) return;
  const abort = new AbortController();
  running.add(async () => abort.abort());
  say("Building the pages, because this is the first start or the sources changed (about a minute) …");
  const began = Date.now();
  await build(abort.signal);
  say(`Built in ${Math.round((Date.now() - began) / 1000)} s.`);
}

function announce(env: Env, port: number, accounts: DemoAccount[]): void {
  const shown = env.host === "0.0.0.0" || env.host === "::" ? "127.0.0.1" : env.host;
  say("");
  say(`  Frontrow is ready: http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`);
  if (accounts.length > 0) say("");
  for (const { role, email, password } of accounts) {
    say(`  ${role === "fan" ? "Demo fan      " : "Demo organizer"}  ${email}  password ${password}`);
  }
  say("");
  if (env.databaseUrl && !env.stripe) {
    say("  Wallets hold demonstration money: anybody can top up. STRIPE_SECRET_KEY takes it by card.");
    say("");
  }
  say("  Ctrl-C stops it.");
  say("");
}

/** Loaded last: with it come React and Next. */
const loadServe = async () => (await import("./serve")).serve;

async function startWorker(): Promise<void> {
  const serve = await loadServe();
  const serving = await serve();
  provideSite(readEnv(), serving.port);
  const end = () => void serving.stop().finally(() => process.exit(0));
  onStopSignals(end, () => process.exit(1));
  // The primary is gone, and with it whoever would stop us.
  process.once("disconnect", () => process.exit(1));
}

async function startPrimary(): Promise<void> {
  const env = readEnv();
  const running = new Running();
  let isStopping = false;
  const stop = async (reason: string) => {
    if (isStopping) return;
    isStopping = true;
    say(`${reason}: finishing what is under way …`);
    await running.stop();
    say("Stopped.");
    process.exit(0);
  };
  // The second time at once; PostgreSQL, once told to stop, does so without us.
  onStopSignals(
    (signal) => void stop(signal).catch(giveUp),
    () => {
      running.abandon();
      process.exit(130);
    },
  );
  if (env.underNpm) onParentGone(() => void stop("npm is gone").catch(giveUp));
  try {
    await tryPort(env);
    // Loads while PostgreSQL starts.
    if (env.webConcurrency === 1) loadServe().catch(() => {});
    const accounts = await prepareDatabase(env, running);
    if (env.production) await makePages(running);
    if (env.webConcurrency > 1 && env.production) {
      const workers = await runWorkers(env.webConcurrency);
      running.add(() => workers.stop());
      announce(env, workers.port, accounts);
    } else {
      const serve = await loadServe();
      const serving = await serve();
      running.add(() => serving.stop());
      provideSite(env, serving.port);
      announce(env, serving.port, accounts);
    }
  } catch (error) {
    // Whatever fails while we stop fails because we stop.
    if (isStopping) return;
    await running.stop();
    throw error;
  }
}

/** Brings the whole product up: one process, or with WEB_CONCURRENCY several, of which the first owns PostgreSQL. */
export async function start(): Promise<void> {
  watchFaults();
  try {
    await (cluster.isWorker ? startWorker() : startPrimary());
  } catch (error) {
    giveUp(error);
  }
}
