import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { processStart } from "./embedded-processes";

/** Who runs the PostgreSQL of a data directory; written to `owner.json` in it. */
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

const fileOf = (dataDir: string) => path.join(dataDir, "owner.json");

async function read(file: string): Promise<{ text: string; owner: Owner | null } | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return { text, owner: JSON.parse(text) as Owner };
  } catch {
    return { text, owner: null };
  }
}

async function lives(owner: Owner | null | undefined): Promise<boolean> {
  return owner != null && (await processStart(owner.pid)) === owner.began;
}

/** The living owner of a data directory, or null. */
export async function findOwner(dataDir: string): Promise<Owner | null> {
  const owner = (await read(fileOf(dataDir)))?.owner ?? null;
  return (await lives(owner)) ? owner : null;
}

/** Moves a dead owner's file away; if another process was quicker, and it was its file, puts that back. */
async function clearStale(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomBytes(4).toString("hex")}`;
  await rename(file, aside).catch(() => {});
  const moved = await read(aside);
  if (moved && moved.text !== text) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}

/** Makes this process the owner, or answers who is. Nobody can become it twice: the file is linked into place. */
export async function claimDataDir(
  dataDir: string,
  me: Pick<Owner, "role" | "name">,
): Promise<{ claim: Claim; owner?: undefined } | { owner: Owner; claim?: undefined }> {
  const file = fileOf(dataDir);
  const mine: Owner = { pid: process.pid, began: (await processStart(process.pid)) ?? "", ...me, postgres: null };
  const fresh = `${file}.${randomBytes(4).toString("hex")}`;
  const write = (owner: Owner) => writeFile(fresh, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  for (;;) {
    await write(mine);
    try {
      await link(fresh, file);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      await rm(fresh, { force: true });
    }
    const found = await read(file);
    if (found?.owner && (await lives(found.owner))) return { owner: found.owner };
    if (found) await clearStale(file, found.text);
  }
  return {
    claim: {
      async announce(postgres) {
        await write({ ...mine, postgres });
        await rename(fresh, file);
      },
      release: () => rm(file, { force: true }),
    },
  };
}
