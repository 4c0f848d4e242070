import { eq, inArray } from "drizzle-orm";
import type { Db } from "@/db/client";
import { userEmails, users } from "@/db/schema/auth";
import { notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import type { User } from "./schema";

/** One account; throws `not_found`. */
export async function getUser(db: Db, userId: string): Promise<User> {
  if (!isId(userId)) throw notFound("account");
  const [user] = await db
    .select({ id: users.id, email: users.email, name: users.name, role: users.role })
    .from(users)
    .where(eq(users.id, userId));
  if (!user) throw notFound("account");
  return user;
}

/** The account of an address (lower case, as `emailSchema` makes it); throws `not_found`. */
export async function findUserByEmail(db: Db, email: string): Promise<User> {
  const [owner] = await db.select({ id: userEmails.userId }).from(userEmails).where(eq(userEmails.email, email));
  if (!owner) throw notFound("account");
  return await getUser(db, owner.id);
}

/** The names of some accounts by id; ids that nobody has are left out. */
export async function namesOf(db: Db, userIds: (string | null)[]): Promise<Map<string, string>> {
  const ids = [...new Set(userIds.filter((id) => id !== null))];
  if (ids.length === 0) return new Map();
  const rows = await db.select({ id: users.id, name: users.name }).from(users).where(inArray(users.id, ids));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
