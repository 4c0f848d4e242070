import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { pause } from "@/db/embedded-processes";
import { skewedEnvironment } from "./clock";
import { TcpProxy } from "./proxy";

export type ServerOptions = {
  /** The server's program. */
  file: string;
  databaseUrl: string;
  authSecret: string;
  /** A guard to do without. */
  without: string;
};
/** How wrong a process's clock is, and how many connections it may have. */
type Mood = { skewMs: number; pool: number };

const USUAL: Mood = { skewMs: 0, pool: 12 };

/** A server process that can be killed, and comes back on the same address behind its proxy. */
export class StormServer {
  /** Fans reach whatever process is there now by way of it. */
  readonly proxy = new TcpProxy(() => this.#port);
  /** Where fans call. */
  address = 0;
  kills = 0;
  skewed = 0;
  #port: number | null = null;
  #child: ChildProcess | undefined;
  /** Loaded, and waiting to take its place. */
  #spare: ChildProcess;
  #isSpareSkewed = false;
  #starting: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly options: ServerOptions,
    /** Hears every line of its log, and of its ending without being told to. */
    private readonly hear: (line: string) => void,
  ) {
    this.#spare = this.#spawn(USUAL);
  }

  get isUp(): boolean {
    return this.#port !== null;
  }

  async start(): Promise<void> {
    this.address = await this.proxy.listen();
    this.#starting = this.#replace(USUAL);
    await this.#starting;
  }

  /** Settles when the process of now is there and listens. */
  async untilUp(): Promise<void> {
    for (let seen: unknown; seen !== this.#starting; ) {
      seen = this.#starting;
      await this.#starting;
    }
  }

  /** kill -9, and another one in its place; the one after that will be in this mood. */
  async kill(next: Mood): Promise<void> {
    await this.untilUp();
    if (this.#stopped) return;
    this.kills += 1;
    const child = this.#child;
    this.#child = undefined;
    this.#port = null;
    this.#starting = (async () => {
      await end(child);
      await this.#replace(next);
    })();
    await this.#starting;
  }

  /** SIGSTOP, and on with it after `ms`. */
  async freeze(ms: number): Promise<void> {
    await this.untilUp();
    const child = this.#child;
    child?.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, ms));
    child?.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([end(this.#child), end(this.#spare)]);
    await this.proxy.close();
  }

  /** Puts the spare process in the place of the last one and readies another. */
  async #replace(next: Mood): Promise<void> {
    // It may have ended while it waited: before it was told to do anything, so nothing of the product's did that.
    while (hasEnded(this.#spare) && !this.#stopped) {
      await pause(200);
      this.#spare = this.#spawn(next);
    }
    const child = this.#spare;
    this.#child = child;
    if (this.#isSpareSkewed) this.skewed += 1;
    const listens = new Promise<void>((resolve) => {
      child.once("message", (port) => {
        if (this.#child === child) this.#port = port as number;
        resolve();
      });
      child.once("exit", () => resolve());
      child.once("error", () => resolve());
    });
    child.once("exit", (code, signal) => {
      if (this.#child !== child || this.#stopped) return;
      this.hear(JSON.stringify({ event: "storm.server-ended", code, signal }));
      this.#port = null;
      this.#starting = this.#replace(USUAL);
    });
    // If it ends in this very moment, its end is heard above.
    if (child.connected) child.send("go", () => {});
    await listens;
    if (!this.#stopped) this.#spare = this.#spawn(next);
  }

  #spawn({ skewMs, pool }: Mood): ChildProcess {
    this.#isSpareSkewed = skewMs !== 0;
    const child = fork(this.options.file, {
      // Plain JavaScript: it needs no loader.
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: {
        ...process.env,
        NODE_ENV: "production",
        DATABASE_URL: this.options.databaseUrl,
        AUTH_SECRET: this.options.authSecret,
        DATABASE_POOL: String(pool),
        STORM_WITHOUT: this.options.without,
        ...skewedEnvironment(skewMs),
      },
    });
    if (child.stderr) createInterface({ input: child.stderr }).on("line", this.hear);
    child.on("error", () => {});
    return child;
  }
}

/** Also one that could not even be started. */
const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || hasEnded(child)) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
