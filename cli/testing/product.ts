import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export type Product = {
  /** Where it serves, or null if it ended before it did. */
  url: string | null;
  pid: number;
  /** Everything it printed so far. */
  said(): string;
  /** Waits for its end: the exit code, or null after a signal. */
  ended: Promise<number | null>;
  /** Sends SIGTERM and waits. */
  stop(): Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
};

type Start = { dataDir: string; env?: Record<string, string>; args?: string[] };

/**
 * Starts the real product as `npm start` does, on a free port and with a data directory of its own, and waits until
 * it is ready or has ended.
 */
export async function startProduct({ dataDir, env = {}, args = [] }: Start): Promise<Product> {
  const child = spawn(process.execPath, ["--import", "tsx", "server.ts", ...args], {
    cwd: ROOT,
    // Nothing of ours: the surroundings of a test run (its database, its mode) are not the product's.
    env: { PATH, PORT: "0", DATA_DIR: dataDir, ...env } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const url = await new Promise<string | null>((resolve) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const ready = /Frontrow is ready: (\S+)\n/.exec(said);
      if (ready) resolve(ready[1] as string);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    void ended.then(() => resolve(null));
  });
  return {
    url,
    pid: child.pid as number,
    said: () => said,
    ended,
    stop() {
      child.kill("SIGTERM");
      return ended;
    },
    kill: (signal) => void child.kill(signal),
  };
}

/** The demo accounts of a data directory. */
export async function readDemoAccounts(dataDir: string): Promise<{ role: string; email: string; password: string }[]> {
  return JSON.parse(await readFile(path.join(dataDir, "demo-accounts.json"), "utf8"));
}
