import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@/db/embedded";
import type { Cleanup } from "../cleanup";
import { pause } from "../database-load";

const SHIPPED = fileURLToPath(new URL("../../deploy/nginx.conf", import.meta.url));
const READY_MS = 10_000;

/** Folders that a build of nginx wants to write to, in ours instead of the system's. */
const TEMPORARY = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

/** The configuration as it is shipped, with other places and ports. Throws if one of them is not in it any more. */
function adapt(shipped: string, { dir, port, origin }: { dir: string; port: number; origin: number }): string {
  const changes: [string | RegExp, string][] = [
    ["user www-data;", userInfo().uid === 0 ? `user ${userInfo().username};` : ""],
    ["/run/nginx.pid", path.join(dir, "nginx.pid")],
    [/\/var\/log\/nginx\//g, `${dir}/`],
    ["/var/cache/nginx/frontrow", path.join(dir, "cache")],
    ["server 127.0.0.1:3000", `server 127.0.0.1:${origin}`],
    ["listen 80 ", `listen 127.0.0.1:${port} `],
    ["http {", `http {\n${TEMPORARY.map((name) => `    ${name}_temp_path ${path.join(dir, name)};`).join("\n")}`],
  ];
  return changes.reduce((text, [from, to]) => {
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`deploy/nginx.conf has no "${from}" any more.`);
    return changed;
  }, shipped);
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const isOpen = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}

/** Debian's nginx with the shipped configuration in front of `origin`; everything that it writes is in `dir`. */
export async function startNginx(
  cleanup: Cleanup,
  { program, dir, origin }: { program: string; dir: string; origin: number },
): Promise<{ port: number }> {
  const folder = path.join(dir, "nginx");
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const file = path.join(folder, "nginx.conf");
  await writeFile(file, adapt(await readFile(SHIPPED, "utf8"), { dir: folder, port, origin }));
  const words = ["-p", folder, "-c", file, "-e", path.join(folder, "error.log"), "-g", "daemon off;"];
  const child = spawn(program, words, { stdio: ["ignore", "ignore", 2] });
  const gone = once(child, "exit");
  let isGone = false;
  void gone.then(() => {
    isGone = true;
  });
  cleanup.later(async () => {
    child.kill("SIGQUIT");
    const impatience = setTimeout(() => child.kill("SIGTERM"), 2000);
    await gone;
    clearTimeout(impatience);
  });
  for (const until = Date.now() + READY_MS; !(await answers(port)); await pause(50)) {
    if (isGone) throw new Error("nginx ended before it answered.");
    if (Date.now() > until) throw new Error("nginx did not answer within ten seconds.");
  }
  return { port };
}
