import type { Context } from "hono";
import type { Client, Tx } from "@/db/client";
import { AppError, invalidRequest, notFound, STATUS_BY_CODE } from "@/lib/core/errors";
import { log } from "@/lib/core/log";
import { answerOnce } from "@/lib/idempotency/answer-once";
import { answerTogether, type GivenAnswer } from "@/lib/idempotency/answer-together";
import { findAnswer, type Intent } from "@/lib/idempotency/queries";
import { hashRequest } from "@/lib/idempotency/request-hash";
import { idempotencyKeySchema } from "@/lib/idempotency/schema";
import { callerAddress } from "./address";
import { BODY_LIMIT, readBytes, readJsonBody, refuseBody } from "./body";
import type { Access, Answer, Call, IdempotentCall, Input } from "./call";
import { type Caller, readCaller, requireOrganizer, signedIn } from "./caller";
import { gzipped, takesGzip } from "./compress";
import { withDeadline } from "./deadline";
import { JSON_TYPE, PERSONAL, PROBLEM_TYPE, SECURITY_HEADERS } from "./headers";
import { checked, readQuery } from "./input";
import { countCall, isMetricsToken } from "./metrics";
import { requireSameOrigin } from "./origin";
import { refusalOf, refusalReply } from "./refusal";
import { flat, type Reply, sendReply } from "./reply";
import { nextRequestId } from "./request-id";

/** What the app needs to know of the process it runs in. */
export type Surroundings = { db: () => Client; trustProxy: boolean };

const NO_BYTES = new Uint8Array();

type AnyInput = Input<string, Access, undefined, undefined>;
type AnyIdempotent = IdempotentCall<string, "fan", undefined, undefined, unknown>;

/** Serves one call: the contract's ground rules in their order, then the call itself, then its bytes. */
export async function serve(call: Call, surroundings: Surroundings, c: Context): Promise<Response> {
  const requestId = nextRequestId();
  try {
    const answer = await withDeadline(answerTo(call, surroundings, c), call.deadlineMs);
    countCall(call, answer.status);
    return sendReply(c, replyOf(call, await compressed(answer, c), requestId));
  } catch (error) {
    const about = { requestId, method: c.req.method, path: call.path };
    const refusal = refusalOf(error, about);
    // Still an honest answer, but the documentation does not know it: a defect of the description.
    if (!call.problems.includes(refusal.code)) log("warn", "api.undescribed", { ...about, code: refusal.code });
    countCall(call, STATUS_BY_CODE[refusal.code]);
    return sendReply(c, refusalReply(refusal, requestId));
  }
}

async function answerTo(call: Call, { db, trustProxy }: Surroundings, c: Context): Promise<Answer> {
  const header = (name: string) => c.req.header(name);
  const caller = call.access === "public" ? null : await admitCaller(call, { db, trustProxy }, header);
  const params = pathParams(call, c);
  const query = call.query ? checked(call.query, readQuery(c.req.url)) : refuseQuery(c.req.url);
  const limit = call.bodyLimit ?? BODY_LIMIT;
  const bytes = call.rawBody ? await readBytes(c, limit) : NO_BYTES;
  const raw = call.body ? await readJsonBody(c, limit) : call.rawBody ? undefined : await refuseBody(c);
  const input = {
    // Asked for late: liveness and documentation need no database.
    get db() {
      return db();
    },
    caller,
    params,
    query,
    body: call.body ? checked(call.body, raw) : undefined,
    bytes,
    header,
    address: callerAddress({ socketAddress: socketAddress(c), forwardedFor: header("x-forwarded-for"), trustProxy }),
  } as AnyInput;
  if (!call.idempotent) return await call.handle(input as never);
  const intent = intentOf(c, caller as Caller, raw);
  return await idempotently(call as AnyIdempotent, input as Input<string, "fan", undefined, undefined>, intent);
}

async function admitCaller(
  call: Call,
  { db, trustProxy }: Surroundings,
  header: AnyInput["header"],
): Promise<Caller | null> {
  if (call.access === "metrics" && isMetricsToken(header("authorization"))) return null;
  const known = await readCaller(header("authorization"), header("cookie"));
  if (!known && call.access === "token") return null;
  const caller = signedIn(known);
  if (caller.via === "cookie" && call.method !== "GET") requireSameOrigin(header, trustProxy);
  if (call.access === "organizer" || call.access === "metrics") await requireOrganizer(db(), caller);
  return caller;
}

const socketAddress = (c: Context): string | undefined =>
  (c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming?.socket?.remoteAddress;

function pathParams(call: Call, c: Context): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [, name = "", suffix = ""] of call.path.matchAll(/\{(\w+)\}([^/]*)/g)) {
    const value = c.req.param(name) ?? "";
    params[name] = value.slice(0, value.length - suffix.length);
    if (params[name].includes("\0") || params[name].length > 200) throw notFound(name.replace(/Id$/, ""));
  }
  return params;
}

