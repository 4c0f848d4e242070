import { Agent, createServer, request, type Server } from "node:http";
import { type AddressInfo, connect, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { encode, type JWT } from "next-auth/jwt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProof } from "@/components/queue/find-nonce";
import { closeDb, getDb } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { inDays, makeConcert } from "@/db/testing/factories";
import { issueSession } from "@/lib/auth/session-token";
import { provideEnv, readEnv } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { readMetrics } from "@/lib/core/metrics";
import { changeRoom } from "@/lib/queue/change-room";
import { stopLines } from "@/lib/queue/line";
import { createHttpServer } from "@/lib/web/http-server";
import { answerWholeRequests } from "@/lib/web/whole-requests";
import { answerAtOnce } from "./answer-at-once";
import { createApi } from "./app";
import { handleApi } from "./node";
import { loadWatch } from "./overload";

let database: TestDatabase;
/** Before Node takes the request apart, before Hono, and with every call by way of Hono. */
let first: Server;
let fast: Server;
let slow: Server;
/** How many requests Node took apart for the first of them. */
let atNode = 0;

const listen = async (server: Server): Promise<Server> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
};
const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  database = await cloneDatabase();
  provideEnv({ databaseUrl: database.url });
  first = createHttpServer();
  answerWholeRequests(first, answerAtOnce);
  first.on("request", (req, res) => {
    atNode += 1;
    handleApi(req, res);
  });
  await listen(first);
  fast = await listen(createServer((req, res) => void handleApi(req, res)));
  slow = await listen(createServer(getRequestListener(createApi().fetch, { overrideGlobalObjects: false })));
});
afterAll(async () => {
  for (const server of [first, fast, slow]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  stopLines(getDb());
  await closeDb();
  await database.drop();
});

type Headers = Record<string, string | string[]>;
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers as they come.
type Answer = { status: number; headers: string[]; body: any };

const CHANGING = /^(date|request-id|content-length|keep-alive|connection)$/i;

/** A server's answer; of the first one that to the second request of a connection, since Node has the other. */
async function ask(server: Server, path: string, headers: Headers, body = ""): Promise<Answer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  if (server === first) await askBy(agent, server, "/api/concerts/x/queue", {}, "");
  return await askBy(agent, server, path, headers, body).finally(() => agent.destroy());
}

/** An answer with its headers' names as they were written, but without what no two answers have in common. */
function askBy(agent: Agent, server: Server, path: string, headers: Headers, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ port: portOf(server), method: "POST", path, headers, agent }, async (res) => {
      let text = "";
      for await (const chunk of res) text += chunk;
      const lines: string[] = [];
      for (let at = 0; at < res.rawHeaders.length; at += 2) {
        const [name, value] = [res.rawHeaders[at] as string, res.rawHeaders[at + 1] as string];
        lines.push(CHANGING.test(name) ? name : `${name}: ${value}`);
        if (name === "Request-Id") expect(value).toMatch(/^[\w-]{12}-[0-9a-z]+$/);
        if (name === "Content-Length") expect(Number(value)).toBe(Buffer.byteLength(text));
      }
      resolve({ status: res.statusCode as number, headers: lines.sort(), body: text && JSON.parse(text) });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** What differs between two fans and two moments, by what it looks like. */
function alike({ status, headers, body }: Answer) {
  const text = JSON.stringify(body, (key, value) => {
    if (key === "pollAfterMs") return typeof value;
    if (key === "retryAfter") return typeof value;
    if (typeof value !== "string") return value;
    if (key === "text") return value.length;
    if (key === "drawId") return "a hash";
    if (key === "token") return `${value.length} signs`;
    return value.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "an instant");
  });
  return { status, headers, body: text && sorted(JSON.parse(text)) };
}

const sorted = (body: object) => Object.fromEntries(Object.entries(body).sort(([a], [b]) => a.localeCompare(b)));

const bearer = (userId = newId()): Headers => ({
  authorization: `Bearer ${issueSession({ userId, role: "fan" }).token}`,
});

async function cookie(): Promise<Headers> {
  const claims = { sub: newId(), role: "fan", sid: newId() } as unknown as JWT;
  const token = await encode({ token: claims, secret: readEnv().authSecret as string, maxAge: 600 });
  return { cookie: `theme=dark; next-auth.session-token=${token}` };
}

const room = (more: object = {}) => ({
  waitingRoom: {
    mode: "on" as const,
    order: "fifo" as const,
    activeLimit: 1,
    admissionsPerMinute: 60,
    sessionSeconds: 600,
    claimSeconds: 120,
    ...more,
  },
});

/** One such line for each way, so that all see the same. */
async function lines(more: object = {}, concert: object = {}): Promise<[Server, string][]> {
  return await Promise.all(
    [first, fast, slow].map(async (server): Promise<[Server, string]> => {
      const { id } = await makeConcert(database.db, { ...room(more), ...concert });
      return [server, `/api/concerts/${id}/queue`];
    }),
  );
}

