import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createClient } from "@/db/client";
import type { AppError } from "@/lib/core/errors";
import { callerAddress } from "./address";
import { createApi } from "./app";
import { isSameOrigin } from "./origin";
import { refusalOf } from "./refusal";
import { readStrictJson } from "./strict-json";
import { type Harness, startHarness } from "./testing/harness";

let on: Harness;
let fan: { token: string };
beforeAll(async () => {
  on = await startHarness();
  fan = await on.makeCaller();
});
afterAll(() => on.drop());

/** What is written to the log meanwhile. */
async function logged(work: () => Promise<unknown>): Promise<string> {
  let text = "";
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
    text += chunk;
    return true;
  });
  await work().finally(() => spy.mockRestore());
  return text;
}

describe("every answer", () => {
  it("carries a Request-Id of our own, whatever the caller sends", async () => {
    const ids = new Set<string | null>();
    for (let n = 0; n < 5; n++) {
      const answer = await on.call("GET", "/api/health/live", {
        headers: { "request-id": "mine", "x-request-id": "mine" },
      });
      ids.add(answer.headers.get("request-id"));
    }
    expect(ids.size).toBe(5);
    expect(ids).not.toContain("mine");
  });

  it("is problem+json for unknown paths and methods, saying which methods there are", async () => {
    for (const [method, path] of [
      ["GET", "/api/nothing"],
      ["GET", "/api"],
      ["GET", "/api/concerts/"],
      ["POST", "/api/health/live"],
      ["PUT", "/api/wallet"],
      ["OPTIONS", "/api/wallet"],
      ["GET", "/api/users"],
    ] as const) {
      const answer = await on.call(method, path);
      expect(answer).toMatchObject({ status: 404, code: "not_found" });
      expect(answer.json).toMatchObject({ type: "/api/docs#not_found", title: "Not found", status: 404 });
      expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
      expect(answer.headers.get("request-id")).toBeTruthy();
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    }
    expect((await on.call("PUT", "/api/wallet")).headers.get("allow")).toBe("GET, PATCH");
  });

  it("to HEAD is GET's without its body", async () => {
    const response = await on.api.request("http://shop.test/api/health/live", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });
});

describe("a body", () => {
  const topUp = (body: unknown, headers: Record<string, string> = {}) =>
    on.call("PATCH", "/api/wallet", { ...fan, body, headers });
  const pathsOf = (answer: { json: { errors: { path: string }[] } }) => answer.json.errors.map(({ path }) => path);

  it.each([
    ["an unknown key", '{"amount":1,"userId":"x"}', ["userId"]],
    ["__proto__", '{"amount":1,"__proto__":{"a":1}}', ["__proto__"]],
    ["constructor", '{"amount":1,"constructor":1}', ["constructor"]],
    ["a wrong type", '{"amount":"1"}', ["amount"]],
    ["null", "null", [""]],
    ["a list", "[]", [""]],
    ["a missing key", "{}", ["amount"]],
    ["a key twice", '{"amount":1,"amount":2}', ["amount"]],
    ["a key twice in two spellings", '{"amount":1,"am\\u006funt":2}', ["amount"]],
    ["a NUL in a key", '{"amount":1,"a\\u0000":1}', [""]],
    ["a truncated text", '{"amount":', ["amount"]],
    ["two values", '{"amount":1}{"amount":1}', [""]],
    ["nothing", "", [""]],
    ["NaN", '{"amount":NaN}', ["amount"]],
    ["a deep nest", `${"[".repeat(10_000)}${"]".repeat(10_000)}`, [""]],
    ["a deep nest with escapes", `${'{"a":'.repeat(500)}"\\u0041"${"}".repeat(500)}`, [""]],
  ])("with %s is invalid_request that names the place", async (_, body, paths) => {
    const answer = await topUp(body);
    expect(answer).toMatchObject({ status: 400, code: "invalid_request" });
    expect(pathsOf(answer)).toEqual(paths);
  });

  it("that is not UTF-8 is invalid_request", async () => {
    expect((await topUp(Buffer.from('{"amount":1,"x":"\xff"}', "latin1"))).json.errors).toEqual([
      { path: "", message: "is not valid UTF-8" },
    ]);
  });

  it.each(["\\u0000", "\\ud800", "\\udc00x"])("with %s in a text is invalid_request", async (text) => {
    const answer = await on.call("POST", "/api/sessions", { body: `{"email":"a@example.com","password":"${text}"}` });
    expect(pathsOf(answer)).toEqual(["password"]);
  });

  it("may use a whole surrogate pair, and a byte order mark", async () => {
    const body = `\ufeff{"email":"nobody@example.com","password":"\\ud83d\\ude00"}`;
    expect((await on.call("POST", "/api/sessions", { body })).status).toBe(401);
  });

  it("of a wrong content type is 415", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json; charset=euc-kr",
      "application/jsonx",
      "",
    ])
      expect(await topUp('{"amount":1}', { "content-type": type })).toMatchObject({
        status: 415,
        code: "unsupported_media_type",
      });
    expect((await topUp('{"amount":1}', { "content-encoding": "gzip" })).status).toBe(415);
    expect((await topUp('{"amount":1}', { "content-type": "Application/JSON; Charset=UTF-8" })).status).toBe(200);
  });

  it("over the limit is 413, whether its length is told or not", async () => {
    const large = `{"amount":1,"x":"${"x".repeat(256 * 1024)}"}`;
    const chunked = () =>
      new ReadableStream({
        start(controller) {
          for (let at = 0; at < large.length; at += 1000) controller.enqueue(Buffer.from(large.slice(at, at + 1000)));
          controller.close();
        },
      });
    expect(await topUp(large)).toMatchObject({ status: 413, code: "too_large", json: { limit: 262_144 } });
    expect(await topUp(large, { "content-length": String(large.length) })).toMatchObject({ status: 413 });
    expect(await topUp(chunked())).toMatchObject({ status: 413 });
  });

  it("of a call that is described without one is invalid_request", async () => {
    const { token } = await on.makeCaller();
    for (const body of ["{}", "x", " "])
      expect(await on.call("DELETE", "/api/sessions/current", { token, body })).toMatchObject({
        status: 400,
        code: "invalid_request",
      });
    expect((await on.call("GET", "/api/me", { token, headers: { "content-length": "2" } })).status).toBe(400);
    expect((await on.call("GET", "/api/me", { token, headers: { "content-length": "0" } })).status).toBe(200);
    expect(
      (await on.call("DELETE", "/api/sessions/current", { token, headers: { "content-type": "application/json" } }))
        .status,
    ).toBe(204);
  });

  it("is read before nobody: who may not call gets 401 first", async () => {
    expect((await on.call("PATCH", "/api/wallet", { body: "{" })).status).toBe(401);
  });
});

