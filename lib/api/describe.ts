import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { type ErrorCode, STATUS_BY_CODE } from "@/lib/core/errors";
import { TITLE_BY_CODE } from "@/lib/core/problem";
import { INVALID_TICKET_REASONS, TRANSFER_REFUSALS } from "@/lib/tickets/schema";
import type { Call, ParamNames } from "./call";
import { admittedTo, challenge } from "./schemas";

const problemList = z.array(z.object({ path: z.string(), message: z.string() }));

/** Members that a code adds to the problem document (the contract names them beside the code). */
const EXTRA_MEMBERS: Partial<Record<ErrorCode, Record<string, z.ZodType>>> = {
  invalid_request: { errors: problemList },
  conflict: {
    errors: problemList.optional(),
    reason: z.enum(TRANSFER_REFUSALS).optional().describe("Why a ticket cannot change hands"),
  },
  already_checked_in: { checkedInAt: z.iso.datetime(), ...admittedTo },
  ticket_invalid: {
    reason: z.enum(INVALID_TICKET_REASONS),
    ...z.object(admittedTo).partial().describe("Of a ticket for another performance").shape,
  },
  balance_limit_exceeded: {
    balance: z.int(),
    limit: z.int(),
    dailyLimit: z.int().optional(),
    today: z.int().optional(),
  },
  too_large: { limit: z.int().describe("Bytes") },
  insufficient_balance: { balance: z.int(), required: z.int() },
  queue_waiting: { position: z.int().nullable() },
  seat_unavailable: { seatIds: z.array(z.string()) },
  seat_left_alone: {
    seats: z.array(z.object({ id: z.string(), section: z.string(), row: z.int(), number: z.int() })),
  },
  seat_limit_exceeded: { limit: z.int() },
  rate_limited: { challenge: challenge.optional() },
};

const PARAMETERS: Record<string, string> = {
  concertId: "A concert's id",
  performanceId: "A performance's id",
  reservationId: "A reservation's id",
  ticketId: "A ticket's id",
  userId: "An account's id",
  topUpId: "A top-up's id",
  invitationId: "An invitation's id",
};

const REQUEST_HEADERS = {
  "Idempotency-Key":
    "1 to 255 visible ASCII characters. The same key with the same request gets the first answer again, for 24 hours.",
  Origin: "Needed when a cookie says who is asking: this site's own origin.",
};

/** The problem documents of one status: their codes and the members that those add. */
export function problemSchema(status: number, codes: ErrorCode[]): z.ZodType {
  const extras: Record<string, z.ZodType> = {};
  for (const code of codes) {
    const members = EXTRA_MEMBERS[code] ?? {};
    for (const [name, schema] of Object.entries(members))
      extras[name] = codes.length === 1 ? schema : schema.optional();
  }
  return z.object({
    type: z.string(),
    title: z.string(),
    status: z.literal(status),
    code: z.enum(codes as [ErrorCode, ...ErrorCode[]]),
    detail: z.string(),
    ...extras,
  });
}

/** The codes of a call by status. */
export function codesByStatus(call: Call): Map<number, ErrorCode[]> {
  const codes = new Map<number, ErrorCode[]>();
  for (const code of [...call.problems].sort((a, b) => STATUS_BY_CODE[a] - STATUS_BY_CODE[b])) {
    const status = STATUS_BY_CODE[code];
    codes.set(status, [...(codes.get(status) ?? []), code]);
  }
  return codes;
}

type Header = { description: string; schema: { type: "string" | "integer" } };
const headers = (described: Record<string, string>): Record<string, Header> =>
  Object.fromEntries(
    Object.entries(described).map(([name, description]) => [name, { description, schema: { type: "string" } }]),
  );

function responsesOf(call: Call) {
  const ofAll = { "Request-Id": "Names this request in the server's log" };
  const responses: Record<string, object> = {};
  for (const [status, { description, schema, type, headers: own = {} }] of Object.entries(call.answers)) {
    const replayed: Record<string, string> = call.idempotent
      ? { "Idempotent-Replayed": "`true` on an answer that was given before" }
      : {};
    responses[status] = {
      description,
      headers: headers({ ...ofAll, ...replayed, ...own }),
      ...(schema ? { content: { "application/json": { schema } } } : {}),
      ...(type ? { content: { [type]: { schema: { type: "string" } } } } : {}),
    };
  }
  for (const [status, codes] of codesByStatus(call)) {
    const retry: Record<string, string> = status === 429 || status === 503 ? { "Retry-After": "Seconds to wait" } : {};
    responses[status] = {
      description: codes.map((code) => `\`${code}\`: ${TITLE_BY_CODE[code]}`).join(" · "),
      headers: headers({ ...ofAll, ...retry }),
      content: { "application/problem+json": { schema: problemSchema(status, codes) } },
    };
  }
  return responses;
}

function paramsOf(path: string): z.ZodObject | undefined {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name as ParamNames<string>);
  if (names.length === 0) return undefined;
  return z.object(Object.fromEntries(names.map((name) => [name, z.string().describe(PARAMETERS[name] ?? name)])));
}

function requestHeadersOf(call: Call): z.ZodType[] {
  const described: Record<string, string> = { ...call.requestHeaders };
  if (call.idempotent) described["Idempotency-Key"] = REQUEST_HEADERS["Idempotency-Key"];
  if (call.access !== "public" && call.method !== "GET") described.Origin = REQUEST_HEADERS.Origin;
  const isGated = call.problems.includes("queue_token_required");
  return Object.entries(described).map(([name, description]) => {
    const isNeeded = isGated && name === "Queue-Token";
    const schema = isNeeded ? z.string() : z.string().optional();
    return schema.openapi({ description, param: { name, in: "header" } });
  });
}

/** Writes a call into the registry that the OpenAPI document is made from. */
export function describeCall(app: OpenAPIHono, call: Call): void {
  const params = paramsOf(call.path);
  const requestHeaders = requestHeadersOf(call);
  app.openAPIRegistry.registerPath({
    method: call.method.toLowerCase() as "get",
    path: `/api${call.path}`,
    tags: [call.tag],
    summary: call.summary,
    ...(call.description ? { description: call.description } : {}),
    security: call.access === "public" ? [] : [{ bearer: [] }, { cookie: [] }],
    request: {
      ...(params ? { params } : {}),
      ...(call.query ? { query: call.query as z.ZodObject } : {}),
      ...(requestHeaders.length > 0 ? { headers: requestHeaders } : {}),
      ...(call.body ? { body: { required: true, content: { "application/json": { schema: call.body } } } } : {}),
      ...(call.rawBody
        ? { body: { required: true, content: { "application/json": { schema: z.looseObject({}) } } } }
        : {}),
    },
    responses: responsesOf(call),
  });
}
