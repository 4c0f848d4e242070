import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type pg from "pg";
import type { Cleanup } from "@/bench/cleanup";
import { say } from "@/cli/shared/print";
import { bundle } from "@/cli/start/bundle.mjs";
import { type Client, createClient } from "@/db/client";
import { pause } from "@/db/embedded-processes";
import { isDatabaseAway } from "@/db/errors";
import { migrateDatabase } from "@/db/migrate";
import { provideEnv } from "@/lib/core/env";
import { checkInvariants } from "@/lib/invariants/check-invariants";
import { Caller } from "./call";
import { type Compared, compare } from "./compare/compare";
import { makeAccounts, register, registers } from "./crowd";
import { SmallDisk } from "./disk";
import { live } from "./fan/fan";
import { FanState, type World } from "./fan/state";
import { type Faults, type Stage, unleash } from "./faults";
import { makeHalls } from "./hall";
import { CallLog } from "./log";
import { invite, organise } from "./organizer";
import type { Fault } from "./plan";
import { StormPostgres } from "./postgres";
import { type Replayed, replay } from "./replay";
import { StormServer } from "./servers";

export type StormOptions = {
  seed: number;
  minutes: number;
  fans: number;
  plan: Fault[];
  /** Where the log of calls goes. */
  logFile: string;
  /** Where PostgreSQL's own log goes. */
  postgresLog: string;
  /** A guard to do without (`sabotage.ts`). */
  without: string;
};

export type Outcome = {
  log: CallLog;
  faults: Faults["done"];
  stage: Stage;
  replayed: Replayed;
  compared: Compared;
  /** How often all invariants were checked, during the storm and after. */
  checks: number;
  /** From the last fault until both servers said that they are ready. */
  healedMs: number;
  /** What the storm took of the machine. */
  footprint: Footprint;
};

export type Footprint = { diskMegabytes: number | null; memoryMegabytes: number };

/**
 * How often it is asked whether everything is well again, after the last fault. Limits here are counts of tries, not
 * times: a machine that is slow at everything takes longer for each of them too, and only what never happens is wrong.
 */
const HEAL_TRIES = 600;
const CHECK_EVERY_MS = 15_000;
const CALM_MS = 5000;
/** Payments are waited for so long. */
const CALM_MOST_MS = 300_000;
/** How much longer than planned a storm may take on a slow machine for all of its faults. */
const LONGER = 1.5;
const LINE_TRIES = 240;
const CONNECT_TRIES = 40;
const CONNECT_MS = 60_000;
/** A storm in which hardly anybody pays proves nothing. */
const PAYMENTS_LEAST = 10;

/** Room for what a storm writes (5 to 10 MB a minute), and little more: a full disk must be near. */
const diskMegabytes = (minutes: number): number => Math.min(4096, Math.ceil(350 + 10 * minutes));

