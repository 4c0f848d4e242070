import type { Db } from "@/db/client";
import { forgetAttempts, spendAttempts } from "./rate-limit";
import type { Credentials, User } from "./schema";
import { verifyCredentials } from "./verify-credentials";

/** Enough for forgotten passwords and shared addresses, too few to guess by. */
const LIMITS = {
  address: { limit: 120, windowSeconds: 300 },
  account: { limit: 20, windowSeconds: 300 },
};

/**
 * Signs somebody in, by API or browser: as `verifyCredentials`, within limits per account and per caller's address
 * (null: there is none to go by). A right password wipes the account's slate clean; guessers of another's never do.
 * Throws `unauthenticated`, `rate_limited`, `unavailable`.
 */
export async function signIn(db: Db, credentials: Credentials, address: string | null): Promise<User> {
  const account = credentials.email.toLowerCase();
  await spendAttempts(db, "sign-in", { address, account }, LIMITS);
  const user = await verifyCredentials(db, credentials);
  await forgetAttempts(db, "sign-in", account);
  return user;
}
