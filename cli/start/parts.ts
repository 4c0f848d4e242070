import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import type { Client } from "@/db/client";

async function load<T>(path: string): Promise<T | null> {
  const url = new URL(path, import.meta.url);
  return existsSync(fileURLToPath(url)) ? ((await import(url.href)) as T) : null;
}

/** The API's handler for Node's own requests. */
export async function loadApi(): Promise<((req: IncomingMessage, res: ServerResponse) => unknown) | null> {
  type Module = { handleApi(req: IncomingMessage, res: ServerResponse): unknown };
  return (await load<Module>("../../lib/api/node.ts"))?.handleApi ?? null;
}

/** What admits fans, once per process. */
export async function loadTicker(): Promise<((db: Client) => { stop(): Promise<void> }) | null> {
  type Module = { startTicker(db: Client): { stop(): Promise<void> } };
  return (await load<Module>("../../lib/queue/ticker.ts"))?.startTicker ?? null;
}
