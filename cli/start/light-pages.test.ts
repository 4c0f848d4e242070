import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildLightScript } from "./light-build";
import { isLightPage, type LightScript, lighten } from "./light-pages";

const PAGE = [
  '<html><head><link rel="stylesheet" href="/a.css"/>',
  '<link rel="preload" as="script" fetchPriority="low" href="/_next/static/chunks/a.js"/>',
  '<script src="/_next/static/chunks/a.js" async=""></script><script>theme()</script></head><body>',
  '<div data-island="waiting-room"><p>줄</p><script type="application/json">{"a":"self.__next_f"}</script></div>',
  '<script id="_R_">(globalThis["TURBOPACK"]).push(1)</script>',
  '<script>(self.__next_f=self.__next_f||[]).push([0])</script><script>self.__next_f.push([1,"x"])</script>',
  "</body></html>",
].join("");

describe("a light page", () => {
  const script = { src: "/_next/static/light/start-1.js", integrity: "sha384-x" };

  it("has one script in place of Next's, and keeps its own and its data", () => {
    expect(lighten(PAGE, script)).toBe(
      [
        '<html><head><link rel="stylesheet" href="/a.css"/>',
        "<script>theme()</script>",
        '<script type="module" src="/_next/static/light/start-1.js" integrity="sha384-x"></script></head><body>',
        '<div data-island="waiting-room"><p>줄</p><script type="application/json">{"a":"self.__next_f"}</script></div>',
        "</body></html>",
      ].join(""),
    );
  });

  it("is the waiting room's only, and only where the room is on it", () => {
    expect(isLightPage("/ko/concerts/hongdae/queue")).toBe(true);
    for (const path of ["/ko/concerts/hongdae", "/ko/concerts/hongdae/queue/x", "/ko", "/api/concerts/x/queue"]) {
      expect(isLightPage(path)).toBe(false);
    }
    const failed = PAGE.replace("data-island", "data-other");
    expect(lighten(failed, script)).toBe(failed);
  });
});

describe("the light script", () => {
  let folder: string;
  let made: LightScript;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "frontrow-light-"));
    made = await buildLightScript(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("and its worker are no more than 120 kB together, compressed", async () => {
    const files = await readdir(path.join(folder, "light"));
    expect(files.map((file) => file.replace(/-[0-9a-f]{13}\.js$/, "")).sort()).toContain("line-clock");
    const contents = await Promise.all(files.map((file) => readFile(path.join(folder, "light", file))));
    const bytes = contents.reduce((sum, content) => sum + brotliCompressSync(content).length, 0);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(120_000);
  });

  it("is named by its content and carries its hash", async () => {
    expect(made.src).toMatch(/^\/_next\/static\/light\/start-[0-9a-f]{13}\.js$/);
    expect(await buildLightScript(folder)).toEqual(made);
    expect(made.integrity).toMatch(/^sha384-[\w+/]{64}$/);
  });
});
