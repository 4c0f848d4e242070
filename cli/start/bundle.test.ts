import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { bundle } from "./bundle.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

describe("the program that is made of the server", () => {
  it("is the same for the same sources, also for two who ask at once", async () => {
    const [one, two] = await Promise.all([bundle("server.ts"), bundle("server.ts")]);
    expect(one).toBe(two);
    expect(await bundle("storm/server.ts")).not.toBe(one);
  });

  it("lies where a first build can still say what kind of scripts the pages are", async () => {
    const file = await bundle("server.ts");
    expect(path.relative(path.join(ROOT, ".next"), file).startsWith("..")).toBe(true);
  });

  it("finds its packages and the files that lie beside its sources, wherever it is started from", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "frontrow-bundle-"));
    try {
      const run = promisify(execFile)(process.execPath, [await bundle("server.ts"), "--help"], { cwd: folder });
      expect((await run).stdout).toContain("Starts everything on one port");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
