import { isIP } from "node:net";

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
