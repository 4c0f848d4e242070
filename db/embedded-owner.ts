import { randomBytes } from "node:crypto";
import { link, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { processStart } from "./embedded-processes";

/** Who runs the PostgreSQL of a data directory; written to `owner-<turn>.json` in it. */
export type Owner = {
  pid: number;
  /** When that process began: a later one may have its number. */
  began: string;
  role: "server" | "command";
  /** In words, for whoever has to wait: "npm start". */
  name: string;
  /** Once it answers. */
  postgres: { pid: number; port: number } | null;
};

export type Claim = {
  /** Says where PostgreSQL is. */
  announce(postgres: Owner["postgres"]): Promise<void>;
  release(): Promise<void>;
};

/** As the file has it: whose claim this is, and whether it was given up. */
type Written = Owner & { released?: boolean };

const NAME = /^owner-(\d+)\.json$/;

const fileOf = (dataDir: string, turn: number) => path.join(dataDir, `owner-${turn}.json`);

/** The turns whose files are there, the newest first. */
async function turnsOf(dataDir: string): Promise<number[]> {
  const names = await readdir(dataDir).catch(() => []);
  return names.flatMap((name) => Number(NAME.exec(name)?.[1] ?? [])).sort((a, b) => b - a);
}

/** What a turn's file says; "gone" if it was cleared away meanwhile, null if nobody can read it. */
async function read(dataDir: string, turn: number): Promise<Written | "gone" | null> {
  const text = await readFile(fileOf(dataDir, turn), "utf8").catch(() => null);
  if (text === null) return "gone";
  try {
    return JSON.parse(text) as Written;
  } catch {
    return null;
  }
}

const lives = async (owner: Written): Promise<boolean> =>
  !owner.released && (await processStart(owner.pid)) === owner.began;

/** The living owner of a data directory, or null. */
export async function findOwner(dataDir: string): Promise<Owner | null> {
  for (;;) {
    const [newest] = await turnsOf(dataDir);
    const owner = newest === undefined ? null : await read(dataDir, newest);
    if (owner !== "gone") return owner && (await lives(owner)) ? owner : null;
  }
}

/**
 * Makes this process the owner, or answers who is. Each owner takes the next turn by linking its file into place, which one
 * of many can do, and the newest turn is the owner's. Its file is never removed before a newer one is there, not even by
 * its own process: whoever saw an old turn end, and comes to take the next one late, finds a newer one and gives way.
 */
export async function claimDataDir(
  dataDir: string,
  me: Pick<Owner, "role" | "name">,
): Promise<{ claim: Claim; owner?: undefined } | { owner: Owner; claim?: undefined }> {
  const mine: Owner = { pid: process.pid, began: (await processStart(process.pid)) ?? "", ...me, postgres: null };
  const fresh = path.join(dataDir, `owner.${randomBytes(4).toString("hex")}`);
  const write = (owner: Written) => writeFile(fresh, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  for (;;) {
    const [newest = 0] = await turnsOf(dataDir);
    const found = newest === 0 ? null : await read(dataDir, newest);
    if (found === "gone") continue;
    if (found && (await lives(found))) return { owner: found };
    const turn = newest + 1;
    await write(mine);
    if (!(await linked(fresh, fileOf(dataDir, turn)))) continue;
    const [latest, ...older] = await turnsOf(dataDir);
    if (latest !== turn) {
      await rm(fileOf(dataDir, turn), { force: true });
      continue;
    }
    for (const old of older) await rm(fileOf(dataDir, old), { force: true });
    const replace = async (owner: Written) => {
      await write(owner);
      await rename(fresh, fileOf(dataDir, turn));
    };
    return {
      claim: {
        announce: (postgres) => replace({ ...mine, postgres }),
        // The data directory may be gone by now.
        release: () => replace({ ...mine, released: true }).catch(() => {}),
      },
    };
  }
}

/** Puts a file under its name, if nobody has it; takes the first name away either way. */
async function linked(fresh: string, file: string): Promise<boolean> {
  try {
    await link(fresh, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    await rm(fresh, { force: true });
  }
}
