import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { access, constants, lstat, mkdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { errorFields, log } from "@/lib/core/log";
import { StartFault } from "@/lib/core/start-fault";
import { type Account, findAccount, findPrograms, giveTo, type Programs } from "./embedded-account";
import { claimDataDir, findOwner, type Owner } from "./embedded-owner";
import { endLeftovers, pause } from "./embedded-processes";

const run = promisify(execFile);

export type EmbeddedPostgres = {
  url: string;
  /** The same by a Unix socket, for processes of ours; `url` where the system or the folder's name allows none. */
  socketUrl: string;
  port: number;
  pid: number;
  /** Settles when PostgreSQL is gone, whoever ended it. */
  exited: Promise<void>;
  stop(): Promise<void>;
};

type Options = {
  dir: string;
  /** postgres's own settings (`-c`). */
  settings?: Record<string, string>;
  /** Where to listen; without it on any free port. */
  port?: number;
  /** Hears PostgreSQL's log. */
  hear?: (said: string) => void;
};

const SETTINGS = {
  listen_addresses: "127.0.0.1",
  max_connections: "200",
  shared_buffers: "256MB",
  max_wal_size: "4GB",
  checkpoint_timeout: "15min",
  timezone: "UTC",
  // A refused statement is the application's matter; here only what concerns the server itself.
  log_min_messages: "log",
};

/** What a socket's path may take on every system, "/.s.PGSQL.65535" included. */
const SOCKET_PATH_MOST = 103;

/**
 * The folder of PostgreSQL's Unix socket, or none: its data, which nobody else may enter. A query by it costs our
 * process a quarter less than one over TCP (74 µs against 99), and PostgreSQL likewise.
 */
const socketFolder = (cluster: string): string =>
  process.platform !== "win32" && Buffer.byteLength(`${cluster}/.s.PGSQL.65535`) <= SOCKET_PATH_MOST ? cluster : "";

/** Whether a port of 127.0.0.1 is free at the moment. */
const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });

/** A free port, below those that the system hands out for outgoing connections, which could take it meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    if (await isFree(port)) return port;
  }
}

/** Whether anything has this name, be it a link to a disk that is not there now. Throws where that cannot be seen. */
const exists = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );

/** Ours alone; folders above it that are missing are made as usual. */
async function makeFolder(dir: string): Promise<void> {
  await mkdir(path.dirname(path.resolve(dir)), { recursive: true });
  await mkdir(dir, { recursive: true, mode: 0o700 });
}

/** Makes the cluster at the first start. It appears under its name only when it is whole. */
async function makeCluster(dir: string, programs: Programs, account: Account): Promise<string> {
  const cluster = path.join(dir, "postgres");
  if (await exists(cluster)) {
    await giveTo(account, cluster);
    return cluster;
  }
  const unfinished = `${cluster}.new`;
  const passwordFile = path.join(unfinished, "password");
  const password = randomBytes(18).toString("base64url");
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(path.join(unfinished, "data"), { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(account, unfinished);
  const words = [
    ...account.prefix,
    programs.initdb,
    `--pgdata=${path.join(unfinished, "data")}`,
    "--username=frontrow",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
  ];
  try {
    await run(words[0] as string, words.slice(1), { ...account.ids, cwd: unfinished });
  } catch (error) {
    throw new StartFault(
      `PostgreSQL could not make its files: ${oneLine((error as { stderr?: string }).stderr ?? "")}`,
    );
  }
  await writeFile(path.join(dir, "postgres-password"), `${password}\n`, { mode: 0o600 });
  await rename(path.join(unfinished, "data"), cluster);
  await rm(unfinished, { recursive: true, force: true });
  return cluster;
}

/** The first start after a crash may meet the last breaths of the former one. */
const PASSES = /pre-existing shared memory block|lock file "postmaster.pid" already exists/;
const PORT_TAKEN = /could not bind|could not create any TCP\/IP sockets/;

/**
 * Starts a PostgreSQL of our own on 127.0.0.1 with its files in `dir`, making the cluster at the first start, and
 * waits until the database `frontrow` answers. The password is kept in `dir`. Throws `StartFault` with PostgreSQL's
 * own words if it does not come up within a minute.
 */
export async function startEmbedded(options: Options): Promise<EmbeddedPostgres> {
  await makeFolder(options.dir);
  // As PostgreSQL sees it: its processes are recognised by their folder.
  const dir = await realpath(options.dir);
  const programs = await findPrograms();
  const account = await findAccount(programs, dir);
  const cluster = await makeCluster(dir, programs, account);
  const password = (await readFile(path.join(dir, "postgres-password"), "utf8")).trim();
  const deadline = Date.now() + 60_000;
  for (;;) {
    const port = options.port ?? (await freePort());
    const folder = socketFolder(cluster);
    const settings = { ...SETTINGS, unix_socket_directories: folder, port: String(port), ...options.settings };
    const words = [...account.prefix, programs.postgres, "-D", cluster];
    for (const [name, value] of Object.entries(settings)) words.push("-c", `${name}=${value}`);
    const child = spawn(words[0] as string, words.slice(1), {
      ...account.ids,
      cwd: cluster,
      stdio: ["ignore", "ignore", "pipe"],
      // A group of its own: Ctrl-C in the terminal reaches our server alone, which then stops PostgreSQL in order.
      detached: true,
    });
    const at = (database: string) => `postgres://frontrow:${password}@127.0.0.1:${port}/${database}`;
    const { exited, refusal } = await untilReady(child, at("postgres"), deadline, options.hear);
    if (refusal === null) {
      const url = at("frontrow");
      const socketUrl = folder ? `${url}?host=${encodeURIComponent(folder)}` : url;
      return { url, socketUrl, port, pid: child.pid as number, exited, stop: stopper(child, exited) };
    }
    const mayPass = PASSES.test(refusal) || PORT_TAKEN.test(refusal);
    if (!mayPass || Date.now() > deadline) throw new StartFault(`PostgreSQL did not start: ${oneLine(refusal)}`);
    await pause(200);
  }
}

const oneLine = (said: string): string => said.trim().split("\n").slice(-3).join(" · ") || "it said nothing";

/** Waits for the first answer. `refusal` is null then, else what PostgreSQL said before it ended. */
async function untilReady(
  child: ChildProcess,
  url: string,
  deadline: number,
  hear?: (said: string) => void,
): Promise<{ exited: Promise<void>; refusal: string | null }> {
  let said = "";
  let gone = false;
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000);
    hear?.(chunk.toString());
  });
  const exited = new Promise<void>((resolve) => {
    const end = () => {
      gone = true;
      resolve();
    };
    child.once("close", end);
    child.once("error", (error) => {
      said += error.message;
      end();
    });
  });
  for (;;) {
    if (gone) return { exited, refusal: said };
    if (await answers(url)) return { exited, refusal: null };
    if (Date.now() > deadline) {
      child.kill("SIGQUIT");
      await exited;
      return { exited, refusal: `no answer within a minute · ${said}` };
    }
    await pause(30);
  }
}

