import type { User } from "next-auth";
import { z } from "zod";
import { getDb } from "@/db/client";
import { isDatabaseAway } from "@/db/errors";
import { spendAttempt } from "@/lib/auth/rate-limit";
import { credentialsSchema } from "@/lib/auth/schema";
import { verifyCredentials } from "@/lib/auth/verify-credentials";
import { AppError } from "@/lib/core/errors";
import { errorFields, log } from "@/lib/core/log";

const formSchema = z.object(credentialsSchema.shape);

const PER_ACCOUNT = { limit: 10, windowSeconds: 300 };
const PER_ADDRESS = { limit: 100, windowSeconds: 300 };

/**
 * Whom next-auth's credentials form signs in; null for a wrong address or password. The message of what it throws is
 * shown to the browser as `error`: `rate_limited` or `unavailable`. `address` is null for callers without one.
 */
export async function signInWith(form: unknown, address: string | null): Promise<User | null> {
  const credentials = formSchema.safeParse(form);
  if (!credentials.success) return null;
  const db = getDb();
  try {
    const { email } = credentials.data;
    if (address) await spendAttempt(db, { key: `sign-in:address:${address}`, ...PER_ADDRESS });
    await spendAttempt(db, { key: `sign-in:account:${email.toLowerCase()}`, ...PER_ACCOUNT });
    return await verifyCredentials(db, credentials.data);
  } catch (error) {
    if (error instanceof AppError && error.code === "unauthenticated") return null;
    if (error instanceof AppError) throw new Error(error.code);
    log(isDatabaseAway(error) ? "warn" : "error", "auth.sign-in-failed", errorFields(error));
    throw new Error("unavailable");
  }
}
