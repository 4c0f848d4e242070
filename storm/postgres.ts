import path from "node:path";
import pg from "pg";
import { type EmbeddedPostgres, startEmbedded } from "@/db/embedded";
import { endLeftovers, pause } from "@/db/embedded-processes";
import { TcpProxy } from "./proxy";

const SETTINGS = {
  // Few, so that they are soon exhausted: two servers have twelve each.
  max_connections: "40",
  shared_buffers: "64MB",
  // A small log, so that a full disk is met soon and a restart is quick.
  max_wal_size: "64MB",
  min_wal_size: "32MB",
  checkpoint_timeout: "30s",
  wal_recycle: "off",
};

/** A PostgreSQL that comes back whenever it dies, and the proxy by which the servers reach it. */
export class StormPostgres {
  readonly proxy: TcpProxy;
  kills = 0;
  /** Deaths that nobody planned, such as for want of disk. */
  deaths = 0;
  terminated = 0;
  /** From each death to the first answer. */
  readonly recoveriesMs: number[] = [];
  /** PostgreSQL itself, for the storm's own questions; the servers go by the proxy. */
  url = "";
  #current: EmbeddedPostgres | null = null;
  #up: Promise<void> = Promise.resolve();
  #stopped = false;
  #killing = false;

  constructor(private readonly dir: string) {
    this.proxy = new TcpProxy(() => this.#current?.port ?? null);
  }

  /** Answers the address for the servers. */
  async start(): Promise<string> {
    const first = await startEmbedded({ dir: this.dir, settings: SETTINGS });
    this.url = first.url;
    this.#current = first;
    this.#watch(first);
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
    const { pid, exited } = this.#current as EmbeddedPostgres;
    if (this.#stopped) return;
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
    for (let tries = 0; tries < 10 && !this.#stopped; tries += 1) {
      await this.untilUp();
      if (await this.ask(work)) return true;
      await pause(300);
    }
    return false;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.proxy.close();
    await this.#up;
    await this.#current?.stop();
  }

  #watch(postgres: EmbeddedPostgres): void {
    void postgres.exited.then(() => {
      if (this.#stopped) return;
      if (!this.#killing) this.deaths += 1;
      this.#killing = false;
      this.#current = null;
      this.#up = this.#revive(postgres.port, performance.now());
    });
  }

  async #revive(port: number, diedAt: number): Promise<void> {
    while (!this.#stopped) {
      try {
        await endLeftovers(path.join(this.dir, "postgres"));
        const next = await startEmbedded({ dir: this.dir, port, settings: SETTINGS });
        this.#current = next;
        this.recoveriesMs.push(performance.now() - diedAt);
        this.#watch(next);
        return;
      } catch {
        // No room yet, or the last breaths of the former one.
        await pause(100);
      }
    }
  }
}
