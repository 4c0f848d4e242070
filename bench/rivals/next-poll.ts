import { execFile } from "node:child_process";
import { cp, rm, symlink } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import next from "next";
import { answerParent, cpuMicroseconds } from "../helper/child";

// Builds the small Next app in `next-poll/` in a folder of its own and serves it, as `next start` would: in production
// mode, in one process, and with the very Next that the product uses.
const SOURCES = fileURLToPath(new URL("next-poll", import.meta.url));
const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

const server = createServer({ keepAliveTimeout: 65_000 });

async function build(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await cp(SOURCES, dir, { recursive: true });
  await symlink(MODULES, path.join(dir, "node_modules"));
  const program = createRequire(import.meta.url).resolve("next/dist/bin/next");
  // Turbopack refuses packages that lie outside of the app's folder.
  await promisify(execFile)(process.execPath, [program, "build", "--webpack"], { cwd: dir });
}

async function start(dir: string): Promise<number> {
  await build(dir);
  const app = next({ dev: false, dir, httpServer: server });
  await app.prepare();
  const answer = app.getRequestHandler();
  server.on("request", (req, res) => void answer(req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

answerParent(async (question: { dir: string } | "port" | "cpu") => {
  if (question === "cpu") return cpuMicroseconds();
  if (question === "port") return (server.address() as AddressInfo | null)?.port ?? 0;
  return await start(question.dir);
});
