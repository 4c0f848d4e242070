import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where Debian keeps PostgreSQL's programs, by version. */
const POSTGRESQL = "/usr/lib/postgresql";

const works = async (program: string, option: string): Promise<boolean> =>
  (await run(program, [option]).catch(() => null)) !== null;

/** The first of these programs that runs, or null. */
async function firstOf(programs: string[], option: string): Promise<string | null> {
  for (const program of programs) if (await works(program, option)) return program;
  return null;
}

/** Where pgbench is, or null: first the path, then Debian's folders, newest first. */
export async function findPgbench(): Promise<string | null> {
  const versions = await readdir(POSTGRESQL).catch(() => []);
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  const inFolders = newestFirst.map((version) => path.join(POSTGRESQL, version, "bin/pgbench"));
  return await firstOf(["pgbench", ...inFolders], "--version");
}

export const findRedis = (): Promise<string | null> => firstOf(["redis-server", "/usr/bin/redis-server"], "--version");

export const findNginx = (): Promise<string | null> => firstOf(["nginx", "/usr/sbin/nginx"], "-v");
