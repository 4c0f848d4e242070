import { isIP } from "node:net";
import type { Db } from "@/db/client";
import { spendAttempt } from "@/lib/auth/rate-limit";

type Asking = { socketAddress: string | undefined; forwardedFor: string | undefined; trustProxy: boolean };

/**
 * The address that limits per caller count by, or null where there is none to go by: loopback (load tests from one
 * machine measure the product) and hosts that do not show the socket. Of `X-Forwarded-For` only the last entry, which
 * the trusted proxy itself wrote, is believed.
 */
export function callerAddress({ socketAddress, forwardedFor, trustProxy }: Asking): string | null {
  const last = trustProxy ? forwardedFor?.split(",").at(-1)?.trim() : undefined;
  if (last && isIP(last)) return networkOf(last);
  if (!socketAddress || /^(127\.|::1$|::ffff:127\.)/.test(socketAddress)) return null;
  return networkOf(socketAddress);
}

/** One IPv6 customer commonly has a whole /64 to choose addresses from, so that is what counts as one. */
function networkOf(address: string): string {
  if (isIP(address) !== 6 || address.startsWith("::ffff:")) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const start = head === "" ? [] : head.split(":");
  const end = tail ? tail.split(":") : [];
  const filled = tail === undefined ? start : [...start, ...Array(8 - start.length - end.length).fill("0"), ...end];
  return `${filled.slice(0, 4).join(":")}::/64`;
}

type Limit = { limit: number; windowSeconds: number };

/** Signing in, by API or browser: enough for forgotten passwords, too few to guess by. */
export const SIGN_INS = {
  address: { limit: 120, windowSeconds: 300 },
  account: { limit: 30, windowSeconds: 300 },
};

/** Counts one attempt for the caller's address (if it has one) and one for the account. Throws `rate_limited`. */
export async function spendAttempts(
  db: Db,
  what: string,
  { address, account }: { address: string | null; account: string },
  limits: { address: Limit; account: Limit },
): Promise<void> {
  if (address) await spendAttempt(db, { key: `${what}:address:${address}`, ...limits.address });
  await spendAttempt(db, { key: `${what}:account:${account}`, ...limits.account });
}
