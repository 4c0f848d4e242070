import { ROLES, type Role } from "@/db/constants";
import { ID_BYTES, idFromBytes, idToBytes, newId } from "@/lib/core/ids";
import { sign, unsign } from "@/lib/core/signing";
import { SESSION_SECONDS } from "./rules";
import type { Session } from "./schema";

// version · user id · session id · role · end in seconds since 1970
const VERSION = 1;
const SESSION_AT = 1 + ID_BYTES;
const ROLE_AT = SESSION_AT + ID_BYTES;
const END_AT = ROLE_AT + 1;
const LENGTH = END_AT + 4;

/**
 * A bearer token for apps and scripts, good for `SESSION_SECONDS`. It is signed and says everything itself, so that
 * checking it needs no database; `revokeSession` ends it early.
 */
export function issueSession({ userId, role }: { userId: string; role: Role }): {
  token: string;
  expiresAt: Date;
  sessionId: string;
} {
  const sessionId = newId();
  const end = Math.floor(Date.now() / 1000) + SESSION_SECONDS;
  const payload = Buffer.alloc(LENGTH);
  payload.writeUInt8(VERSION, 0);
  idToBytes(userId).copy(payload, 1);
  idToBytes(sessionId).copy(payload, SESSION_AT);
  payload.writeUInt8(ROLES.indexOf(role), ROLE_AT);
  payload.writeUInt32BE(end, END_AT);
  return { token: sign("session", payload), expiresAt: new Date(end * 1000), sessionId };
}

/**
 * What a session token says, or null if it is forged, of another purpose or over. Looks at signature and time only:
 * ask `isRevoked` as well.
 */
export function readSession(token: string): Session | null {
  const payload = unsign("session", token);
  if (payload?.length !== LENGTH || payload.readUInt8(0) !== VERSION) return null;
  const role = ROLES[payload.readUInt8(ROLE_AT)];
  const expiresAt = new Date(payload.readUInt32BE(END_AT) * 1000);
  if (!role || expiresAt.getTime() <= Date.now()) return null;
  return { userId: idFromBytes(payload, 1), role, sessionId: idFromBytes(payload, SESSION_AT), expiresAt };
}
