import type { Db } from "@/db/client";
import { getUser } from "@/lib/auth/queries";
import { isRevoked } from "@/lib/auth/revocations";
import type { Session, User } from "@/lib/auth/schema";
import { readSession } from "@/lib/auth/session-token";
import { AppError } from "@/lib/core/errors";
import { readSessionCookie, sessionCookie } from "./session-cookie";

/** Who is asking, and by what: a cookie travels by itself and so needs an Origin, a bearer token does not. */
export type Caller = Session & { via: "bearer" | "cookie" };

const unauthenticated = (detail: string): AppError => new AppError("unauthenticated", detail);

const BEARER = /^Bearer +([A-Za-z0-9_-]+)$/i;

/**
 * Who is asking, from the session alone and without the database; null if nobody says. A bearer token goes before a
 * cookie, and one that is malformed, over or revoked is `unauthenticated` even beside a good cookie.
 */
export async function readCaller(
  authorization: string | undefined,
  cookies: string | undefined,
): Promise<Caller | null> {
  if (authorization !== undefined) return readBearer(authorization);
  const token = cookies ? sessionCookie(cookies) : null;
  const session = token ? await readSessionCookie(token) : null;
  return session && !isRevoked(session.sessionId) ? { ...session, via: "cookie" } : null;
}

/** Who a bearer token says is asking; throws `unauthenticated` if it is malformed, over or revoked. */
export function readBearer(authorization: string): Caller {
  const token = BEARER.exec(authorization.trim())?.[1];
  const session = token ? readSession(token) : null;
  if (!session || isRevoked(session.sessionId)) throw unauthenticated("The bearer token is not valid or is over.");
  const { userId, role, sessionId, expiresAt } = session;
  return { userId, role, sessionId, expiresAt, via: "bearer" };
}

/** The caller, who must be signed in. */
export function signedIn(caller: Caller | null): Caller {
  if (!caller) throw unauthenticated("Sign in first.");
  return caller;
}

/** The caller's account, as it is now; `unauthenticated` if it is gone. */
export async function accountOf(db: Db, caller: Caller): Promise<User> {
  try {
    return await getUser(db, caller.userId);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") throw unauthenticated("The account does not exist.");
    throw error;
  }
}

/** Lets organisers pass, by their role in the database: a session outlives a demotion. Throws `forbidden`. */
export async function requireOrganizer(db: Db, caller: Caller): Promise<void> {
  const { role } = await accountOf(db, caller);
  if (role === "fan") throw new AppError("forbidden", "This is for organisers.");
}
