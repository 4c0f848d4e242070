import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startEmbedded } from "./embedded";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "frontrow-embedded-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe("the password of a cluster", () => {
  it("stays while the cluster cannot be seen, such as on a disk that is not there now", async () => {
    await mkdir(path.join(dir, "data"));
    await writeFile(path.join(dir, "data/postgres-password"), "the only one\n");
    await symlink(path.join(dir, "another disk"), path.join(dir, "data/postgres"));
    await expect(startEmbedded({ dir: path.join(dir, "data") })).rejects.toThrow();
    expect(await readFile(path.join(dir, "data/postgres-password"), "utf8")).toBe("the only one\n");
  });
});