/** A storm from its first breath to the comparison. Everything it made is undone by `cleanup`. */
export async function storm(cleanup: Cleanup, options: StormOptions): Promise<Outcome> {
  const { seed, fans: count } = options;
  const dir = await mkdtemp(path.join(tmpdir(), "frontrow-storm-"));
  cleanup.later(() => rm(dir, { recursive: true, force: true }));
  const data = path.join(dir, "data");
  await mkdir(data);
  const disk = await SmallDisk.mount(data, diskMegabytes(options.minutes));
  if (disk) cleanup.later(() => disk.unmount());
  else say("Mounting is not permitted here: the disk will not be filled.");

  const log = new CallLog(options.logFile);
  cleanup.later(() => log.close());
  const postgres = new StormPostgres(data, options.postgresLog);
  cleanup.later(() => postgres.stop());
  const databaseUrl = await postgres.start();
  await migrateDatabase(postgres.url);
  const authSecret = randomBytes(32).toString("hex");
  provideEnv({ authSecret });
  const { halls, accounts, organizer } = await onDatabase(postgres, async (db) => ({
    halls: await makeHalls(db),
    ...(await makeAccounts(db, count)),
  }));

  const file = await bundle("storm/server.ts");
  const hear = listenTo(log);
  const make = () => {
    const server = new StormServer({ file, databaseUrl, authSecret, without: options.without }, hear);
    cleanup.later(() => server.stop());
    return server;
  };
  const servers = [make(), make()] as const;
  await Promise.all(servers.map((server) => server.start()));
  const caller = new Caller(servers, log);
  cleanup.later(async () => caller.close());

  const stage = { postgres, servers, disk };
  const latest = performance.now() + LONGER * options.minutes * 60_000;
  const isOver = () => performance.now() > latest || cleanup.hasBegun;
  const world: World = { seed, caller, log, halls, organizer, links: [], invitations: new Map() };
  await invite(world);
  const faults = unleash(stage, options.plan, { isOver, callsDone: () => log.counts.ok });
  let lastFaultAt = 0;
  let isBroken = false;
  const healing = faults.over.then(() => {
    lastFaultAt = performance.now();
    return heal(stage, log, lastFaultAt);
  });
  // It is waited for below; the fans need not go on until then.
  healing.catch(() => {
    isBroken = true;
  });
  // Fans go on for a while after the last fault, so that it is seen what is left of it: at least until some have paid.
  const isQuiet = () => {
    if (cleanup.hasBegun || isBroken) return true;
    const calmMs = lastFaultAt > 0 ? performance.now() - lastFaultAt : 0;
    return calmMs > CALM_MS && (log.paid >= PAYMENTS_LEAST || calmMs > CALM_MOST_MS);
  };
  const checking = keepChecking(postgres, log, isQuiet);
  const crowd = accounts.map(async (made, index) => {
    const account = registers(index) ? await register(caller, log, index, isQuiet) : made;
    if (!account) return made;
    await live(new FanState(world, index, account.userId, account.bearer), isQuiet);
    return account;
  });
  const organising = organise(world, isQuiet);
  const known = await Promise.all(crowd);
  await organising;
  const checksBefore = await checking;
  if (cleanup.hasBegun) await new Promise(() => {});

  const healedMs = await healing;
  await onDatabase(postgres, untilNothingIsUnderWay);
  const bearers = known.map(({ bearer }) => bearer);
  const replayed = await replay(caller, log, bearers, organizer);
  const compared = await onDatabase(postgres, async (db) => {
    await untilNothingIsUnderWay(db);
    await untilLinesAreEmpty(db, log);
    await checkOnce(db, log);
    const read = async <Row extends pg.QueryResultRow>(text: string) => (await db.$client.query<Row>(text)).rows;
    return await compare({ log, read, userIds: known.map(({ userId }) => userId) });
  });
  if (log.paid < PAYMENTS_LEAST) log.accuse(`only ${log.paid} payments came through: too few to prove anything`);
  const footprint = {
    diskMegabytes: disk ? await disk.usedMegabytes() : null,
    memoryMegabytes: process.resourceUsage().maxRSS / 1024,
  };
  return { log, faults: faults.done, stage, replayed, compared, checks: checksBefore + 1, healedMs, footprint };
}

/** Hears the servers' own logs: what they say of defects and of broken invariants, and when one ends by itself. */
function listenTo(log: CallLog): (line: string) => void {
  return (line) => {
    let said: { event?: string; level?: string };
    try {
      said = JSON.parse(line);
    } catch {
      return log.accuse(`a server said: ${line.slice(0, 300)}`);
    }
    const { event = "" } = said;
    if (event === "invariants.broken" || event === "api.fault" || event === "storm.server-ended")
      log.accuse(`a server's log: ${line.slice(0, 1500)}`);
  };
}

/**
 * A client of PostgreSQL itself for as long as the work takes: none is idle when it dies. One that starts or is full at
 * the moment is asked again, and a slow one has its time; any other refusal is told, and stands in PostgreSQL's log too.
 */
