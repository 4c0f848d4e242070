import { eq } from "drizzle-orm";
import type { Db } from "@/db/client";
import { users } from "@/db/schema/auth";
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
