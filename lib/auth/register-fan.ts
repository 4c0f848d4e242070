import type { Db } from "@/db/client";
import type { Role } from "@/db/constants";
import { isUniqueViolation } from "@/db/errors";
import { userEmails, users } from "@/db/schema/auth";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { hashPassword } from "./password";
import type { Registration } from "./schema";

/**
 * Makes an account. The input has passed `registrationSchema`; `role` comes from our own code, never from a request.
 * Throws `conflict` if the address is taken: of two at the same moment, the key of `user_emails` lets one through.
 * The wallet opens by itself when money first reaches it, so nothing here knows of money.
 */
export async function registerFan(
  db: Db,
  { email, password, name, role = "fan" }: Registration & { role?: Role },
): Promise<{ id: string; email: string; name: string }> {
  // Before the transaction: hashing takes long, and a connection should not wait for it.
  const passwordHash = await hashPassword(password);
  const id = newId();
  await db.transaction(async (tx) => {
    try {
      await tx.insert(userEmails).values({ email, userId: id });
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppError("conflict", "This address already has an account.");
      throw error;
    }
    await tx.insert(users).values({ id, email, name, passwordHash, role });
  });
  return { id, email, name };
}