type Way = { server: Server; path: string };
type Case = { name: string; status: number; of?: () => Promise<[Server, string][]>; ask(way: Way): Promise<Answer> };

const plain = async ({ server, path }: Way) => await ask(server, path, bearer());
const withOrigin = (origin: (server: Server) => string) => async (way: Way) =>
  await ask(way.server, way.path, { ...(await cookie()), origin: origin(way.server) });

const twice = async ({ server, path }: Way) => {
  const fan = bearer();
  await ask(server, path, fan);
  return await ask(server, path, fan);
};

const second = async ({ server, path }: Way) => {
  await ask(server, path, bearer());
  return await ask(server, path, bearer());
};

const CASES: Case[] = [
  { name: "a new fan", status: 201, ask: plain },
  { name: "a fan who is in line", status: 200, ask: twice },
  {
    name: "an empty body that is announced",
    status: 201,
    ask: ({ server, path }) => ask(server, path, { ...bearer(), "content-length": "0" }),
  },
  { name: "nobody", status: 401, ask: ({ server, path }) => ask(server, path, {}) },
  {
    name: "a forged session",
    status: 401,
    ask: ({ server, path }) => ask(server, path, { authorization: "Bearer AAAA" }),
  },
  {
    name: "another scheme",
    status: 401,
    ask: ({ server, path }) => ask(server, path, { authorization: "Basic YTpi" }),
  },
  { name: "a cookie from this site", status: 201, ask: withOrigin((server) => `http://localhost:${portOf(server)}`) },
  { name: "a cookie from another site", status: 403, ask: withOrigin(() => "http://evil.test") },
  { name: "a cookie from nowhere", status: 403, ask: async ({ server, path }) => ask(server, path, await cookie()) },
  {
    name: "a body",
    status: 400,
    ask: ({ server, path }) => ask(server, path, { ...bearer(), "content-type": "application/json" }, "{}"),
  },
  {
    name: "a body in chunks",
    status: 400,
    ask: ({ server, path }) => ask(server, path, { ...bearer(), "transfer-encoding": "chunked" }, "{}"),
  },
  { name: "a query", status: 400, ask: ({ server, path }) => ask(server, `${path}?userId=1`, bearer()) },
  {
    name: "an id in capitals",
    status: 201,
    ask: ({ server, path }) =>
      ask(
        server,
        path.replace(/[0-9a-f-]{36}/, (id) => id.toUpperCase()),
        bearer(),
      ),
  },
  {
    name: "an unknown concert",
    status: 404,
    ask: ({ server }) => ask(server, `/api/concerts/${newId()}/queue`, bearer()),
  },
  {
    name: "no id at all",
    status: 404,
    ask: ({ server }) => ask(server, `/api/concerts/${"x".repeat(36)}/queue`, bearer()),
  },
  { name: "a closed room", status: 409, of: () => lines({ mode: "closed" }), ask: plain },
  {
    name: "a closed sale",
    status: 409,
    of: () => lines({}, { sale: { opensAt: inDays(-2), closesAt: inDays(-1) } }),
    ask: plain,
  },
  { name: "a room that lets everybody in", status: 201, of: () => lines({ mode: "off" }), ask: plain },
  { name: "a paused room", status: 201, of: () => lines({ mode: "paused" }), ask: plain },
  {
    name: "the lobby of a draw",
    status: 201,
    of: () => lines({ order: "draw" }, { sale: { opensAt: inDays(1) } }),
    ask: second,
  },
  { name: "a latecomer to a draw", status: 201, of: () => lines({ order: "draw" }), ask: plain },
  {
    name: "a message in Korean",
    status: 201,
    async ask({ server, path }) {
      const concertId = path.split("/")[3] as string;
      await changeRoom(database.db, { concertId, change: { message: { ko: "잠시만요 “곧”", en: "Soon" } } });
      return await plain({ server, path });
    },
  },
  {
    name: "a fan who is asked for work",
    status: 429,
    async ask({ server, path }) {
      await challenge(path);
      return await plain({ server, path });
    },
  },
  {
    name: "a fan who brings it",
    status: 201,
    async ask({ server, path }) {
      await challenge(path);
      const fan = bearer();
      const { body } = await ask(server, path, fan);
      return await ask(server, path, {
        ...fan,
        "proof-of-work": await findProof(body.challenge.text, body.challenge.bits),
      });
    },
  },
  {
    name: "a fan who has left too often",
    status: 429,
    async ask({ server, path }) {
      const userId = newId();
      const concertId = path.split("/")[3];
      await ask(server, path, bearer());
      await database.db.$client.query("update queues set departures = 0, left_inside = 1 where concert_id = $1", [
        concertId,
      ]);
      await database.db.$client.query(
        "insert into queue_attempts (concert_id, key, ends_at, count) values ($1, $2, now() + interval '100 seconds', 20)",
        [concertId, `left:${userId}`],
      );
      return await ask(server, path, bearer(userId));
    },
  },
];

