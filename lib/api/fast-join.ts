import type { IncomingMessage, ServerResponse } from "node:http";
import { getDb } from "@/db/client";
import { readEnv } from "@/lib/core/env";
import { STATUS_BY_CODE } from "@/lib/core/errors";
import { oncePerProcess } from "@/lib/core/registry";
import { type Asking, joinBytes } from "@/lib/queue/join-queue";
import { callerAddress } from "./address";
import type { Call } from "./call";
import { type Caller, readBearer, readCaller, signedIn } from "./caller";
import { queueCalls } from "./calls/queue";
import { withDeadline } from "./deadline";
import { PERSONAL_JSON } from "./headers";
import { countCall } from "./metrics";
import { requireSameOrigin } from "./origin";
import { loadWatch } from "./overload";
import { PLAIN_HOST } from "./plain";
import { refusalOf, refusalReply } from "./refusal";
import { flat, type Reply, writeReply } from "./reply";
import { nextRequestId } from "./request-id";
import { writeAscii } from "./write-ascii";

const PATH = "/concerts/{concertId}/queue";
const CALL = queueCalls.find(({ method, path }) => method === "POST" && path === PATH) as Call;

const HEADERS = flat(PERSONAL_JSON);

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
  void join(
    { concertId, headers: req.headers as OneOfEach, remoteAddress: req.socket.remoteAddress },
    {
      send: (status, bytes, requestId) => writeAscii(res, status, HEADERS, bytes, requestId),
      refuse: (reply) => writeReply(res, reply),
    },
  );
  return true;
}

/** Headers by their names in small letters; of those that were given more than once, put together as Node does. */
export type OneOfEach = Record<string, string | undefined>;

type Asked = { concertId: string; headers: OneOfEach; remoteAddress: string | undefined };

type Answering = { send(status: 200 | 201, bytes: string, requestId: string): void; refuse(reply: Reply): void };

/** Joins a line and answers, in whichever way the request came. */
export async function join(asked: Asked, { send, refuse }: Answering): Promise<void> {
  const requestId = nextRequestId();
  const load = loadWatch();
  load.inFlight += 1;
  try {
    const { authorization, cookie } = asked.headers;
    const caller =
      authorization === undefined ? signedIn(await readCaller(undefined, cookie)) : readBearer(authorization);
    const { created, bytes } = await withDeadline(joinBytes(getDb(), askingOf(asked, caller)));
    const status = created ? 201 : 200;
    countCall(CALL, status);
    send(status, bytes, requestId);
  } catch (error) {
    const refusal = refusalOf(error, { requestId, method: "POST", path: PATH });
    countCall(CALL, STATUS_BY_CODE[refusal.code]);
    refuse(refusalReply(refusal, requestId));
  } finally {
    load.inFlight -= 1;
  }
}

function askingOf({ concertId, headers, remoteAddress }: Asked, { userId, via }: Caller): Asking {
  const trustProxy = trustsProxy();
  if (via === "cookie") requireSameOrigin((name) => headers[name], trustProxy);
  const forwardedFor = headers["x-forwarded-for"];
  return {
    concertId,
    userId,
    address: callerAddress({ socketAddress: remoteAddress, forwardedFor, trustProxy }),
    proof: headers["proof-of-work"],
  };
}
