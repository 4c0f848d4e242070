import type { z } from "zod";
import type { Client, Tx } from "@/db/client";
import type { ErrorCode } from "@/lib/core/errors";
import type { Caller } from "./caller";

/**
 * Who may make a call: anybody, whoever is signed in, organisers, (`token`) whoever has a queue token, which a session
 * that is sent too must agree with, or (`metrics`) organisers and whoever has `METRICS_TOKEN`.
 */
export type Access = "public" | "token" | "fan" | "organizer" | "metrics";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** The names in braces of a path. */
export type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never;

/** What a call answers, before it is put into bytes: `text` as it is and with its `type`, else `body` as JSON. */
export type Answer = {
  status: number;
  body?: unknown;
  text?: string | Uint8Array<ArrayBuffer>;
  type?: string;
  headers?: Record<string, string>;
};

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** What a call's handler gets; all of it is checked. */
export type Input<Path extends string, A extends Access, Query, Body> = {
  db: Client;
  caller: A extends "public" ? null : A extends "token" | "metrics" ? Caller | null : Caller;
  params: Record<ParamNames<Path>, string>;
  query: Parsed<Query>;
  body: Parsed<Body>;
  /** The bytes of a call with `rawBody`; empty for any other. */
  bytes: Uint8Array;
  /** A request header by its lower-case name. */
  header: (name: string) => string | undefined;
  /** The address that limits per caller count by; null where there is none. */
  address: string | null;
};

/** One way in which a call can succeed. */
export type Success = {
  description: string;
  /** The JSON body's schema; absent where there is no body or it is of another `type`. */
  schema?: z.ZodType;
  type?: string;
  /** Headers beyond those that every answer has, with what they say. */
  headers?: Record<string, string>;
};

type Description<Path extends string, A extends Access, Query, Body> = {
  method: Method;
  path: Path;
  tag: string;
  /** A few words, as for a table of contents. */
  summary: string;
  description?: string;
  access: A;
  /** Query parameters, a strict object; absent: none are taken. */
  query?: Query;
  /** The JSON body; absent: none is taken. */
  body?: Body;
  /** Takes its body as bytes, of whatever type: for messages that are signed as they stand. */
  rawBody?: true;
  /** Bytes; `BODY_LIMIT` unless given. */
  bodyLimit?: number;
  /** Request headers that mean something to this call, with what they say. */
  requestHeaders?: Record<string, string>;
  answers: Record<number, Success>;
  /** Codes beyond those that follow from the rest of the description. */
  problems?: readonly ErrorCode[];
  /** `Cache-Control` of a success; personal (`no-store`) unless given. */
  cache?: string;
  /** How long the call may take, in milliseconds, before it is answered `unavailable`. */
  deadlineMs?: number;
};

export type PlainCall<Path extends string, A extends Access, Query, Body> = Description<Path, A, Query, Body> & {
  idempotent?: false;
  handle: (input: Input<Path, A, Query, Body>) => Promise<Answer> | Answer;
};

/**
 * How calls that come at the same time are made in one transaction (`answerTogether`). `kindOf` names the work and what it is
 * about, or is null for a call that has to be made alone; `run` answers each of one kind in order, null for any that has
 * to be made alone after all.
 */
export type Together<Given> = {
  kindOf: (input: Given) => string | null;
  run: (tx: Tx, inputs: Given[]) => Promise<(Pick<Answer, "status" | "body"> | null)[]>;
};

/**
 * A call that honours `Idempotency-Key`. With a key, `handle` runs in the key's transaction; what belongs outside of it
 * (the gate) stands in `before`, which a replay does not reach.
 */
export type IdempotentCall<Path extends string, A extends Access, Query, Body, Pass> = Description<
  Path,
  A,
  Query,
  Body
> & {
  idempotent: true;
  before: (input: Input<Path, A, Query, Body>) => Promise<Pass>;
  handle: (
    input: Omit<Input<Path, A, Query, Body>, "db"> & { db: Client | Tx; pass: Pass },
  ) => Promise<Pick<Answer, "status" | "body">>;
  together?: Together<Input<Path, A, Query, Body> & { pass: Pass }>;
  /** After the commit or its failure. `pass` is absent where `before` refused; `isDone` says that the call did its work. */
  after?: (input: Input<Path, A, Query, Body>, pass: Pass | undefined, isDone: boolean) => void;
};

/** A call with its types worn off, as the machinery that serves and describes it sees it. */
export type Call = (
  | PlainCall<string, Access, z.ZodType | undefined, z.ZodType | undefined>
  | IdempotentCall<string, Access, z.ZodType | undefined, z.ZodType | undefined, unknown>
) & { problems: readonly ErrorCode[] };

/** Codes that any call of this description can meet, whatever it does. */
function groundRules(call: Description<string, Access, unknown, unknown> & { idempotent?: boolean }): ErrorCode[] {
  const codes: ErrorCode[] = ["invalid_request", "internal", "unavailable"];
  if (call.access !== "public") codes.push("unauthenticated");
  if (call.access === "organizer" || call.access === "metrics" || (call.access !== "public" && call.method !== "GET"))
    codes.push("forbidden");
  if (call.path.includes("{")) codes.push("not_found");
  if (call.body || call.rawBody) codes.push("too_large");
  if (call.body) codes.push("unsupported_media_type");
  if (call.idempotent) codes.push("idempotency_in_progress", "idempotency_key_reused");
  return codes;
}

/** Describes one call of the contract: what is served, checked and documented all comes from here. */
export function defineCall<
  const Path extends string,
  const A extends Access,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(call: PlainCall<Path, A, Query, Body>): Call {
  return worn(call);
}

/** As `defineCall`, for a call that honours `Idempotency-Key`. */
export function defineIdempotentCall<
  const Path extends string,
  const A extends Access,
  Pass,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(call: Omit<IdempotentCall<Path, A, Query, Body, Pass>, "idempotent">): Call {
  return worn({ ...call, idempotent: true });
}

// biome-ignore lint/suspicious/noExplicitAny: each call has types of its own; from here on only its shape matters.
const worn = (call: any): Call => ({
  ...call,
  problems: [...new Set([...groundRules(call), ...(call.problems ?? [])])],
});