const challenge = (path: string) =>
  changeRoom(database.db, {
    concertId: path.split("/")[3] as string,
    change: { challengeAbove: 0, challengeBits: 4 },
  });

describe("joining before Node and before Hono", () => {
  it.each(CASES)("answers $name as by way of both ($status)", async ({ status, of = lines, ask: askAs }) => {
    const answers = await Promise.all((await of()).map(([server, path]) => askAs({ server, path })));
    const [one, two, other] = answers.map(alike);
    expect(answers[0]?.status).toBe(status);
    expect(two).toEqual(other);
    expect(one).toEqual(other);
  });

  it("takes the usual join before Node, and leaves to it what may be read in another way", async () => {
    const [[server, path]] = (await lines()) as [[Server, string]];
    const origin = `http://localhost:${portOf(server)}`;
    const before = atNode;
    for (const headers of [bearer(), { ...(await cookie()), origin }, { ...bearer(), "content-length": "0" }]) {
      expect((await ask(server, path, headers)).status).toBe(201);
    }
    expect(atNode).toBe(before + 3);
    await ask(server, path, { ...bearer(), expect: "100-continue" });
    expect(atNode).toBe(before + 5);
    const usual = `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer().authorization}\r\n\r\n`;
    const takes = (text: string) => {
      const answers: string[] = [];
      const isTaken = answerAtOnce(text, (answer) => answers.push(answer), new Socket());
      // A join waits for the database.
      expect(answers).toEqual([]);
      return isTaken;
    };
    for (const other of [
      usual.replace("POST", "PUT"),
      usual.replace("/queue ", "/queue?x=1 "),
      usual.replace("HTTP/1.1", "HTTP/1.0"),
      usual.replace("Host: x", "Host: a b"),
      usual.replace("Host: x\r\n", ""),
      // Not one of HTTP's spaces, though one of JavaScript's.
      usual.replace("Host: x", "Host: x\xa0"),
      usual.replace("Host: x", "Host: x\r\nContent-Length: 0\xa0"),
      usual.replace("Host: x", "Host: x\r\nhost: x"),
      usual.replace("Host: x", "Host: x\r\nAUTHORIZATION: Bearer AAAA"),
      usual.replace("Host: x", "Host: x\r\nContent-Length: 2"),
      usual.replace("Host: x", "Host: x\r\nContent-Length:"),
      usual.replace("Host: x", "Host: x\r\nTransfer-Encoding: chunked"),
      usual.replace("Host: x", "Host: x\r\nTransfer-Encoding:"),
      usual.replace("Host: x", "Host: x\r\nExpect: 100-continue"),
      usual.replace("Host: x", "Host: x\r\nUpgrade: h2c"),
      usual.replace("Host: x", "Host: x\r\nConnection: close"),
      usual.replace("Host: x", "Host: x\r\nX: a\r\n b"),
      usual.replace("Host: x", "Host: x\r\nX : a"),
      usual.replace("Host: x", "Host: x\nX: a"),
      usual.replace("Host: x", "Host: x\r\nX: a\0"),
      usual.slice(0, -2),
      `${usual}{}`,
      usual + usual,
    ]) {
      expect(takes(other), JSON.stringify(other)).toBe(false);
    }
    expect(takes(usual)).toBe(true);
    await expect.poll(() => loadWatch().inFlight).toBe(0);
  });

  it("takes many at once, gives each a number of their own and counts them", async () => {
    const [[server, path]] = (await lines()) as [[Server, string]];
    const joined = async () => {
      const metric = (await readMetrics()).find(({ name }) => name === "frontrow_api_answers_total");
      const sample = metric?.samples.find(
        ({ labels }) =>
          labels?.path === "/concerts/{concertId}/queue" && labels.method === "POST" && labels.status === "201",
      );
      return sample?.value ?? 0;
    };
    const before = await joined();
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(server, path, bearer())));
    expect(new Set(answers.map(({ body }) => body.number)).size).toBe(60);
    expect(await joined()).toBe(before + 60);
    expect(loadWatch().inFlight).toBe(0);
  });

  it("leaves a session that is said twice to the slow way, which refuses it", async () => {
    const [[server, path]] = (await lines()) as [[Server, string]];
    const { authorization } = bearer() as { authorization: string };
    const socket = connect(portOf(server), "127.0.0.1");
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nauthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
    );
    let answer = "";
    for await (const chunk of socket) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
  });

  it("is refused at once where too many calls are under way", async () => {
    const [[server, path]] = (await lines()) as [[Server, string]];
    loadWatch().inFlight += 5000;
    try {
      const answer = await ask(server, path, bearer());
      expect([answer.status, answer.body.code]).toEqual([503, "unavailable"]);
    } finally {
      loadWatch().inFlight -= 5000;
    }
  });
});
