import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compressStaticFiles, openStaticFiles } from "./static-files";

const SCRIPT = "console.log('공연');".repeat(200);
let folder: string;
let url: string;
let close = () => {};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "static-"));
  await mkdir(path.join(folder, "chunks"));
  await writeFile(path.join(folder, "chunks", "a.js"), SCRIPT);
  await writeFile(path.join(folder, "chunks", "font.woff2"), "font");
  await compressStaticFiles(folder);
  const lane = await openStaticFiles(folder);
  const server = createServer((req, res) => {
    if (!lane(req, res)) res.writeHead(418).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}/_next/static/chunks`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});

afterAll(async () => {
  close();
  await rm(folder, { recursive: true });
});

const get = (file: string, encodings: string, method = "GET") =>
  fetch(`${url}/${file}`, { method, headers: { "Accept-Encoding": encodings } });

describe("the build's files", () => {
  it("are sent packed, to be kept for ever", async () => {
    const answer = await get("a.js", "gzip, deflate, br, zstd");
    expect(answer.headers.get("content-encoding")).toBe("br");
    expect(Number(answer.headers.get("content-length"))).toBeLessThan(SCRIPT.length / 10);
    expect(answer.headers.get("cache-control")).toContain("immutable");
    expect(answer.headers.get("vary")).toBe("Accept-Encoding");
    expect(await answer.text()).toBe(SCRIPT);
  });

  it("have a head without a body", async () => {
    const answer = await get("a.js", "br", "HEAD");
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe("");
  });

  it.each([
    ["a.js", "gzip"],
    ["a.js", "gzip, br;q=0"],
    ["a.js", "br;q=0.0, gzip"],
    ["font.woff2", "br"],
    ["none.js", "br"],
    ["../chunks/none.js", "br"],
  ])("leave %s with %s to Next", async (file, encodings) => {
    expect((await get(file, encodings)).status).toBe(418);
  });

  it("take no other method", async () => {
    expect((await get("a.js", "br", "POST")).status).toBe(418);
  });
});
