import { decode } from "next-auth/jwt";
import { ROLES, type Role } from "@/db/constants";
import type { Session } from "@/lib/auth/schema";
import { readEnv } from "@/lib/core/env";
import { isId } from "@/lib/core/ids";
import { oncePerProcess } from "@/lib/core/registry";

/** next-auth's names; the first is used over https. */
const NAMES = ["__Secure-next-auth.session-token", "next-auth.session-token"];

const MAX_COOKIE = 16_384;

/** The session token in a `Cookie` header, its chunks (`name.0`, `name.1`, …) put together; null if there is none. */
export function sessionCookie(header: string): string | null {
  if (!header.includes("next-auth.session-token")) return null;
  const cookies = new Map<string, string>();
  for (const part of header.split(";")) {
    const equals = part.indexOf("=");
    if (equals > 0) cookies.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  for (const name of NAMES) {
    const whole = cookies.get(name);
    if (whole) return whole;
    let chunks = "";
    for (let n = 0; cookies.has(`${name}.${n}`); n++) chunks += cookies.get(`${name}.${n}`);
    if (chunks) return chunks;
  }
  return null;
}

/** Decrypted cookies, so that a browser's every call does not pay for the key derivation. Least recently used goes. */
export class SessionCache {
  readonly #sessions = new Map<string, Session>();
  readonly #limit: number;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#sessions.size;
  }

  find(token: string): Session | null {
    const session = this.#sessions.get(token);
    if (!session) return null;
    this.#sessions.delete(token);
    if (session.expiresAt.getTime() <= Date.now()) return null;
    this.#sessions.set(token, session);
    return session;
  }

  keep(token: string, session: Session): void {
    this.#sessions.set(token, session);
    if (this.#sessions.size <= this.#limit) return;
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined) this.#sessions.delete(oldest);
  }
}

const ours = (): SessionCache => oncePerProcess("api.session-cookies", () => new SessionCache());

/** Who a session cookie says is asking, or null if it is not ours, changed or over. Revocation is asked elsewhere. */
export async function readSessionCookie(token: string, cache = ours()): Promise<Session | null> {
  if (token.length > MAX_COOKIE) return null;
  const known = cache.find(token);
  if (known) return known;
  const secret = readEnv().authSecret;
  if (!secret) throw new Error("AUTH_SECRET is not set.");
  const claims = await decode({ token, secret }).catch(() => null);
  if (!claims) return null;
  const { sub, role, sid, exp } = claims as Record<string, unknown>;
  if (typeof sub !== "string" || !isId(sub) || typeof sid !== "string" || typeof exp !== "number") return null;
  if (!ROLES.includes(role as Role)) return null;
  const session = { userId: sub, role: role as Role, sessionId: sid, expiresAt: new Date(exp * 1000) };
  if (session.expiresAt.getTime() <= Date.now()) return null;
  cache.keep(token, session);
  return session;
}
