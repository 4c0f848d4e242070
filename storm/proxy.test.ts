import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TcpProxy } from "./proxy";

let server: Server;
let proxy: TcpProxy;
let heard = "";
let port: number;
let isThere = true;

beforeEach(async () => {
  heard = "";
  isThere = true;
  server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      heard += chunk;
      socket.write(`answer to ${chunk}`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy = new TcpProxy(() => (isThere ? (server.address() as AddressInfo).port : null));
  port = await proxy.listen();
});
afterEach(async () => {
  await proxy.close();
  server.close();
});

async function open(): Promise<{ socket: Socket; said: () => string; ended: Promise<string> }> {
  const socket = connect(port, "127.0.0.1");
  let said = "";
  socket.on("data", (chunk) => {
    said += chunk;
  });
  const ended = new Promise<string>((resolve) => {
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
    socket.on("close", () => resolve("closed"));
  });
  await once(socket, "connect");
  return { socket, said: () => said, ended };
}

describe("the proxy", () => {
  it("passes everything on until it is told otherwise", async () => {
    const { socket, said } = await open();
    socket.write("hello");
    await expect.poll(said).toBe("answer to hello");
    socket.end();
    await expect.poll(() => heard).toBe("hello");
    expect([proxy.cuts, proxy.lost]).toEqual([0, 0]);
  });

  it("cuts a request half-way", async () => {
    const { socket, said, ended } = await open();
    socket.write("a");
    await expect.poll(said).toBe("answer to a");
    proxy.cut(1, { way: "there", after: 3 });
    socket.write("bcdefg");
    expect(await ended).toMatch(/ECONNRESET|closed/);
    await expect.poll(() => heard).toBe("abcd");
    expect([proxy.cuts, proxy.lost]).toEqual([1, 0]);
  });

  it("cuts an answer half-way, and loses one whole while its request arrives", async () => {
    for (const [after, wanted] of [
      [7, "answer "],
      [0, ""],
    ] as const) {
      heard = "";
      const { socket, said, ended } = await open();
      // Until the other side is connected, nothing is there to be cut.
      await new Promise((resolve) => setTimeout(resolve, 20));
      proxy.cut(1, { way: "back", after });
      socket.write("x");
      expect(await ended).toMatch(/ECONNRESET|closed/);
      expect(wanted.startsWith(said())).toBe(true);
      expect(heard).toBe("x");
    }
    expect([proxy.cuts, proxy.lost]).toEqual([1, 1]);
  });

  it("meets its share of the connections only, and lets newcomers go while nobody is there", async () => {
    const all = [await open(), await open(), await open(), await open()];
    await new Promise((resolve) => setTimeout(resolve, 20));
    proxy.cut(0.5, { way: "there", after: 0 });
    for (const { socket } of all) socket.write("x");
    await expect.poll(() => proxy.cuts).toBe(2);
    isThere = false;
    expect(await (await open()).ended).toMatch(/ECONNRESET|closed/);
  });
});
