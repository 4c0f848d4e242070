import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Redis } from "ioredis";
import { freePort } from "@/db/embedded";
import type { Cleanup } from "../cleanup";

/** Redis of its own in `dir`, as durable as the usual waiting room has it: an append-only file, synced once a second. */
export async function startRedis(cleanup: Cleanup, program: string, dir: string): Promise<{ port: number }> {
  const folder = path.join(dir, "redis");
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const settings = { port: String(port), bind: "127.0.0.1", dir: folder, appendonly: "yes", appendfsync: "everysec" };
  const words = Object.entries({ ...settings, save: "", loglevel: "warning" }).flatMap(([name, value]) => [
    `--${name}`,
    value,
  ]);
  const child = spawn(program, words, { stdio: ["ignore", "ignore", 2] });
  const gone = once(child, "exit");
  cleanup.later(async () => {
    child.kill();
    await gone;
  });
  const client = new Redis(port, "127.0.0.1", {
    lazyConnect: true,
    retryStrategy: (tries) => (tries < 50 ? 100 : null),
  });
  // Until it listens there is nothing to say about it.
  client.on("error", () => {});
  try {
    await Promise.race([
      client.ping(),
      gone.then(() => Promise.reject(new Error("redis-server ended before it answered."))),
    ]);
  } finally {
    client.disconnect();
  }
  return { port };
}