/** SIGINT is PostgreSQL's fast shutdown: it ends the sessions and writes everything down. */
function stopper(child: ChildProcess, exited: Promise<void>): () => Promise<void> {
  return async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGINT");
    // A shutdown that hangs is cut short; the next start then replays the log.
    const impatience = setTimeout(() => child.kill("SIGQUIT"), 20_000);
    await exited;
    clearTimeout(impatience);
  };
}

/** Whether the server takes connections; makes the database `frontrow` if it is missing. */
async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query("select 1 from pg_database where datname = 'frontrow'");
    if (!rowCount) await client.query("create database frontrow");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Makes the data directory if need be. Throws `StartFault` if it cannot be written. */
export async function openDataDir(dataDir: string): Promise<string> {
  try {
    await makeFolder(dataDir);
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    const cluster = path.join(dataDir, "postgres");
    if (await exists(cluster)) await access(cluster, constants.R_OK | constants.W_OK | constants.X_OK);
    return await realpath(dataDir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartFault(`DATA_DIR ${path.resolve(dataDir)} cannot be written (${code}).`);
  }
}

export type UsedPostgres = {
  url: string;
  /** Stops PostgreSQL if this process runs it. */
  stop(): Promise<void>;
};

type Use = Pick<Owner, "role" | "name"> & {
  /** Told once, when a command has to be waited for. */
  onWait?: (owner: Owner) => void;
};

/**
 * The PostgreSQL of a data directory, for the server and for commands alike. A command uses the one that the server
 * runs; if none runs, whoever asks starts it, recovers from what a killed owner left, and stops it at the end. The
 * server also starts it again, on the same port, whenever it dies. Throws `StartFault` if another server is at work.
 */
export async function useEmbedded(dataDir: string, use: Use): Promise<UsedPostgres> {
  const dir = await openDataDir(dataDir);
  let told = false;
  for (;;) {
    const { claim, owner } = await claimDataDir(dir, use);
    if (claim) {
      try {
        await endLeftovers(path.join(dir, "postgres"));
        return await keep(dir, use, await startEmbedded({ dir }), claim);
      } catch (error) {
        await claim.release();
        throw error;
      }
    }
    if (owner.role === "server") {
      if (use.role === "server") {
        throw new StartFault(`Another server (process ${owner.pid}, ${owner.name}) already uses DATA_DIR ${dir}.`);
      }
      const url = await serversUrl(dir);
      if (url) return { url, stop: async () => {} };
    } else if (!told) {
      told = true;
      use.onWait?.(owner);
    }
    await pause(200);
  }
}

/** The address of the PostgreSQL that the running server announced, if it answers. */
async function serversUrl(dir: string): Promise<string | null> {
  const postgres = (await findOwner(dir))?.postgres;
  if (!postgres) return null;
  const password = (await readFile(path.join(dir, "postgres-password"), "utf8")).trim();
  const at = (database: string) => `postgres://frontrow:${password}@127.0.0.1:${postgres.port}/${database}`;
  return (await answers(at("postgres"))) ? at("frontrow") : null;
}

type Claim = { announce(postgres: Owner["postgres"]): Promise<void>; release(): Promise<void> };

async function keep(dir: string, use: Use, first: EmbeddedPostgres, claim: Claim): Promise<UsedPostgres> {
  let current = first;
  let stopping = false;
  await claim.announce({ pid: current.pid, port: current.port });
  const watch = async () => {
    await current.exited;
    if (stopping) return;
    log("error", "postgres.died", { pid: current.pid });
    // The first tries meet the stale lock of the one that died.
    for (let tries = 1; !stopping; tries++) {
      try {
        await endLeftovers(path.join(dir, "postgres"));
        current = await startEmbedded({ dir, port: current.port });
        await claim.announce({ pid: current.pid, port: current.port });
        log("info", "postgres.restarted", { pid: current.pid, tries });
        restarting = watch();
        return;
      } catch (error) {
        log("warn", "postgres.restart-failed", errorFields(error));
        await pause(Math.min(2000, 100 * 2 ** tries));
      }
    }
  };
  let restarting = use.role === "server" ? watch() : Promise.resolve();
  return {
    url: first.socketUrl,
    async stop() {
      stopping = true;
      await current.stop();
      await restarting;
      // A restart that was under way when the stop came.
      await current.stop();
      await claim.release();
    },
  };
}

/** Removes a data directory that belonged to a test. */
export const removeDataDir = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true });