function refuseQuery(url: string): undefined {
  const names = Object.keys(readQuery(url));
  if (names.length === 0) return;
  throw invalidRequest(names.map((path) => ({ path, message: "is not a known parameter" })));
}

function intentOf(c: Context, caller: Caller, body: unknown): Intent | null {
  const key = c.req.header("idempotency-key");
  if (key === undefined) return null;
  const parsed = idempotencyKeySchema.safeParse(key);
  if (!parsed.success) {
    throw invalidRequest([{ path: "Idempotency-Key", message: parsed.error.issues[0]?.message ?? "is not valid" }]);
  }
  const requestHash = hashRequest({ method: c.req.method, path: c.req.path, body });
  return { userId: caller.userId, key, requestHash };
}

async function idempotently(
  call: AnyIdempotent,
  input: Input<string, "fan", undefined, undefined>,
  intent: Intent | null,
): Promise<Answer> {
  let pass: unknown;
  let isDone = false;
  try {
    try {
      pass = await call.before(input);
    } catch (refusal) {
      if (!intent) throw refusal;
      // A replay is answered before the gate is asked, and its first call may have ended what the gate asks for.
      const kept = await findAnswer(input.db, intent);
      if (kept) return replayOf(kept);
      throw refusal;
    }
    const answer =
      (await withOthers(call, { ...input, pass }, intent)) ?? (await alone(call, { ...input, pass }, intent));
    isDone = !answer.replayed && answer.status < 400;
    return answer.replayed ? replayOf(answer) : keptAnswer(answer);
  } finally {
    call.after?.(input, pass, isDone);
  }
}

type Passed = Input<string, "fan", undefined, undefined> & { pass: unknown };

const inText = ({ status, body }: Pick<Answer, "status" | "body">): Kept => ({ status, body: JSON.stringify(body) });

/** The call made in one transaction with others of its kind; null if it has to be made alone. */
async function withOthers(call: AnyIdempotent, input: Passed, intent: Intent | null): Promise<GivenAnswer | null> {
  const { together } = call;
  const kind = together?.kindOf(input) ?? null;
  if (!together || kind === null) return null;
  const run = async (tx: Tx, inputs: Passed[]) =>
    (await together.run(tx, inputs)).map((answer) => (answer ? inText(answer) : null));
  return await answerTogether(input.db, { kind, run }, { userId: input.caller.userId, intent, item: input });
}

async function alone(call: AnyIdempotent, input: Passed, intent: Intent | null): Promise<GivenAnswer> {
  if (!intent) return { ...inText(await call.handle(input)), replayed: false };
  return await answerOnce(input.db, intent, async (tx) => inText(await call.handle({ ...input, db: tx })));
}

type Kept = { status: number; body: string };

const keptAnswer = ({ status, body }: Kept): Answer => ({
  status,
  text: body,
  type: status < 400 ? JSON_TYPE : PROBLEM_TYPE,
});

const replayOf = (kept: Kept): Answer => ({ ...keptAnswer(kept), headers: { "Idempotent-Replayed": "true" } });

/** Only bytes that are kept (a hall's seats, the documentation) are compressed: then it is done once for all. */
async function compressed(answer: Answer, c: Context): Promise<Answer> {
  const { text, type = JSON_TYPE, headers } = answer;
  if (typeof text !== "object" || !/^(application\/json|text\/)/.test(type)) return answer;
  const vary: Record<string, string> = { ...headers, Vary: "Accept-Encoding" };
  const small = takesGzip(c.req.header("accept-encoding")) ? await gzipped(text) : null;
  if (!small) return { ...answer, headers: vary };
  // Other bytes than the plain form's, so only weakly the same.
  if (vary.ETag) vary.ETag = `W/${vary.ETag}`;
  return { ...answer, text: small, headers: { ...vary, "Content-Encoding": "gzip" } };
}

/** What most answers carry; a call's own policy (the documentation's) takes the place of the strict one. */
const SECURITY = flat(SECURITY_HEADERS);

function replyOf(call: Call, answer: Answer, requestId: string): Reply {
  const bytes = answer.text ?? (answer.body === undefined ? null : JSON.stringify(answer.body));
  const cache = answer.status < 400 ? (call.cache ?? PERSONAL) : PERSONAL;
  const headers = answer.headers ? flat({ ...SECURITY_HEADERS, ...answer.headers }) : SECURITY.slice();
  headers.push("Cache-Control", cache, "Request-Id", requestId);
  if (bytes !== null) headers.push("Content-Type", answer.type ?? JSON_TYPE);
  return { status: answer.status, headers, bytes };
}

/** What an unknown path, or a method that a known path does not take, is answered with. */
export function serveUnknown(c: Context, allow?: string): Response {
  const detail = allow ? `This address takes ${allow} only.` : "There is no such address.";
  return sendReply(c, refusalReply(new AppError("not_found", detail), nextRequestId(), allow ? { Allow: allow } : {}));
}
