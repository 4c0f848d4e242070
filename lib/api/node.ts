import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { invalidRequest, unavailable } from "@/lib/core/errors";
import { oncePerProcess } from "@/lib/core/registry";
import { createApi } from "./app";
import { answerFast } from "./fast-lane";
import { loadWatch } from "./overload";
import { PLAIN_HOST } from "./plain";
import { refusalReply } from "./refusal";
import { writeReply } from "./reply";
import { nextRequestId } from "./request-id";

type Listener = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

const listener = (): Listener =>
  oncePerProcess("api.listener", () => {
    const app = createApi();
    // Replies are written straight to Node, so the globals that Next relies on can stay as they are.
    return getRequestListener(app.fetch, { overrideGlobalObjects: false });
  });

/** Health must answer when nothing else does. */
const isHealth = (url: string): boolean => url.startsWith("/api/health/");

const PLAIN_URL = /^\/[\w/?=&.-]*$/;

/** An address or a host that no URL can be made of never reaches the app. */
function isReadable(req: IncomingMessage): boolean {
  const { url = "", headers } = req;
  if (headers.host !== undefined && PLAIN_HOST.test(headers.host) && PLAIN_URL.test(url)) return true;
  return url.startsWith("/") && headers.host !== undefined && URL.canParse(`http://${headers.host}${url}`);
}

/**
 * Answers `/api/*` straight from Node, beside Next's pipeline and not behind it. Returns false, having done nothing,
 * for next-auth's own `/api/auth/*`.
 */
export function handleApi(req: IncomingMessage, res: ServerResponse): boolean {
  const url = req.url ?? "/";
  if (url.startsWith("/api/auth/")) return false;
  const load = loadWatch();
  if (load.isOverloaded && !isHealth(url)) {
    writeReply(res, refusalReply(unavailable("The server is overloaded.", 2), nextRequestId()));
    return true;
  }
  if (answerFast(req, res)) return true;
  if (!isReadable(req)) {
    writeReply(res, refusalReply(invalidRequest([], "The address or the Host header is not valid."), nextRequestId()));
    return true;
  }
  load.inFlight += 1;
  res.once("close", () => {
    load.inFlight -= 1;
  });
  void listener()(req, res);
  return true;
}
