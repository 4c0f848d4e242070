import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Client } from "@/db/client";
import type { Role } from "@/db/constants";
import { registerFan } from "@/lib/auth/register-fan";
import { verifyCredentials } from "@/lib/auth/verify-credentials";
import { AppError } from "@/lib/core/errors";
import { topUp } from "@/lib/wallet/top-up";

/** What the demo fan starts with, in won: enough for a pair of the dearest seats. */
const STARTING_BALANCE = 1_000_000;

export type DemoAccount = { role: Role; email: string; password: string };

const makePassword = () => randomBytes(9).toString("base64url");

const proposals = (suffix: string): DemoAccount[] => [
  { role: "fan", email: `fan${suffix}@frontrow.example`, password: makePassword() },
  { role: "organizer", email: `organizer${suffix}@frontrow.example`, password: makePassword() },
];

async function isTheirs(db: Client, { email, password }: DemoAccount): Promise<boolean> {
  return verifyCredentials(db, { email, password }).then(
    () => true,
    (error) => {
      if (error instanceof AppError && error.code === "unauthenticated") return false;
      throw error;
    },
  );
}

/** Makes the account unless it is there. False: the address has another password, which nobody knows any more. */
async function ensure(db: Client, account: DemoAccount): Promise<boolean> {
  if (await isTheirs(db, account)) return true;
  const { role, email, password } = account;
  try {
    const name = role === "fan" ? "Demo Fan" : "Demo Organizer";
    const { id } = await registerFan(db, { email, password, name, role });
    if (role === "fan") await topUp(db, { userId: id, amount: STARTING_BALANCE });
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "conflict") return false;
    throw error;
  }
}

async function read(file: string): Promise<DemoAccount[] | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as DemoAccount[];
  } catch {
    return null;
  }
}

/**
 * A fan with money and an organiser to try the product with. Their random passwords are kept in the data directory;
 * should that file be lost, two new accounts are made.
 */
export async function demoAccounts(db: Client, dataDir: string): Promise<DemoAccount[]> {
  const file = path.join(dataDir, "demo-accounts.json");
  let accounts = (await read(file)) ?? proposals("");
  for (;;) {
    // Before the accounts exist, so that their passwords cannot be lost between the two.
    await writeFile(file, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 });
    let ours = true;
    for (const account of accounts) ours = (await ensure(db, account)) && ours;
    if (ours) return accounts;
    accounts = proposals(`-${randomBytes(3).toString("hex")}`);
  }
}
