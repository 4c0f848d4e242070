import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export type Product = {
  /** Where it serves; empty if it ended before it did. */
  url: string;
  pid: number;
  /** Everything it printed so far. */
  said(): string;
  /** Waits for its end: the exit code, or null after a signal. */
  ended: Promise<number | null>;
  /** Sends a signal, SIGTERM unless another is named, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
};

type Start = { dataDir?: string; env?: Record<string, string>; args?: string[] };

/**
 * Starts the real product as `npm start` does, on a free port and with a data directory of its own, and waits until
 * it is ready or has ended.
 */
export async function tryProduct({ dataDir, env = {}, args = [] }: Start): Promise<Product> {
  const child = spawn(process.execPath, ["cli/start/run.mjs", ...args], {
    cwd: ROOT,
    // Nothing of ours: the surroundings of a test run (its database, its mode) are not the product's.
    env: { PATH, PORT: "0", ...(dataDir ? { DATA_DIR: dataDir } : {}), ...env } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const url = await new Promise<string>((resolve) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const ready = /Frontrow is ready: (\S+)\n/.exec(said);
      if (ready) resolve(ready[1] as string);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    void ended.then(() => resolve(""));
  });
  return {
    url,
    pid: child.pid as number,
    said: () => said,
    ended,
    stop(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return ended;
    },
  };
}

/** The same, for those who need it to be up. */
export async function startProduct(start: Start): Promise<Product> {
  const product = await tryProduct(start);
  if (product.url === "") throw new Error(`The product did not start:\n${product.said()}`);
  return product;
}
