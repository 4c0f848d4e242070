import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isBuilt } from "@/cli/start/build";
import { freePort } from "@/db/embedded";
import { pause } from "./database-load";
import type { Stage } from "./stage";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const READY_MS = 120_000;

export type WholeProduct = {
  port: number;
  /** What the process occupies of the machine's memory now, in bytes; null without Linux's /proc. */
  resident(): Promise<number | null>;
  stop(): Promise<void>;
};

/** One process of the product as `npm start` runs it, pages and all, beside the API alone; null where nothing is built. */
export async function startWholeProduct({ cleanup, log }: Stage): Promise<WholeProduct | null> {
  if (!(await isBuilt())) return null;
  const port = await freePort();
  const out = openSync(log, "a");
  const child = spawn(process.execPath, ["cli/start/run.mjs"], {
    cwd: ROOT,
    // Database and secret are in the environment already.
    env: { ...process.env, PORT: String(port), HOST: "127.0.0.1", WEB_CONCURRENCY: "1" },
    stdio: ["ignore", "ignore", out],
  });
  closeSync(out);
  const gone = once(child, "exit");
  let isGone = false;
  void gone.then(() => {
    isGone = true;
  });
  const stop = async () => {
    if (!isGone) child.kill("SIGTERM");
    await gone;
  };
  cleanup.later(stop);
  const at = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
  for (const until = Date.now() + READY_MS; (await at("/api/health/ready"))?.status !== 200; await pause(200)) {
    if (isGone) throw new Error("The product ended before it answered.");
    if (Date.now() > until) throw new Error("The product did not answer within two minutes.");
  }
  // Pages are loaded when somebody asks for them.
  for (const path of ["/ko", "/en"]) await (await at(path))?.arrayBuffer();
  return {
    port,
    stop,
    async resident() {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
      const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
      return kilobytes === undefined ? null : Number(kilobytes) * 1024;
    },
  };
}