describe("query parameters", () => {
  it("are strict where there are some, and refused where there are none", async () => {
    for (const path of [
      "/api/concerts?limit=1&limit=2",
      "/api/concerts?x=1",
      "/api/concerts?limit=%00",
      "/api/health/live?x",
      "/api/concerts?cursor=%ED%A0%80",
    ])
      expect(await on.call("GET", path)).toMatchObject({ status: 400, code: "invalid_request" });
    expect((await on.call("GET", "/api/concerts?__proto__=1")).status).toBe(400);
    expect((await on.call("GET", "/api/concerts?limit=1")).status).toBe(200);
  });
});

describe("a fault", () => {
  it("is 500 internal, is logged with its Request-Id and leaks nothing", async () => {
    const api = createApi({
      db: () => {
        throw new Error("secret-password-of-the-database");
      },
    });
    let response = new Response();
    const log = await logged(async () => {
      response = await api.request("/api/concerts");
    });
    const text = await response.text();
    expect([response.status, JSON.parse(text).code]).toEqual([500, "internal"]);
    expect(text).not.toContain("secret");
    expect(log).toContain("secret-password-of-the-database");
    expect(log).toContain(response.headers.get("request-id") as string);
  });

  it("of a database that is away is 503 with Retry-After, within two seconds", async () => {
    // Refused at once, and a host that never answers (TEST-NET-1).
    for (const url of ["postgres://x:x@127.0.0.1:1/x", "postgres://x:x@192.0.2.1:5432/x"]) {
      const db = createClient(url, 2);
      const api = createApi({ db: () => db });
      for (const path of ["/api/concerts", "/api/health/ready"]) {
        const from = performance.now();
        let response = new Response();
        await logged(async () => {
          response = await api.request(path);
        });
        expect([response.status, (await response.json()).code]).toEqual([503, "unavailable"]);
        expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
        expect(performance.now() - from).toBeLessThan(2000);
      }
      expect((await api.request("/api/health/live")).status).toBe(200);
      await db.$client.end();
    }
  });

  it("of a pool that is used up is 503 within two seconds too, and passes", async () => {
    const db = createClient(on.url, 1);
    const api = createApi({ db: () => db });
    const holder = await db.$client.connect();
    let response = new Response();
    await logged(async () => {
      response = await api.request("/api/concerts");
    });
    expect(response.status).toBe(503);
    holder.release();
    expect((await api.request("/api/concerts")).status).toBe(200);
    await db.$client.end();
  });

  it.each([
    ["57014", "unavailable"],
    ["40P01", "unavailable"],
    ["53300", "unavailable"],
    ["23505", "internal"],
  ])("of SQLSTATE %s is %s", async (code, expected) => {
    let refusal: AppError | undefined;
    await logged(async () => {
      refusal = refusalOf(Object.assign(new Error("x"), { code }), { requestId: "r", method: "GET", path: "/" });
    });
    expect(refusal?.code).toBe(expected);
  });
});

