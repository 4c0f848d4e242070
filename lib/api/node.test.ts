import { createServer, request as httpRequest, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeDb, getDb } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { issueSession } from "@/lib/auth/session-token";
import { provideEnv } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { stopLines } from "@/lib/queue/line";
import { createApi } from "./app";
import { handleApi } from "./node";
import { loadWatch } from "./overload";

let database: TestDatabase;
let server: Server;
let origin: string;
let passedOn: string[] = [];

beforeAll(async () => {
  database = await cloneDatabase();
  provideEnv({ databaseUrl: database.url });
  server = createServer((req, res) => {
    if (handleApi(req, res)) return;
    passedOn.push(req.url as string);
    res.end("next-auth");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  stopLines(getDb());
  await closeDb();
  await database.drop();
});

async function makeFan() {
  const { id } = await makeUser(database.db);
  return { id, authorization: `Bearer ${issueSession({ userId: id, role: "fan" }).token}` };
}

/** Writes raw bytes to the server and gives back whatever comes until it closes. */
async function raw(text: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(text);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return answer;
}

describe("handleApi", () => {
  it("leaves next-auth's own routes alone", async () => {
    passedOn = [];
    expect(await (await fetch(`${origin}/api/auth/session`)).text()).toBe("next-auth");
    expect(passedOn).toEqual(["/api/auth/session"]);
  });

  it("serves bodies, lengths and problems over a real connection", async () => {
    const { authorization } = await makeFan();
    const headers = { authorization, "content-type": "application/json" };
    const patch = (body: BodyInit, more = {}) =>
      fetch(`${origin}/api/wallet`, {
        method: "PATCH",
        headers: { ...headers, ...more },
        body,
        duplex: "half",
      } as RequestInit);
    const ok = await patch('{"amount":5}');
    expect([ok.status, (await ok.json()).balance]).toEqual([200, 5]);
    expect(ok.headers.get("content-length")).toBeTruthy();

    const chunks = (text: string) =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(Buffer.from(text.slice(0, 4)));
          controller.enqueue(Buffer.from(text.slice(4)));
          controller.close();
        },
      });
    expect((await patch(chunks('{"amount":5}'))).status).toBe(200);
    expect((await patch(chunks(`{"amount":${"5".repeat(300_000)}}`))).status).toBe(413);
    expect((await patch(`{"amount":${"5".repeat(300_000)}}`)).status).toBe(413);
    expect((await fetch(`${origin}/api/sessions/current`, { method: "DELETE", headers, body: "{}" })).status).toBe(400);
    const sneaky = { method: "DELETE", headers: { authorization }, body: chunks("{}  {}"), duplex: "half" };
    expect((await fetch(`${origin}/api/sessions/current`, sneaky as RequestInit)).status).toBe(400);
    expect(
      (await fetch(`${origin}/api/sessions/current`, { method: "DELETE", headers: { authorization } })).status,
    ).toBe(204);
    expect((await fetch(`${origin}/api/me`, { headers: { authorization } })).status).toBe(401);
    const head = await fetch(`${origin}/api/concerts`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  it("compresses what is large and kept, for whoever takes it", async () => {
    const get = (encoding: string) => fetch(`${origin}/api/docs`, { headers: { "accept-encoding": encoding } });
    const plain = await get("identity");
    expect(plain.headers.get("content-encoding")).toBeNull();
    for (const encoding of ["gzip", "br, gzip;q=0.5", "*"]) {
      const small = await get(encoding);
      expect(small.headers.get("content-encoding")).toBe("gzip");
      expect(small.headers.get("vary")).toBe("Accept-Encoding");
      expect(Number(small.headers.get("content-length"))).toBeLessThan(Number(plain.headers.get("content-length")) / 3);
      expect((await small.text()).startsWith("<!doctype html>")).toBe(true);
    }
    for (const encoding of ["gzip;q=0", "br"]) expect((await get(encoding)).headers.get("content-encoding")).toBeNull();
  });

  it("refuses a GET with a body, a bad host and a bad address as problems", async () => {
    const get = (line: string, headers: string) => raw(`${line} HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`);
    for (const [answer, status] of [
      [await get("GET /api/health/live", "Host: x\r\nContent-Length: 2"), 400],
      [
        await raw(
          "GET /api/health/live HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        ),
        400,
      ],
      [await get("GET /api/health/live", "Host: a b"), 400],
      [await get("GET //api/health/live", "Host: x"), 404],
      [await get("GET /api/../api/health/live", "Host: x"), 200],
      [await get("GET /api/concerts/%E0%A4%A", "Host: x"), 404],
    ] as const) {
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
      expect(answer).toMatch(/\r\nRequest-Id: /i);
      if (status >= 400) expect(answer).toContain("application/problem+json");
    }
  });

  it("answers an overload with a quick 503, health excepted", async () => {
    const load = loadWatch();
    load.inFlight += 1_000_000;
    try {
      const response = await fetch(`${origin}/api/concerts`);
      expect([response.status, (await response.json()).code, response.headers.get("retry-after")]).toEqual([
        503,
        "unavailable",
        "2",
      ]);
      expect((await fetch(`${origin}/api/health/live`)).status).toBe(200);
    } finally {
      load.inFlight -= 1_000_000;
    }
    expect((await fetch(`${origin}/api/concerts`)).status).toBe(200);
  });

  it("counts a call out when its caller hangs up", async () => {
    const load = loadWatch();
    await expect.poll(() => load.inFlight).toBe(0);
    const call = httpRequest(`${origin}/api/concerts`);
    call.on("error", () => {});
    call.end();
    call.destroy();
    await expect.poll(() => load.inFlight).toBe(0);
  });
});

describe("the fast lane", () => {
  /** The same request by the fast lane and by Hono, with what may differ taken out. */
  async function both(path: string, headers: Record<string, string> = {}) {
    const app = createApi();
    const fast = await fetch(origin + path, { headers });
    const slow = await app.request(path, { headers });
    const plain = async (response: Response) => {
      const text = await response.text();
      const json = JSON.parse(text);
      const named = Object.fromEntries(
        [...response.headers].filter(
          ([name]) => !["date", "connection", "keep-alive", "content-length", "request-id"].includes(name),
        ),
      );
      for (const volatile of ["at", "pace", "pollAfterMs", "enteredAt"]) delete json[volatile];
      return { status: response.status, headers: named, json, type: typeof text };
    };
    const [one, two] = [await plain(fast), await plain(slow)];
    expect(fast.headers.get("request-id")).toBeTruthy();
    expect(one).toEqual(two);
    return one;
  }

  it("says in the same words what the routes say", async () => {
    const concert = await makeConcert(database.db, { waitingRoom: { activeLimit: 0 } });
    const other = await makeConcert(database.db);
    const { authorization } = await makeFan();
    const joined = await fetch(`${origin}/api/concerts/${concert.id}/queue`, {
      method: "POST",
      headers: { authorization },
    });
    const { token } = await joined.json();
    expect(joined.status).toBe(201);
    const path = `/api/concerts/${concert.id}/queue`;
    expect((await both(path, { "queue-token": token })).json).toMatchObject({
      status: "waiting",
      number: 1,
      position: 1,
    });
    expect((await both(`${path}/pulse`)).json).toMatchObject({ lastNumber: 1 });
    expect((await both(path)).json.code).toBe("queue_token_required");
    expect((await both(path, { "queue-token": `${token.slice(0, -2)}AA` })).json.code).toBe("queue_token_invalid");
    expect((await both(path.replace(concert.id, other.id), { "queue-token": token })).json.code).toBe(
      "queue_token_invalid",
    );
    expect((await both(`/api/concerts/${newId()}/queue/pulse`)).status).toBe(404);
    expect((await both(`/api/concerts/not-an-id/queue/pulse`)).status).toBe(404);
    expect((await both(`${path}/pulse?x=1`)).status).toBe(400);
    const get = (more: string, body = "") =>
      raw(`GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\nConnection: close\r\n\r\n${body}`);
    expect(await get(`QUEUE-TOKEN: ${token} `)).toMatch(/^HTTP\/1.1 200 [\s\S]*"status":"waiting"/);
    expect(await get(`Queue-Token: ${token}\r\nqueue-token: ${token}`)).toMatch(
      /^HTTP\/1.1 403 [\s\S]*queue_token_invalid/,
    );
    expect(await get(`Queue-Token: ${token}\r\nContent-Length: 0`)).toMatch(/^HTTP\/1.1 200 /);
    expect(await get(`Queue-Token: ${token}\r\nTransfer-Encoding: chunked`, "2\r\n{}\r\n0\r\n\r\n")).toMatch(
      /^HTTP\/1.1 400 /,
    );
    // Not waiting any more: the entry itself is read.
    await database.db.execute(
      sql`update queue_entries set status = 'left', ended_at = now() where concert_id = ${concert.id}`,
    );
    await database.db.execute(sql`update queues set served_through = 1 where concert_id = ${concert.id}`);
    await expect
      .poll(async () => (await (await fetch(origin + path, { headers: { "queue-token": token } })).json()).status)
      .toBe("left");
    expect((await both(path, { "queue-token": token })).json).toMatchObject({ status: "left", position: null });
  });
});
