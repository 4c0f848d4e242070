import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { BARE_POLICY, policyOf } from "@/lib/web/security-headers";
import { finishPages } from "./finished-pages";
import { type LightScript, lighten } from "./light-pages";

const PAGE = `<!DOCTYPE html><html><head><script src="/a.js"></script></head><body>${"공연 ".repeat(400)}<script>run()</script></body></html>`;

let close = () => {};
afterEach(() => close());

/** A server whose pages are written by `write`, as Next writes them. */
async function serve(
  write: (req: IncomingMessage, res: ServerResponse) => void,
  light: LightScript | null = null,
): Promise<string> {
  const server = createServer((req, res) => {
    finishPages(req, res, light);
    write(req, res);
  });
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
}

/** In two pieces, the second with the end, cut through a letter. */
function writePage(_req: IncomingMessage, res: ServerResponse): void {
  const bytes = Buffer.from(PAGE);
  res.setHeader("Content-Type", "text/html; charset=utf-8");
  res.setHeader("Vary", "rsc");
  res.writeHead(200);
  res.write(bytes.subarray(0, 101));
  res.end(bytes.subarray(101));
}

describe("a finished page", () => {
  it("carries the policy of its own scripts, an ETag and its length", async () => {
    const answer = await fetch(await serve(writePage), { headers: { "Accept-Encoding": "identity" } });
    expect(await answer.text()).toBe(PAGE);
    expect(answer.headers.get("content-security-policy")).toBe(policyOf(PAGE));
    expect(answer.headers.get("content-length")).toBe(String(Buffer.byteLength(PAGE)));
    expect(answer.headers.get("vary")).toBe("rsc, Accept-Encoding");
    expect(answer.headers.get("etag")).toMatch(/^"[\w-]{22}"$/);
  });

  it("is not sent again to whom has it", async () => {
    const url = await serve(writePage);
    const etag = (await fetch(url)).headers.get("etag") as string;
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const answer = await fetch(url, { headers: { "If-None-Match": known } });
      expect(answer.status).toBe(304);
      // A browser takes a 304's headers over the ones it kept.
      expect(answer.headers.get("content-security-policy")).toBe(policyOf(PAGE));
      expect(await answer.text()).toBe("");
    }
    expect((await fetch(url, { headers: { "If-None-Match": '"other"' } })).status).toBe(200);
  });

  it.each([
    ["br, gzip", "br", brotliDecompressSync],
    ["gzip", "gzip", gunzipSync],
    ["br;q=0, gzip", "gzip", gunzipSync],
  ] as const)("for %s is sent as %s", async (accepted, encoding, unpack) => {
    const { get } = await import("node:http");
    const url = await serve(writePage);
    const { body, header } = await new Promise<{ body: Buffer; header: unknown }>((resolve) => {
      get(url, { headers: { "Accept-Encoding": accepted } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk) => chunks.push(chunk));
        answer.on("end", () => resolve({ body: Buffer.concat(chunks), header: answer.headers["content-encoding"] }));
      });
    });
    expect(header).toBe(encoding);
    expect(unpack(body).toString()).toBe(PAGE);
    expect(body.length).toBeLessThan(500);
  });

  it("keeps its status, and an error has no ETag", async () => {
    const url = await serve((_req, res) => {
      res.writeHead(404, { "Content-Type": "text/html" });
      res.end("<p>nothing here</p>");
    });
    const answer = await fetch(url);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("etag")).toBeNull();
    expect(await answer.text()).toBe("<p>nothing here</p>");
  });

  it("is nothing but HTML: anything else passes as it is", async () => {
    const url = await serve((_req, res) => {
      res.statusCode = 307;
      res.setHeader("Location", "/ko");
      res.end("/ko");
    });
    const answer = await fetch(url, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location"), await answer.text()]).toEqual([307, "/ko", "/ko"]);
    expect(answer.headers.get("content-security-policy")).toBe(BARE_POLICY);
  });
});

describe("the waiting room's page", () => {
  const script = { src: "/_next/static/light/start.js", integrity: "sha384-x" };
  const room = PAGE.replace(
    "<body>",
    '<body><script src="/_next/a.js"></script><div data-island="waiting-room"></div>',
  );
  const writeRoom = (_req: IncomingMessage, res: ServerResponse) => {
    res.setHeader("Content-Type", "text/html");
    res.end(room);
  };

  it("comes light, under the policy and length of what is sent; any other page as it is", async () => {
    const url = await serve(writeRoom, script);
    const light = await fetch(`${url}ko/concerts/x/queue`, { headers: { "Accept-Encoding": "identity" } });
    const html = await light.text();
    expect(html).toBe(lighten(room, script));
    expect(html).not.toContain("/_next/a.js");
    expect(light.headers.get("content-length")).toBe(String(Buffer.byteLength(html)));
    expect(light.headers.get("content-security-policy")).toBe(policyOf(html));
    const other = await fetch(`${url}ko/concerts/x`);
    expect(await other.text()).toBe(room);
    expect(other.headers.get("etag")).not.toBe(light.headers.get("etag"));
  });

  it("stays as it is where no light script was built", async () => {
    expect(await (await fetch(`${await serve(writeRoom)}ko/concerts/x/queue`)).text()).toBe(room);
  });
});

describe("the door's page", () => {
  it("alone may run WebAssembly", async () => {
    const url = await serve(writePage);
    for (const [path, may] of [
      ["ko/organizer/check-in", true],
      ["en/organizer/check-in?x=1", true],
      ["ko/organizer/check-in/more", false],
      ["ko/organizer", false],
      ["", false],
    ] as const) {
      const policy = (await fetch(url + path)).headers.get("content-security-policy");
      expect(policy?.includes("'wasm-unsafe-eval'"), path).toBe(may);
      expect(policy).not.toContain("'unsafe-eval'");
    }
  });
});

describe("policyOf", () => {
  const scripts = (html: string) => policyOf(html).match(/script-src ([^;]*)/)?.[1];

  it("names inline scripts by hash, each once, and no others", () => {
    // printf 'run()' | openssl dgst -sha256 -binary | base64
    const run = "'sha256-AvyuiL0SD1mVY3NNxR+V2uo+lhk6RMFrytWmRt6CrJQ='";
    expect(scripts("<p>no script</p>")).toBe("'self'");
    expect(scripts('<script src="/a.js"></script>')).toBe("'self'");
    expect(scripts("<script>run()</script><script id='x'>run()</script>")).toBe(`'self' ${run}`);
    expect(scripts('<script async src="/a.js">run()</script>')).toBe("'self'");
  });

  it("is a 503 where the database was away, and a 500 where something else failed", async () => {
    const failed = (digest: string) => (_req: IncomingMessage, res: ServerResponse) => {
      res.setHeader("Content-Type", "text/html");
      res.writeHead(500);
      res.end(`<script>self.__next_f.push([1,"13:E{\\"digest\\":\\"${digest}\\"}\\n"])</script>`);
    };
    const away = await fetch(await serve(failed("unavailable")));
    expect(away.status).toBe(503);
    expect(away.headers.get("retry-after")).toBe("2");
    close();
    const broken = await fetch(await serve(failed("1234")));
    expect(broken.status).toBe(500);
    expect(broken.headers.get("retry-after")).toBeNull();
  });
});
