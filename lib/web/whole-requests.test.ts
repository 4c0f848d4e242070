import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { answerWholeRequests, isWholeRequest } from "./whole-requests";

const get = (path: string, more = "") => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
const post = (path: string, body: string) =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Requests that were taken and wait for their answer. */
let waiting: (() => void)[] = [];

/** What is answered before Node, by its path. */
const QUICK = /^GET \/quick(\/\w+)? HTTP\/1.1\r\nHost: x\r\n\r\n$/;
const LATE = /^GET (\/late\/\w+) HTTP\/1.1\r\nHost: x\r\n\r\n$/;
const quickly = (text: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;

let server: Server;
let lane: ReturnType<typeof answerWholeRequests>;
let clients: Client[] = [];
afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  clients = [];
  waiting = [];
  await close();
});

async function close(): Promise<void> {
  if (!server?.listening) return;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

type Listener = (req: IncomingMessage, res: ServerResponse) => void;

const echo: Listener = (req, res) => {
  let body = "";
  req.on("data", (chunk) => {
    body += chunk;
  });
  req.on("end", () => res.end(`node ${req.url} ${body}`));
};

async function open(listener: Listener = echo, options: object = {}) {
  const seen: string[] = [];
  server = createServer({ connectionsCheckingInterval: 20, ...options }, listener);
  lane = answerWholeRequests(server, (request, reply) => {
    seen.push(request);
    const [, late] = LATE.exec(request) ?? [];
    if (late) waiting.push(() => reply(quickly(late)));
    else if (QUICK.test(request)) reply(quickly(`quick${QUICK.exec(request)?.[1] ?? ""}`));
    else return false;
    return true;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return seen;
}

/** One connection: sends bytes as they are, and gives back what comes. */
class Client {
  received = "";
  isClosed = false;
  private constructor(readonly socket: Socket) {
    socket.setEncoding("latin1").setNoDelay(true);
    socket.on("data", (text: unknown) => {
      this.received += text;
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isClosed = true;
    });
    clients.push(this);
  }
  static async open(): Promise<Client> {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    return new Client(socket);
  }
  /** The bodies of all answers so far. */
  get bodies(): string[] {
    return this.received
      .split("HTTP/1.1 ")
      .slice(1)
      .map((answer) => answer.slice(answer.indexOf("\r\n\r\n") + 4).replace(/^[\da-f]+\r\n|\r\n0\r\n\r\n$/g, ""));
  }
  async ask(bytes: string): Promise<string> {
    const before = this.bodies.length;
    this.socket.write(bytes, "latin1");
    await expect.poll(() => this.bodies.length, { interval: 2 }).toBe(before + 1);
    return this.bodies.at(-1) as string;
  }
}

/** Long enough for bytes to arrive as a chunk of their own. */
const pause = (ms = 30) => new Promise((resolve) => setTimeout(resolve, ms));

describe("isWholeRequest", () => {
  it("knows one request from its first byte to its last", () => {
    for (const whole of [get("/a"), get("/a", "Cookie: a=b; c\r\n"), post("/a", "{}"), post("/a", "")]) {
      expect(isWholeRequest(whole)).toBe(true);
    }
  });

  it("takes nothing for one that may be read in another way", () => {
    for (const other of [
      get("/a").slice(0, -1),
      `${get("/a")}G`,
      get("/a") + get("/b"),
      post("/a", "{}").slice(0, -1),
      `${post("/a", "{}")} `,
      get("/a", "Transfer-Encoding: chunked\r\n"),
      get("/a", "transfer-encoding:identity\r\n"),
      get("/a", "Upgrade: websocket\r\n"),
      get("/a", "Expect: 100-continue\r\n"),
      get("/a", "X: a\r\n Content-Length: 5\r\n"),
      get("/a", "Content-Length :5\r\n"),
      get("/a", "Content-Length:\r\n 5\r\n"),
      get("/a", "X: a\nContent-Length: 5\r\n"),
      get("/a", "X: a\rContent-Length: 5\r\n"),
      get("/a").replace("1.1", "1.0"),
      get("/a").replaceAll("\r", ""),
      get("/a").replace("GET", "CONNECT"),
      get("/a b"),
      "GET /a HTTP/1.1\r\n\r\n",
      `\r\n${get("/a")}`,
    ]) {
      expect(isWholeRequest(other), JSON.stringify(other)).toBe(false);
    }
  });
});

describe("a server that answers whole requests before Node", () => {
  it("leaves the first to Node and whatever else it does not answer, in between too", async () => {
    const seen = await open();
    const client = await Client.open();
    expect(await client.ask(get("/quick"))).toBe("node /quick ");
    expect(await client.ask(get("/quick"))).toBe("quick");
    expect(await client.ask(post("/other", "{}"))).toBe("node /other {}");
    expect(await client.ask(get("/quick/b"))).toBe("quick/b");
    expect(await client.ask(get("/other"))).toBe("node /other ");
    expect(await client.ask(get("/quick/c"))).toBe("quick/c");
    expect(seen).toHaveLength(5);
  });

  it("answers in the order of the requests, whoever answers them", async () => {
    const waiting: (() => void)[] = [];
    await open((req, res) => {
      if (req.url !== "/slow") return void res.end(`node ${req.url} `);
      waiting.push(() => res.end("node /slow "));
    });
    const client = await Client.open();
    await client.ask(get("/first"));
    client.socket.write(get("/slow"));
    await expect.poll(() => waiting.length).toBe(1);
    client.socket.write(get("/quick/a"));
    await pause();
    expect(client.bodies).toHaveLength(1);
    waiting[0]?.();
    await expect.poll(() => client.bodies).toEqual(["node /first ", "node /slow ", "node /quick/a "]);
    // Between two requests again.
    expect(await client.ask(get("/quick/b"))).toBe("quick/b");
    // In one piece they are Node's.
    client.socket.write(get("/quick/c") + get("/quick/d"));
    await expect.poll(() => client.bodies.slice(4)).toEqual(["node /quick/c ", "node /quick/d "]);
  });

  it("keeps the order where answers of its own wait for others that came with them", async () => {
    await open();
    const client = await Client.open();
    await client.ask(get("/first"));
    // Both chunks within one turn of the loop, as a slow turn would find them.
    const [connection] = await new Promise<Socket[]>(
      (resolve) => server.once("request", (req) => resolve([req.socket])) && client.socket.write(get("/who")),
    );
    await expect.poll(() => client.bodies.length).toBe(2);
    connection?.emit("data", Buffer.from(get("/quick/a")));
    connection?.emit("data", Buffer.from(get("/other")));
    await expect.poll(() => client.bodies.slice(2)).toEqual(["quick/a", "node /other "]);
  });

  it("never takes the body of a request for a request", async () => {
    const inBody = get("/quick");
    const head = post("/upload", "x".repeat(inBody.length)).replace(/x+$/, "");
    const impatient: Listener = (_req, res) => void res.end("too early");
    for (const listener of [echo, impatient]) {
      const seen = await open(listener);
      const client = await Client.open();
      await client.ask(get("/first"));
      client.socket.write(head);
      await pause();
      const answers = client.bodies.length;
      client.socket.write(inBody);
      await pause();
      // Only the head was shown to it, and what came next was Node's to read.
      expect(seen).toEqual([head]);
      expect(client.bodies.slice(1)).toEqual([listener === echo ? `node /upload ${inBody}` : "too early"]);
      expect(answers).toBe(listener === echo ? 1 : 2);
      client.socket.destroy();
      await close();
    }
  });

  it("takes the same bytes for one where they are (so that the last test can fail)", async () => {
    const seen = await open((_req, res) => void res.end("too early"));
    const client = await Client.open();
    await client.ask(get("/first"));
    await client.ask(post("/upload", ""));
    expect(await client.ask(get("/quick"))).toBe("quick");
    expect(seen).toHaveLength(2);
  });

  it("leaves a connection to Node for good after a request in pieces", async () => {
    const seen = await open();
    const client = await Client.open();
    await client.ask(get("/first"));
    client.socket.write(get("/quick").slice(0, 9));
    await pause();
    expect(await client.ask(get("/quick").slice(9))).toBe("node /quick ");
    expect(await client.ask(get("/quick"))).toBe("node /quick ");
    expect(seen).toHaveLength(1);
  });

  it("leaves an upgraded connection to whoever took it", async () => {
    const seen = await open();
    let told = "";
    server.on("upgrade", (_req, socket: Socket) => {
      socket.on("data", (bytes) => {
        told += bytes;
      });
      socket.on("end", () => socket.destroy());
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
    });
    const client = await Client.open();
    await client.ask(get("/first"));
    client.socket.write(get("/socket", "Connection: Upgrade\r\nUpgrade: echo\r\n"));
    await expect.poll(() => client.received).toContain("101 Switching");
    client.socket.write(get("/quick"));
    await expect.poll(() => told).toBe(get("/quick"));
    expect(seen).toHaveLength(1);
    client.socket.end();
    await expect.poll(() => client.isClosed).toBe(true);
  });

  it("lets a connection live that only asks what Node never sees, and ends one that says nothing", async () => {
    await open(echo, { headersTimeout: 100, requestTimeout: 100, keepAliveTimeout: 200 });
    const [busy, silent] = [await Client.open(), await Client.open()];
    await busy.ask(get("/first"));
    await silent.ask(get("/first"));
    await silent.ask(get("/quick"));
    const until = Date.now() + 3000;
    for (; !silent.isClosed && Date.now() < until; await pause()) expect(await busy.ask(get("/quick"))).toBe("quick");
    expect([silent.isClosed, busy.isClosed]).toEqual([true, false]);
  });

  it("ends a connection that never says anything, and refuses what is no request", async () => {
    await open(echo, { headersTimeout: 100, requestTimeout: 100 });
    const [mute, odd] = [await Client.open(), await Client.open()];
    await odd.ask(get("/first"));
    odd.socket.write("Nonsense\r\n\r\n");
    await expect.poll(() => odd.received).toContain("HTTP/1.1 400");
    await expect.poll(() => mute.isClosed, { timeout: 5000 }).toBe(true);
  });

  it("does not write more for a client that reads nothing", async () => {
    const seen = await open();
    const client = await Client.open();
    await client.ask(get("/first"));
    const [connection] = await new Promise<Socket[]>(
      (resolve) => server.once("request", (req) => resolve([req.socket])) && client.socket.write(get("/who")),
    );
    await expect.poll(() => client.bodies.length).toBe(2);
    const before = seen.length;
    client.socket.pause();
    connection?.write("x".repeat(20_000_000));
    connection?.emit("data", Buffer.from(get("/quick")));
    expect(connection?.writableLength).toBeGreaterThan(0);
    expect(seen).toHaveLength(before);
  });

  it("reads nothing more of a connection before the answer that it waits for, and then goes on", async () => {
    const seen = await open();
    const client = await Client.open();
    await client.ask(get("/first"));
    client.socket.write(get("/late/a"));
    await expect.poll(() => waiting.length).toBe(1);
    client.socket.write(get("/quick/b"));
    await pause();
    client.socket.write(get("/other") + get("/late/c"));
    await pause();
    expect([client.bodies.length, seen.length]).toEqual([1, 1]);
    waiting[0]?.();
    // What came in one piece is Node's.
    await expect.poll(() => client.bodies.slice(1)).toEqual(["/late/a", "quick/b", "node /other ", "node /late/c "]);
    const again = await Client.open();
    await again.ask(get("/first"));
    again.socket.write(get("/late/d"));
    await expect.poll(() => waiting.length).toBe(2);
    again.socket.write(get("/quick/e"));
    await pause();
    waiting[1]?.();
    await expect.poll(() => again.bodies.slice(1)).toEqual(["/late/d", "quick/e"]);
  });

  it("forgets a client that hangs up before the answer, with what it had sent", async () => {
    const asked: string[] = [];
    await open((req, res) => {
      asked.push(req.url ?? "");
      res.end("node");
    });
    for (const leave of [(socket: Socket) => socket.destroy(), (socket: Socket) => socket.end()]) {
      const client = await Client.open();
      await client.ask(get("/first"));
      client.socket.write(get("/late/a"));
      await expect.poll(() => waiting.length).toBe(1);
      client.socket.write(get("/quick/b"));
      await pause();
      leave(client.socket);
      await pause();
      waiting.pop()?.();
      await expect.poll(() => client.isClosed).toBe(true);
    }
    const other = await Client.open();
    expect(await other.ask(get("/first"))).toBe("node");
    expect(new Set(asked)).toEqual(new Set(["/first"]));
    await lane.stop();
  });

  it("stops when everybody has an answer, and takes nothing more until then", async () => {
    const seen = await open();
    const [one, two] = [await Client.open(), await Client.open()];
    for (const client of [one, two]) await client.ask(get("/first"));
    one.socket.write(get("/late/a"));
    await expect.poll(() => waiting.length).toBe(1);
    let isStopped = false;
    const stopping = lane.stop().then(() => {
      isStopped = true;
    });
    expect(await two.ask(get("/quick"))).toBe("node /quick ");
    expect([isStopped, seen.length]).toEqual([false, 1]);
    waiting[0]?.();
    await stopping;
    server.close();
    await expect.poll(() => [one, two].map(({ isClosed }) => isClosed)).toEqual([true, true]);
    expect(one.bodies).toEqual(["node /first ", "/late/a"]);
  });

  it("is cut off by a server that closes before that (negative control)", async () => {
    await open();
    const client = await Client.open();
    await client.ask(get("/first"));
    client.socket.write(get("/late/a"));
    await expect.poll(() => waiting.length).toBe(1);
    server.close();
    await expect.poll(() => client.isClosed).toBe(true);
    waiting[0]?.();
    expect(client.bodies).toHaveLength(1);
  });

  it("is idle between requests, so that a server that stops lets go of it", async () => {
    await open();
    const client = await Client.open();
    await client.ask(get("/first"));
    await client.ask(get("/quick"));
    server.closeIdleConnections();
    await expect.poll(() => client.isClosed).toBe(true);
  });
});
