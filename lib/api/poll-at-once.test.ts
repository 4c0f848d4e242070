import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeDb, getDb } from "@/db/client";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { provideEnv } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { joinQueue } from "@/lib/queue/join-queue";
import { leaveQueue } from "@/lib/queue/leave-queue";
import { stopLines } from "@/lib/queue/line";
import { readQueueToken } from "@/lib/queue/token";
import { createHttpServer } from "@/lib/web/http-server";
import { answerWholeRequests } from "@/lib/web/whole-requests";
import { handleApi } from "./node";
import { loadWatch } from "./overload";
import { answerPollAtOnce } from "./poll-at-once";

let database: TestDatabase;
let server: Server;
let concertId: string;
let tokens: string[];
/** How many requests Node saw. */
let atNode = 0;

beforeAll(async () => {
  database = await cloneDatabase();
  provideEnv({ databaseUrl: database.url });
  server = createHttpServer();
  answerWholeRequests(server, answerPollAtOnce);
  server.on("request", (req, res) => {
    atNode += 1;
    handleApi(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ id: concertId } = await makeConcert(database.db, { waitingRoom: { activeLimit: 0 } }));
  tokens = [];
  while (tokens.length < 3) tokens.push(await join());
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  stopLines(getDb());
  await closeDb();
  await database.drop();
});

async function join(): Promise<string> {
  const { id: userId } = await makeUser(database.db);
  const { view } = await joinQueue(getDb(), { concertId, userId });
  return view.token as string;
}

function answerTo(request: string): string | null {
  let answer: string | null = null;
  const isTaken = answerPollAtOnce(request, (text) => {
    answer = text;
  });
  expect(isTaken).toBe(answer !== null);
  return answer;
}

const poll = (token: string, more = "") =>
  `GET /api/concerts/${concertId}/queue HTTP/1.1\r\nHost: x\r\nQueue-Token: ${token}\r\n${more}\r\n`;

/** The answers to requests sent one after the other on one connection, as they came. */
async function askAll(requests: string[]): Promise<string[]> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const answers: string[] = [];
  for (const request of requests) {
    const answer = new Promise<string>((resolve) => socket.once("data", (bytes) => resolve(String(bytes))));
    socket.write(request);
    answers.push(await answer);
  }
  socket.destroy();
  return answers;
}

/** An answer without what no two of them have in common. */
const plain = (answer: string) =>
  answer
    .replace(/\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/, "\r\nDate: now\r\n")
    .replace(/\r\nContent-Length: \d+\r\n/, "\r\nContent-Length: right\r\n")
    .replace(/\r\nRequest-Id: [\w-]{12}-[0-9a-z]+\r\n/, "\r\nRequest-Id: new\r\n")
    .replace(/"pollAfterMs":\d+/, '"pollAfterMs":some')
    .replace(/"at":"[\d-]+T[\d:.]+Z"/, '"at":"now"');

const headOf = (answer: string) => answer.slice(0, answer.indexOf("\r\n\r\n")).split("\r\n");
const sortedHead = (answer: string) => headOf(plain(answer)).sort();
const bodyOf = (answer: string) => answer.slice(answer.indexOf("\r\n\r\n") + 4);

describe("a poll answered before Node", () => {
  it("has the words and headers of one that Node took, and a length that is right", async () => {
    const before = atNode;
    const [token] = tokens as [string];
    const [slow, quick, again] = (await askAll([poll(token), poll(token), poll(token)])) as [string, string, string];
    expect(atNode).toBe(before + 1);
    expect(sortedHead(quick)).toEqual(sortedHead(slow));
    expect(bodyOf(plain(quick))).toBe(bodyOf(plain(slow)));
    for (const answer of [quick, again]) {
      expect(answer).toContain(`\r\nContent-Length: ${Buffer.byteLength(bodyOf(answer))}\r\n`);
      expect(JSON.parse(bodyOf(answer))).toMatchObject({ status: "waiting", number: 1, position: 1 });
    }
    expect(/Request-Id: (.*)/.exec(quick)?.[1]).not.toBe(/Request-Id: (.*)/.exec(again)?.[1]);
  });

  it("tells each fan the own place, also where one is gone", async () => {
    const third = tokens[2] as string;
    const place = async () => JSON.parse(bodyOf((await askAll([poll(third), poll(third)]))[1] as string)).position;
    expect(await place()).toBe(3);
    const gone = await join();
    const last = await join();
    await leaveQueue(getDb(), readQueueToken(gone) as never);
    expect(JSON.parse(bodyOf(answerTo(poll(last)) as string))).toMatchObject({ number: 5, position: 4 });
    expect(answerTo(poll(gone))).toBeNull();
  });

  it("is one as browsers and proxies send it", () => {
    const [token] = tokens as [string];
    for (const request of [
      poll(token),
      poll(
        token,
        "Connection: keep-alive\r\nUser-Agent: Mozilla/5.0 (X11)\r\nCookie: a=b; c=d\r\nX-Seoul: \xec\x84\x9c\r\n",
      ),
      poll(token).replace("Queue-Token: ", "queue-token:").replace("Host", "HOST"),
      poll(token).replace("Host: x\r\n", "Accept: */*\r\nHost: x\r\n"),
    ]) {
      expect(answerTo(request)).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    }
  });

  it("leaves to Node what is out of the ordinary", () => {
    const [token] = tokens as [string];
    const flipped = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
    const usual = poll(token);
    for (const request of [
      usual.replace("GET", "POST"),
      usual.replace("GET", "get"),
      usual.replace("/queue ", "/QUEUE "),
      usual.replace("/queue ", "/queue?x=1 "),
      usual.replace("/queue ", "/queue/pulse "),
      usual.replace("HTTP/1.1", "HTTP/1.0"),
      usual.replace("HTTP/1.1", "http/1.1"),
      usual.replace(concertId, newId()),
      usual.replace(concertId, concertId.toUpperCase()),
      usual.replace("Host: x\r\n", ""),
      usual.replace("Host: x\r\n", "X-Host: x\r\n"),
      usual.replace(/Queue-Token: .*\r\n/, ""),
      usual.replace(token, flipped),
      usual.replace(token, `${token}A`),
      usual.replace(token, `${token} `),
      poll(token, `Queue-Token: ${token}\r\n`),
      poll(token, `queue-token: ${flipped}\r\n`),
      poll(token, "Content-Length: 0\r\n"),
      poll(token, "content-length: 4\r\n"),
      poll(token, "Transfer-Encoding: chunked\r\n"),
      poll(token, "Connection: close\r\n"),
      poll(token, "Connection: keep-alive, close\r\n"),
      poll(token, "Connection:close\r\n"),
      poll(token, "Upgrade: h2c\r\n"),
      poll(token, "Expect: 100-continue\r\n"),
      poll(token, "X: a\r\n b\r\n"),
      poll(token, "X : a\r\n"),
      poll(token, "X: a\nContent-Length: 4\r\n"),
      poll(token, "X: a\0\r\n"),
      usual.slice(0, -2),
      `${usual}{}`,
      usual + usual,
    ]) {
      expect(answerTo(request), JSON.stringify(request)).toBeNull();
    }
    expect(answerTo(usual)).not.toBeNull();
  });

  it("is refused with the others while the server is overloaded", async () => {
    const load = loadWatch();
    const [token] = tokens as [string];
    load.inFlight += 1_000_000;
    try {
      expect((await askAll([poll(token), poll(token)])).map((answer) => headOf(answer)[0])).toEqual(
        Array(2).fill("HTTP/1.1 503 Service Unavailable"),
      );
    } finally {
      load.inFlight -= 1_000_000;
    }
  });
});