describe("readiness", () => {
  it("wants every migration", async () => {
    expect((await on.call("GET", "/api/health/ready")).json).toEqual({ status: "ok" });
    const client = await on.db.$client.connect();
    await client.query("create table kept as select * from drizzle.__drizzle_migrations");
    await client.query("delete from drizzle.__drizzle_migrations");
    await logged(async () => {
      expect(await on.call("GET", "/api/health/ready")).toMatchObject({ status: 503, code: "unavailable" });
    });
    await client.query("insert into drizzle.__drizzle_migrations select * from kept");
    client.release();
    expect((await on.call("GET", "/api/health/ready")).status).toBe(200);
  });
});

describe("same origin", () => {
  const asked = (headers: Record<string, string>, trustProxy = false) =>
    isSameOrigin((name) => headers[name], trustProxy);
  it("compares with Host, and with X-Forwarded-* only behind a trusted proxy", () => {
    expect(asked({ origin: "http://shop.test:3000", host: "shop.test:3000" })).toBe(true);
    expect(asked({ origin: "https://shop.test", host: "shop.test" })).toBe(true);
    expect(asked({ origin: "http://shop.test", host: "shop.test:80" })).toBe(true);
    expect(asked({ origin: "http://shop.test", host: "shop.test:3000" })).toBe(false);
    expect(asked({ origin: "file://shop.test", host: "shop.test" })).toBe(false);
    expect(asked({ origin: "http://shop.test@evil.test", host: "shop.test" })).toBe(false);
    const forwarded = {
      origin: "https://shop.test",
      host: "10.0.0.1:3000",
      "x-forwarded-host": "shop.test",
      "x-forwarded-proto": "https",
    };
    expect(asked(forwarded)).toBe(false);
    expect(asked(forwarded, true)).toBe(true);
    expect(asked({ ...forwarded, origin: "http://shop.test" }, true)).toBe(false);
  });
});

describe("the caller's address", () => {
  const of = (socketAddress?: string, forwardedFor?: string, trustProxy = false) =>
    callerAddress({ socketAddress, forwardedFor, trustProxy });
  it("is the socket's, loopback excepted, or what the trusted proxy wrote last", () => {
    expect(of("127.0.0.1")).toBeNull();
    expect(of("::1")).toBeNull();
    expect(of("::ffff:127.0.0.1")).toBeNull();
    expect(of()).toBeNull();
    expect(of("203.0.113.9")).toBe("203.0.113.9");
    expect(of("203.0.113.9", "198.51.100.1")).toBe("203.0.113.9");
    expect(of("127.0.0.1", "198.51.100.1")).toBeNull();
    expect(of("127.0.0.1", "1.1.1.1, 198.51.100.1", true)).toBe("198.51.100.1");
    expect(of("127.0.0.1", "garbage", true)).toBeNull();
    expect(of("2001:db8:1:2:3:4:5:6")).toBe(of("2001:db8:1:2::9"));
    expect(of("2001:db8::1")).toBe("2001:db8:0:0::/64");
  });

  it("is limited in registering and signing in", async () => {
    const api = createApi({ db: () => on.db, trustProxy: true });
    const attempt = (n: number, address: string) =>
      api.request("/api/sessions", {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": address },
        body: JSON.stringify({ email: `${n}@example.com`, password: "x" }),
      });
    await on.db.$client.query(
      "insert into rate_limits (key, window_start, count) values ('sign-in:address:203.0.113.1', now(), 120)",
    );
    const limited = await attempt(1, "203.0.113.1");
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await attempt(2, "203.0.113.2")).status).toBe(401);
  });
});

describe("readStrictJson", () => {
  it("names the place of a repeated key, wherever it stands", () => {
    const at = (text: string) => {
      try {
        readStrictJson(Buffer.from(text));
      } catch (error) {
        return ((error as AppError).extra.errors as { path: string }[]).map(({ path }) => path);
      }
      return [];
    };
    expect(at('{"a":[{"b":1},{"c":"}\\"{","c":2}],"d":{"e":{},"e":[]}}')).toEqual(["a.1.c", "d.e"]);
    expect(at('{"a":{"a":{"a":"a"}},"b":["a","a"],"c":"x,\\\\"}')).toEqual([]);
    expect(at('{"a":["x","\\u0000"]}')).toEqual(["a.1"]);
  });
});
