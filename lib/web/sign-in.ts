import type { User } from "next-auth";
import { z } from "zod";
import { getDb } from "@/db/client";
import { isDatabaseAway } from "@/db/errors";
import { credentialsSchema } from "@/lib/auth/schema";
import { signIn } from "@/lib/auth/sign-in";
import { AppError } from "@/lib/core/errors";
import { errorFields, log } from "@/lib/core/log";

const formSchema = z.object(credentialsSchema.shape);

/**
 * Whom next-auth's credentials form signs in; null for a wrong address or password. The message of what it throws is
 * shown to the browser as `error`: `rate_limited` or `unavailable`. `address` is null for callers without one.
 */
export async function signInWith(form: unknown, address: string | null): Promise<User | null> {
  const credentials = formSchema.safeParse(form);
  if (!credentials.success) return null;
  try {
    return await signIn(getDb(), credentials.data, address);
  } catch (error) {
    if (error instanceof AppError && error.code === "unauthenticated") return null;
    if (error instanceof AppError) throw new Error(error.code);
    log(isDatabaseAway(error) ? "warn" : "error", "auth.sign-in-failed", errorFields(error));
    throw new Error("unavailable");
  }
}
