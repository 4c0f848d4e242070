import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import next from "next";
import { closeDb, getDb } from "@/db/client";
import { answerAtOnce } from "@/lib/api/answer-at-once";
import { handleApi } from "@/lib/api/node";
import { type Env, readEnv } from "@/lib/core/env";
import { errorFields, log } from "@/lib/core/log";
import { startBackground } from "@/lib/web/background";
import { BACKLOG, createHttpServer } from "@/lib/web/http-server";
import { BARE_POLICY, DEVELOPMENT_POLICY, SECURITY_HEADERS, TRANSPORT_SECURITY } from "@/lib/web/security-headers";
import { answerWholeRequests } from "@/lib/web/whole-requests";
import { LIGHT_SCRIPT, OUTPUT, STATIC_FILES } from "./build";
import { useBuiltSettings } from "./built-settings";
import { finishPages } from "./finished-pages";
import { findLightScript } from "./light-pages";
import { listenFault } from "./listen-fault";
import { openStaticFiles } from "./static-files";

/** How long requests in progress may take to finish when the server stops. */
const STOP_SECONDS = 10;

/** How long a start waits to hear which sessions were ended. */
const READY_MS = 3000;

/** next-auth's forms are small; Next itself would read any length into memory. */
const MAX_AUTH_BODY = 16_384;

export type Serving = { port: number; stop(): Promise<void> };

function listen(server: Server, { host, port }: Env): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenFault(error, { host, port })));
    server.listen({ port, host, backlog: BACKLOG }, () => resolve((server.address() as { port: number }).port));
  });
}

/**
 * `X-Forwarded-*` as Next and next-auth may believe them: a trusted proxy's, otherwise the socket's own address
 * and nothing else, since anybody could write the rest.
 */
function sanitise(req: IncomingMessage, trustProxy: boolean): void {
  // Next's own marks for requests inside itself are not a visitor's to set.
  delete req.headers["x-middleware-subrequest"];
  if (trustProxy) return;
  for (const name of ["forwarded", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-real-ip"]) {
    delete req.headers[name];
  }
  req.headers["x-forwarded-for"] = req.socket.remoteAddress ?? "";
}

function tooLargeForAuth(req: IncomingMessage): boolean {
  if (req.method === "GET" || req.method === "HEAD") return false;
  const length = Number(req.headers["content-length"] ?? Number.NaN);
  return !(length <= MAX_AUTH_BODY);
}

/**
 * Serves API and pages on one port, in this process: `/api/*` goes straight to the API, next-auth's routes and the
 * pages through Next. Starts what runs beside requests (ticker, revocations) and stops everything in order.
 */
export async function serve(): Promise<Serving> {
  const env = readEnv();
  const dev = !env.production;
  const server = createHttpServer();
  const app = next({ dev, dir: process.cwd(), hostname: env.host, port: env.port, httpServer: server });
  // Before Next, whose instrumentation would start it too.
  const background = startBackground(getDb());
  if (!dev) await useBuiltSettings(OUTPUT);
  await app.prepare();
  const pages = app.getRequestHandler();
  const https = env.siteUrl?.startsWith("https://") ?? false;
  const policy = dev ? DEVELOPMENT_POLICY : BARE_POLICY;

  const lightScript = dev ? null : await findLightScript(LIGHT_SCRIPT);
  const packedFile = dev ? () => false : await openStaticFiles(STATIC_FILES);

  const answerPage = async (req: IncomingMessage, res: ServerResponse) => {
    const url = req.url ?? "/";
    if (url.startsWith("/api/auth/") && tooLargeForAuth(req)) {
      res.writeHead(413, { Connection: "close" }).end();
      return;
    }
    const isDocument = !url.startsWith("/_next/") && !url.startsWith("/api/") && req.headers.rsc === undefined;
    if (!dev && isDocument) finishPages(req, res, lightScript);
    await pages(req, res);
  };

  const lane = answerWholeRequests(server, answerAtOnce);
  server.on("request", (req, res) => {
    // First and with nothing before it: this is where fans poll, and the API sets its own headers.
    if (req.url?.startsWith("/api/") && handleApi(req, res)) return;
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) res.setHeader(name, value);
    res.setHeader("Content-Security-Policy", policy);
    if (https || (env.trustProxy && req.headers["x-forwarded-proto"] === "https")) {
      res.setHeader("Strict-Transport-Security", TRANSPORT_SECURITY);
    }
    sanitise(req, env.trustProxy);
    if (packedFile(req, res)) return;
    answerPage(req, res).catch((error) => {
      log("error", "page.failed", { path: req.url?.split("?")[0], ...errorFields(error) });
      if (!res.headersSent) res.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" });
      res.end("Something went wrong on our side.");
    });
  });

  const upgrades = new Set<Socket>();
  server.on("upgrade", (_req, socket: Socket) => {
    upgrades.add(socket);
    socket.once("close", () => upgrades.delete(socket));
  });

  // A database that hangs must not keep the pages from their visitors.
  await Promise.race([background.ready, new Promise((resolve) => setTimeout(resolve, READY_MS).unref())]);
  let port: number;
  try {
    port = await listen(server, env);
  } catch (error) {
    await background.stop();
    await app.close();
    throw error;
  }

  return {
    port,
    async stop() {
      await lane.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of upgrades) socket.destroy();
      // Connections become idle one by one as their requests finish.
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      const impatience = setTimeout(() => server.closeAllConnections(), STOP_SECONDS * 1000);
      await closed;
      clearInterval(sweep);
      clearTimeout(impatience);
      await background.stop();
      await app.close();
      await closeDb();
    },
  };
}