async function onDatabase<T>(postgres: StormPostgres, work: (db: Client) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    await postgres.untilUp();
    const url = new URL(postgres.url);
    url.searchParams.set("statement_timeout", "0");
    url.searchParams.set("application_name", "storm");
    const db = createClient(url.href, 2);
    db.$client.options.connectionTimeoutMillis = CONNECT_MS;
    try {
      await db.$client.query("select 1");
    } catch (error) {
      await db.$client.end();
      postgres.note(`could not be asked at ${url.host}: ${(error as Error).message}`);
      if (!isDatabaseAway(error) || tries === CONNECT_TRIES) throw error;
      await pause(500);
      continue;
    }
    return await work(db).finally(() => db.$client.end());
  }
}

async function checkOnce(db: Client, log: CallLog): Promise<void> {
  for (const { name, broken, offenders } of await checkInvariants(db)) {
    if (broken > 0) log.accuse(`${name}: ${broken} rows, such as ${JSON.stringify(offenders.slice(0, 3))}`);
  }
}

/** Checks the invariants in the midst of it all; while PostgreSQL is away there is nothing to check. */
async function keepChecking(postgres: StormPostgres, log: CallLog, isOver: () => boolean): Promise<number> {
  let checks = 0;
  while (!isOver()) {
    await pause(CHECK_EVERY_MS / 3);
    try {
      await onDatabase(postgres, (db) => checkOnce(db, log));
      checks += 1;
      for (let waited = 0; waited < CHECK_EVERY_MS && !isOver(); waited += 500) await pause(500);
    } catch {
      // Away or ended in the middle: again soon.
    }
  }
  return checks;
}

/** Waits until both servers are ready; answers after how long. */
async function heal({ postgres, servers }: Stage, log: CallLog, lastFaultAt: number): Promise<number> {
  await postgres.untilUp();
  await Promise.all(servers.map((server) => server.untilUp()));
  const isReady = ({ address }: StormServer) =>
    fetch(`http://127.0.0.1:${address}/api/health/ready`, { signal: AbortSignal.timeout(CONNECT_MS) }).then(
      ({ status }) => status === 200,
      () => false,
    );
  for (let tries = 0; !(await Promise.all(servers.map(isReady))).every(Boolean); tries += 1) {
    if (tries === HEAL_TRIES) {
      log.accuse(`the servers are not ready after the last fault, asked ${HEAL_TRIES} times in a minute or more`);
      break;
    }
    await pause(100);
  }
  return performance.now() - lastFaultAt;
}

/** What the servers still do for calls whose callers are long gone comes to its end: nothing may last longer than 10 s. */
async function untilNothingIsUnderWay(db: Client): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 250) {
    const { rows } = await db.$client.query<{ busy: number }>(
      `select count(*) as busy from pg_stat_activity
       where datname = 'frontrow' and pid <> pg_backend_pid() and application_name = 'frontrow'
         and (xact_start < now() - interval '200 milliseconds' or state like 'idle in transaction%')`,
    );
    if (Number(rows[0]?.busy) === 0) return;
    await pause(250);
  }
}

/** The lines still move: whoever is left in one gets a turn, and the turn ends. */
async function untilLinesAreEmpty(db: Client, log: CallLog): Promise<void> {
  let waiting = 0;
  // Those who are inside may stay for a while yet.
  for (let tries = 0; tries < LINE_TRIES; tries += 1) {
    const { rows } = await db.$client.query<{ waiting: number }>(
      "select count(*) as waiting from queue_entries where status = 'waiting'",
    );
    waiting = Number(rows[0]?.waiting);
    if (waiting === 0) return;
    await pause(500);
  }
  log.accuse(`${waiting} fans still wait after the storm, looked for ${LINE_TRIES} times in two minutes or more`);
}
