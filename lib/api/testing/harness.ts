import { expect } from "vitest";
import type { Role } from "@/db/constants";
import { users } from "@/db/schema/auth";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { issueSession } from "@/lib/auth/session-token";
import type { ErrorCode } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { stopLines } from "@/lib/queue/line";
import { type Api, createApi } from "../app";
import type { Call } from "../call";
import { codesByStatus, problemSchema } from "../describe";

export type Asked = {
  token?: string | undefined;
  cookie?: string;
  queueToken?: string | undefined;
  key?: string;
  body?: unknown;
  headers?: Record<string, string>;
};

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers as they come.
export type Answered = { status: number; headers: Headers; text: string; json: any; code: ErrorCode | undefined };

/** The call that a method and a concrete path belong to. */
function callOf(api: Api, method: string, path: string): Call | undefined {
  const matches = api.calls.filter((call) => {
    const pattern = call.path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+");
    return call.method === method && new RegExp(`^/api${pattern}$`).test(path);
  });
  // `/tickets/{ticketId}` also fits `/tickets/x.svg`; the longer description is the one that is meant.
  return matches.sort((a, b) => b.path.length - a.path.length)[0];
}

/** Every answer in every test has to be one that the documentation describes: status, headers, body, code. */
function expectDescribed(call: Call, answered: Answered): void {
  const { status, headers, text, json } = answered;
  const where = `${call.method} ${call.path} → ${status} ${text.slice(0, 300)}`;
  expect(headers.get("request-id"), where).toMatch(/^[\w-]{12}-[0-9a-z]+$/);
  expect(headers.get("x-content-type-options"), where).toBe("nosniff");
  expect(headers.get("content-security-policy"), where).toContain("default-src 'none'");
  if (status === 304) return;
  if (status >= 400) {
    expect(headers.get("content-type"), where).toBe("application/problem+json; charset=utf-8");
    expect(headers.get("cache-control"), where).toBe("no-store");
    const schema = problemSchema(status, codesByStatus(call).get(status) ?? (["undescribed"] as never));
    expect(schema.safeParse(json).error, where).toBeUndefined();
    return;
  }
  const success = call.answers[status];
  expect(success, `undescribed: ${where}`).toBeDefined();
  if (call.access !== "public") expect(headers.get("cache-control"), where).toMatch(/^(no-store|private, no-cache)$/);
  if (success?.schema) {
    expect(headers.get("content-type"), where).toBe("application/json; charset=utf-8");
    expect(success.schema.safeParse(json).error, where).toBeUndefined();
  } else if (!success?.type) expect(text, where).toBe("");
}

export type Harness = TestDatabase & {
  api: Api;
  call(method: string, path: string, asked?: Asked): Promise<Answered>;
  /** A new account (without a password) and a bearer token for it. */
  makeCaller(role?: Role): Promise<{ userId: string; token: string; sessionId: string }>;
};

/** The app on a database of this test file's own; every answer is checked against the documentation. */
export async function startHarness(poolSize = 20): Promise<Harness> {
  const database = await cloneDatabase(poolSize);
  const api = createApi({ db: () => database.db, trustProxy: false });

  const call: Harness["call"] = async (method, path, asked = {}) => {
    const headers = new Headers({ host: "shop.test", ...asked.headers });
    if (asked.token) headers.set("authorization", `Bearer ${asked.token}`);
    if (asked.cookie) headers.set("cookie", asked.cookie);
    if (asked.queueToken !== undefined) headers.set("queue-token", asked.queueToken);
    if (asked.key !== undefined) headers.set("idempotency-key", asked.key);
    let body: BodyInit | undefined;
    if (asked.body !== undefined) {
      if (!headers.has("content-type")) headers.set("content-type", "application/json");
      const raw =
        typeof asked.body === "string" || asked.body instanceof Uint8Array || asked.body instanceof ReadableStream;
      body = raw ? (asked.body as BodyInit) : JSON.stringify(asked.body);
    }
    const init: RequestInit & { duplex?: "half" } = { method, headers };
    if (body !== undefined) Object.assign(init, { body, duplex: "half" });
    const response = await api.request(`http://shop.test${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") && text !== "";
    const json = isJson ? JSON.parse(text) : undefined;
    const answered = { status: response.status, headers: response.headers, text, json, code: json?.code };
    const described = callOf(api, method, path.split("?")[0] as string);
    if (described) expectDescribed(described, answered);
    return answered;
  };

  const makeCaller: Harness["makeCaller"] = async (role = "fan") => {
    const userId = newId();
    await database.db.insert(users).values({ id: userId, email: `${userId}@example.com`, name: "Someone", role });
    const { token, sessionId } = issueSession({ userId, role });
    return { userId, token, sessionId };
  };
  const drop = async () => {
    stopLines(database.db);
    await database.drop();
  };
  return { ...database, drop, api, call, makeCaller };
}
