import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import next from "next";
import { closeDb } from "@/db/client";
import { useEmbedded } from "@/db/embedded";
import { migrateDatabase } from "@/db/migrate";
import { provideEnv, readEnv } from "@/lib/core/env";
import { keptSecret } from "./secret";

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown;

/** Brings the whole product up in this process: database, migrations, pages and API on one port. */
export async function start(): Promise<void> {
  const env = readEnv();
  const dev = !env.production;
  const embedded = env.databaseUrl
    ? null
    : await useEmbedded(env.dataDir, { role: "server", name: dev ? "npm run dev" : "npm start" });
  if (embedded)
    provideEnv({ databaseUrl: embedded.url, authSecret: env.authSecret ?? (await keptSecret(env.dataDir)) });
  provideEnv({ nextAuthUrl: `http://${env.host}:${env.port}` });
  await migrateDatabase(readEnv().databaseUrl as string);

  const server = createServer();
  const app = next({ dev, dir: process.cwd(), hostname: env.host, port: env.port, httpServer: server });
  await app.prepare();
  const pages = app.getRequestHandler();
  const apiFile = path.resolve("lib/api/node.ts");
  const api: Handler = existsSync(apiFile) ? (await import(pathToFileURL(apiFile).href)).handleApi : pages;
  server.on("request", (req, res) => {
    const url = req.url ?? "/";
    const own = url.startsWith("/api/") && !url.startsWith("/api/auth/");
    void (own ? api(req, res) : pages(req, res));
  });
  await new Promise<void>((resolve) => server.listen(env.port, env.host, resolve));
  console.log(`Frontrow is on http://${env.host}:${env.port}`);

  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await app.close();
    await closeDb();
    await embedded?.stop();
    process.exit(0);
  };
  process.once("SIGINT", () => void stop());
  process.once("SIGTERM", () => void stop());
}
