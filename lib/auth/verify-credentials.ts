import { eq } from "drizzle-orm";
import type { Db } from "@/db/client";
import { userEmails, users } from "@/db/schema/auth";
import { AppError } from "@/lib/core/errors";
import { DUMMY_HASH, verifyPassword } from "./password";
import { EMAIL_PATTERN, normaliseEmail } from "./rules";
import type { Credentials, User } from "./schema";

/** Stands in for the owner of an unknown address, so that both look-ups always happen. No row has it. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/**
 * The account that an address and a password belong to. An unknown address, an account without a password and a wrong
 * password are one answer, `unauthenticated`, and take the same reads and the same hashing.
 */
export async function verifyCredentials(db: Db, { email, password }: Credentials): Promise<User> {
  const [owner] = await db
    .select({ userId: userEmails.userId })
    .from(userEmails)
    .where(eq(userEmails.email, EMAIL_PATTERN.test(email) ? normaliseEmail(email) : ""));
  const [user] = await db
    .select()
    .from(users)
    .where(eq(users.id, owner?.userId ?? NOBODY));
  const fits = await verifyPassword(user?.passwordHash ?? DUMMY_HASH, password);
  if (!user?.passwordHash || !fits) {
    throw new AppError("unauthenticated", "The address or the password is wrong.");
  }
  return { id: user.id, email: user.email, name: user.name, role: user.role };
}
