import { createWriteStream, type WriteStream } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { type EmbeddedPostgres, startEmbedded } from "@/db/embedded";
import { endLeftovers, pause } from "@/db/embedded-processes";
import { TcpProxy, type Upstream } from "./proxy";

const SETTINGS = {
  // Few, so that they are soon exhausted: two servers have twelve each.
  max_connections: "40",
  shared_buffers: "64MB",
  // A small log, so that a full disk is met soon and a restart is quick.
  max_wal_size: "64MB",
  min_wal_size: "32MB",
  checkpoint_timeout: "30s",
  wal_recycle: "off",
  // Who was refused, and when: a log is read after the storm.
  log_line_prefix: "%m [%p] %a ",
};

/** One that does not come back for so long never will. */
const GIVE_UP_MS = 300_000;
/** Times that a fault is tried which needs PostgreSQL to answer, while other faults are in its way. */
const INSIST_TRIES = 30;

/**
 * A PostgreSQL that comes back whenever it dies, and the proxy by which the servers reach it. Both the storm and the
 * proxy reach it by its Unix socket, in a folder that is ours alone: while it is dead, any other PostgreSQL of the
 * machine may take its port, and would refuse our password. Its port is another one at each start, so that it need not
 * wait for whoever did.
 */
export class StormPostgres {
  readonly proxy: TcpProxy;
  kills = 0;
  /** Deaths that nobody planned, such as for want of disk. */
  deaths = 0;
  terminated = 0;
  /** From each death to the first answer. */
  readonly recoveriesMs: number[] = [];
  /** PostgreSQL itself, for the storm's own questions; the servers go by the proxy. Where it was last, while it is dead. */
  url = "";
  #current: EmbeddedPostgres | null = null;
  #up: Promise<void> = Promise.resolve();
  #stopped = false;
  #killing = false;
  readonly #log: WriteStream;

  /** `logFile`: where PostgreSQL's own log goes, of all its lives. */
  constructor(
    private readonly dir: string,
    readonly logFile: string,
  ) {
    this.proxy = new TcpProxy(() => this.#address());
    this.#log = createWriteStream(logFile);
    this.#log.on("error", () => {});
  }

  /** Answers the address for the servers. */
  async start(): Promise<string> {
    const first = await this.#begin();
    const url = new URL(first.url);
    url.port = String(await this.proxy.listen());
    return url.href;
  }

  /** Settles when it answers. */
  async untilUp(): Promise<void> {
    for (let seen: unknown; seen !== this.#up; ) {
      seen = this.#up;
      await this.#up;
    }
  }

  /** kill -9 of the postmaster; settles when the next one answers. */
  async kill(): Promise<void> {
    await this.untilUp();
    // It may just have died by itself.
    if (this.#stopped || !this.#current) return;
    const { pid, exited } = this.#current;
    this.#killing = true;
    this.kills += 1;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It died by itself in this very moment.
    }
    await exited;
    await this.untilUp();
  }

  /** Ends some of the servers' sessions; false if there was none to end. */
  async terminate(share: number): Promise<boolean> {
    let ended = 0;
    await this.#insist(async (client) => {
      const { rows } = await client.query<{ ended: number }>(
        `select count(*) filter (where pg_terminate_backend(pid))::int as ended from (
           select pid, row_number() over (order by pid) as at from pg_stat_activity
           where application_name = 'frontrow' and datname = 'frontrow') x
         where at % greatest(1, round(1 / $1::numeric)::int) = 0`,
        [share],
      );
      ended = rows[0]?.ended ?? 0;
      if (ended === 0) throw new Error("Nobody there yet.");
    });
    this.terminated += ended;
    return ended > 0;
  }

  /** Takes every connection that is left and locks what everybody needs, for `ms`. */
  async exhaust(ms: number): Promise<boolean> {
    const taken: pg.Client[] = [];
    try {
      return await this.#insist(async (client) => {
        await client.query("begin");
        await client.query("select 1 from queues for update");
        const opened = await Promise.allSettled(
          Array.from({ length: Number(SETTINGS.max_connections) }, async () => {
            const one = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 1000 });
            one.on("error", () => {});
            await one.connect();
            taken.push(one);
          }),
        );
        if (!opened.some(({ status }) => status === "rejected")) throw new Error("There were connections left.");
        await pause(ms);
      });
    } finally {
      await Promise.all(taken.map((one) => one.end().catch(() => {})));
    }
  }

  /** Asks PostgreSQL itself, on a connection of its own. An answer that cannot be had is none. */
  async ask(work: (client: pg.Client) => Promise<unknown>): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 2000 });
    client.on("error", () => {});
    try {
      await client.connect();
      await work(client);
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Asks again where PostgreSQL has just died or has just come back. */
  async #insist(work: (client: pg.Client) => Promise<unknown>): Promise<boolean> {
    for (let tries = 0; tries < INSIST_TRIES && !this.#stopped; tries += 1) {
      await this.untilUp();
      if (await this.ask(work)) return true;
      await pause(300);
    }
    return false;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.proxy.close();
    await this.#up.catch(() => {});
    await this.#current?.stop();
    await new Promise<void>((resolve) => this.#log.end(resolve));
  }

  /** Says something in the midst of PostgreSQL's log. */
  note(what: string): void {
    if (!this.#log.writableEnded) this.#log.write(`${new Date().toISOString()} storm: ${what}\n`);
  }

  async #begin(): Promise<EmbeddedPostgres> {
    const hear = (said: string) => void (this.#log.writableEnded || this.#log.write(said));
    const next = await startEmbedded({ dir: this.dir, settings: SETTINGS, hear });
    this.note(`process ${next.pid} answers at port ${next.port}`);
    this.url = next.socketUrl;
    this.#current = next;
    this.#watch(next);
    return next;
  }

  #address(): Upstream | null {
    if (!this.#current) return null;
    const folder = new URL(this.#current.socketUrl).searchParams.get("host");
    return folder ? path.join(folder, `.s.PGSQL.${this.#current.port}`) : this.#current.port;
  }

  #watch(postgres: EmbeddedPostgres): void {
    void postgres.exited.then(() => {
      this.note(`process ${postgres.pid} is gone${this.#killing ? ", killed" : ""}`);
      if (this.#stopped) return;
      if (!this.#killing) this.deaths += 1;
      this.#killing = false;
      this.#current = null;
      this.#up = this.#revive(performance.now());
      // Whoever waits for it hears of it.
      this.#up.catch(() => {});
    });
  }

  /** Without its files a start would make another cluster, with another password and nothing in it. */
  async #insistOnFiles(): Promise<void> {
    const password = await readFile(path.join(this.dir, "postgres-password"), "utf8").catch(() => "");
    if (password.trim() !== new URL(this.url).password) {
      throw new Error(`Somebody took PostgreSQL's files away or put others in their place (${this.dir}).`);
    }
  }

  async #revive(diedAt: number): Promise<void> {
    const cluster = path.join(this.dir, "postgres");
    await this.#insistOnFiles();
    while (!this.#stopped) {
      try {
        await endLeftovers(cluster);
        for (const name of await readdir(cluster)) {
          if (name.startsWith(".s.PGSQL.")) await rm(path.join(cluster, name), { force: true });
        }
        await this.#begin();
        this.recoveriesMs.push(performance.now() - diedAt);
        return;
      } catch (error) {
        // No room yet, or the last breaths of the former one.
        this.note(`not back yet: ${error instanceof Error ? error.message : error}`);
        if (performance.now() - diedAt > GIVE_UP_MS) throw error;
        await pause(100);
      }
    }
  }
}
