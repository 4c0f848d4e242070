import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { getDb } from "@/db/client";
import { readEnv } from "@/lib/core/env";
import { STATUS_BY_CODE } from "@/lib/core/errors";
import { oncePerProcess } from "@/lib/core/registry";
import { joinBytes } from "@/lib/queue/join-queue";
import { callerAddress } from "./address";
import type { Call } from "./call";
import { readCaller, signedIn } from "./caller";
import { queueCalls } from "./calls/queue";
import { withDeadline } from "./deadline";
import { PERSONAL_JSON } from "./headers";
import { countCall } from "./metrics";
import { requireSameOrigin } from "./origin";
import { loadWatch } from "./overload";
import { refusalOf, refusalReply } from "./refusal";
import { flat, writeReply } from "./reply";
import { nextRequestId } from "./request-id";
import { writeAscii } from "./write-ascii";

const PATH = "/concerts/{concertId}/queue";
const CALL = queueCalls.find(({ method, path }) => method === "POST" && path === PATH) as Call;

const HEADERS = flat(PERSONAL_JSON);

const PLAIN_HOST = /^[\w.-]+(:\d{1,5})?$/;

/** Nothing that the slow way would read in another way: no body, a usual host, and who is asking said once. */
function isOrdinary({ headers, rawHeaders }: IncomingMessage): boolean {
  const { host, "content-length": length } = headers;
  if (length !== undefined && length !== "0") return false;
  if (headers["transfer-encoding"] !== undefined || host === undefined || !PLAIN_HOST.test(host)) return false;
  let said = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    // Of two of these Node takes the first and the slow way both.
    if (name.length === 4 && name.toLowerCase() === "host") said += 1;
    if (name.length === 13 && name.toLowerCase() === "authorization") said += 10;
  }
  return said === 1 || said === 11;
}

const trustsProxy = () => oncePerProcess("api.trust-proxy", () => readEnv().trustProxy);

/** Joins a line before Hono, as `serve` would; returns false, having done nothing, for a request out of the ordinary. */
export function answerJoin(req: IncomingMessage, res: ServerResponse, concertId: string): boolean {
  if (!isOrdinary(req)) return false;
  void join(req, res, concertId);
  return true;
}

async function join(req: IncomingMessage, res: ServerResponse, concertId: string): Promise<void> {
  const requestId = nextRequestId();
  const load = loadWatch();
  load.inFlight += 1;
  try {
    const { created, bytes } = await withDeadline(joined(req, concertId));
    const status = created ? 201 : 200;
    countCall(CALL, status);
    writeAscii(res, status, HEADERS, bytes, requestId);
  } catch (error) {
    const refusal = refusalOf(error, { requestId, method: "POST", path: PATH });
    countCall(CALL, STATUS_BY_CODE[refusal.code]);
    writeReply(res, refusalReply(refusal, requestId));
  } finally {
    load.inFlight -= 1;
  }
}

async function joined({ headers, socket }: IncomingMessage, concertId: string) {
  const trustProxy = trustsProxy();
  const caller = signedIn(await readCaller(headers.authorization, headers.cookie));
  if (caller.via === "cookie") requireSameOrigin((name) => one(headers, name), trustProxy);
  const forwardedFor = one(headers, "x-forwarded-for");
  return await joinBytes(getDb(), {
    concertId,
    userId: caller.userId,
    address: callerAddress({ socketAddress: socket.remoteAddress, forwardedFor, trustProxy }),
    proof: one(headers, "proof-of-work"),
  });
}

/** A header's value; Node puts those that are given more than once together, as the slow way does. */
const one = (headers: IncomingHttpHeaders, name: string) => headers[name] as string | undefined;
