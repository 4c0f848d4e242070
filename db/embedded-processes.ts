import { execFile } from "node:child_process";
import { readdir, readFile, readlink, realpath, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Waits `ms` milliseconds. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * When a process began, as a text that no later process with the same number can have; null if there is no such
 * process, or only its unburied remains.
 */
export async function processStart(pid: number): Promise<string | null> {
  if (process.platform !== "linux") {
    return run("ps", ["-o", "lstart=", "-p", String(pid)]).then(
      ({ stdout }) => stdout.trim() || null,
      () => null,
    );
  }
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    // The name in brackets may hold anything; after it: state, …, and as twentieth the start in ticks since boot.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? null : `${boot.trim()}:${fields[19]}`;
  } catch {
    return null;
  }
}

async function isOurs(pid: number, cluster: string): Promise<boolean> {
  try {
    const [cwd, name] = await Promise.all([readlink(`/proc/${pid}/cwd`), readFile(`/proc/${pid}/comm`, "utf8")]);
    return cwd === cluster && name.trim() === "postgres" && (await processStart(pid)) !== null;
  } catch {
    return false;
  }
}

/** The PostgreSQL processes that work in a cluster's folder. */
async function processesOf(cluster: string): Promise<number[]> {
  const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0);
  const ours = await Promise.all(pids.map((pid) => isOurs(pid, cluster)));
  return pids.filter((_, index) => ours[index]);
}

function signal(pids: number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended by itself.
    }
  }
}

async function goneWithin(cluster: string, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while ((await processesOf(cluster)).length > 0) {
    if (Date.now() > deadline) return false;
    await pause(50);
  }
  return true;
}

/**
 * Ends what a killed owner left running in the cluster, in order if that is still possible, and clears a lock file
 * whose process number belongs to somebody else by now. To be called only by the owner of the data directory.
 */
export async function endLeftovers(folder: string): Promise<void> {
  // Elsewhere PostgreSQL's own lock file decides.
  if (process.platform !== "linux") return;
  const cluster = await realpath(folder).catch(() => null);
  if (!cluster) return;
  const lockFile = path.join(cluster, "postmaster.pid");
  const postmaster = Number((await readFile(lockFile, "utf8").catch(() => "")).split("\n")[0]);
  if (postmaster > 0 && (await isOurs(postmaster, cluster))) {
    signal([postmaster], "SIGINT");
    await goneWithin(cluster, 20_000);
  }
  // Sessions of a postmaster that is gone, or one that does not obey.
  for (const [name, ms] of [["SIGQUIT", 5000] as const, ["SIGKILL", 5000] as const]) {
    const left = await processesOf(cluster);
    if (left.length === 0) break;
    signal(left, name);
    await goneWithin(cluster, ms);
  }
  // Nobody works in the folder now, so the lock file is stale whatever process has its number.
  await rm(lockFile, { force: true });
}
