import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimDataDir, findOwner } from "./embedded-owner";
import { processStart } from "./embedded-processes";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "frontrow-owner-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const me = { role: "command", name: "a test" } as const;

describe("the owner of a data directory", () => {
  it("is one, until it lets go", async () => {
    const first = await claimDataDir(dir, me);
    expect((await claimDataDir(dir, me)).owner).toMatchObject({ pid: process.pid, name: "a test", postgres: null });
    await first.claim?.announce({ pid: 7, port: 5432 });
    expect(await findOwner(dir)).toMatchObject({ postgres: { pid: 7, port: 5432 } });
    await first.claim?.release();
    expect(await findOwner(dir)).toBeNull();
    expect((await claimDataDir(dir, me)).claim).toBeDefined();
    expect(await readdir(dir)).toEqual(["owner-2.json"]);
  });

  it("is one of many who ask at the same moment, also over a dead one's file, again and again", async () => {
    for (let round = 0; round < 50; round += 1) {
      const here = path.join(dir, String(round));
      await mkdir(here);
      const dead = { ...me, pid: process.pid, began: "another boot:1", postgres: null };
      await writeFile(path.join(here, "owner-1.json"), JSON.stringify(dead));
      const answers = await Promise.all(Array.from({ length: 20 }, () => claimDataDir(here, me)));
      expect(answers.filter(({ claim }) => claim)).toHaveLength(1);
      expect(await readdir(here)).toEqual(["owner-2.json"]);
    }
  });

  it("is one at a time while many take it in turns", async () => {
    let inside = 0;
    let most = 0;
    const taken: number[] = [];
    const takeOnce = async (who: number) => {
      for (;;) {
        const { claim } = await claimDataDir(dir, me);
        if (!claim) continue;
        inside += 1;
        most = Math.max(most, inside);
        taken.push(who);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        return await claim.release();
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, who) => takeOnce(who)));
    expect(most).toBe(1);
    expect(taken.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, who) => who));
    expect(await readdir(dir)).toHaveLength(1);
  });

  it("is nobody if the process is gone, or if a later one has its number", async () => {
    const child = spawn("sleep", ["60"]);
    const began = (await processStart(child.pid as number)) as string;
    const file = path.join(dir, "owner-1.json");
    const write = (owner: object) => writeFile(file, JSON.stringify({ ...me, postgres: null, ...owner }));
    await write({ pid: child.pid, began });
    expect(await findOwner(dir)).toMatchObject({ pid: child.pid });
    await write({ pid: child.pid, began: `${began}0` });
    expect(await findOwner(dir)).toBeNull();
    await write({ pid: child.pid, began });
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    expect(await findOwner(dir)).toBeNull();
    await writeFile(file, '{"pid":');
    expect((await claimDataDir(dir, me)).claim).toBeDefined();
    expect(JSON.parse(await readFile(path.join(dir, "owner-2.json"), "utf8"))).toMatchObject({ pid: process.pid });
  });
});
