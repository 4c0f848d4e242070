import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pause } from "@/db/embedded-processes";
import { StormPostgres } from "./postgres";

let dir: string;
let postgres: StormPostgres;
let throughProxy: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "frontrow-storm-test-"));
  postgres = new StormPostgres(path.join(dir, "data"), path.join(dir, "postgres.log"));
  throughProxy = await postgres.start();
});
afterAll(async () => {
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
});

async function ask(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ one: number }>("select 1 as one").finally(() => client.end());
  return rows[0]?.one ?? 0;
}

const FIELDS = ["SFATAL", "C28P01", 'Mpassword authentication failed for user "frontrow"', "", ""].join("\0");

/** Another PostgreSQL, as far as our password goes: it takes the port as soon as it is free, and refuses us. */
function takeOver(port: number): { server: Server; taken: Promise<void>; callers: () => number } {
  let callers = 0;
  const server = createServer((socket) => {
    callers += 1;
    socket.on("error", () => {});
    const head = Buffer.alloc(5);
    head.write("E");
    head.writeInt32BE(FIELDS.length + 4, 1);
    socket.end(Buffer.concat([head, Buffer.from(FIELDS)]));
  });
  const taken = (async () => {
    for (;;) {
      const isMine = await new Promise((resolve) => {
        server.once("error", () => resolve(false));
        server.listen(port, "127.0.0.1", () => resolve(true));
      });
      if (isMine) return;
      await pause(1);
    }
  })();
  return { server, taken, callers: () => callers };
}

describe("a storm's PostgreSQL", () => {
  it("is reached when it is back, though another one took its port and knows no password of ours", async () => {
    const port = Number(new URL(postgres.url).port);
    const other = takeOver(port);
    try {
      const killing = postgres.kill();
      await other.taken;
      // This is what whoever trusts in the port meets.
      const before = new URL(postgres.url);
      before.searchParams.delete("host");
      await expect(ask(before.href)).rejects.toThrow(/password authentication failed/);
      const callers = other.callers();
      // It is dead or comes back, and is never somebody else.
      for (const url of [postgres.url, throughProxy]) {
        await ask(url).catch((error) => expect(error.message).not.toMatch(/password/));
      }
      await killing;
      expect(await ask(postgres.url)).toBe(1);
      expect(await ask(throughProxy)).toBe(1);
      expect(other.callers()).toBe(callers);
    } finally {
      other.server.close();
    }
  });

  it("keeps a log of all its lives, with the storm's own words", async () => {
    const read = () => readFile(postgres.logFile, "utf8");
    await expect.poll(read).toMatch(/database system was interrupted/);
    expect((await read()).match(/storm: process \d+ answers at port/g)).toHaveLength(2);
    expect(await read()).toMatch(/storm: process \d+ is gone, killed/);
  });

  it("comes back also if it dies by itself in the moment in which it is to be killed", async () => {
    const pid = Number(
      (await readFile(postgres.logFile, "utf8"))
        .match(/process (\d+) answers/g)
        ?.at(-1)
        ?.match(/\d+/),
    );
    process.kill(pid, "SIGKILL");
    await postgres.kill();
    await postgres.untilUp();
    expect(await ask(postgres.url)).toBe(1);
  });

  it("says so if its files are gone, and does not begin anew", async () => {
    await rename(path.join(dir, "data"), path.join(dir, "elsewhere"));
    await expect(postgres.kill()).rejects.toThrow(/took PostgreSQL's files away/);
    await expect(postgres.untilUp()).rejects.toThrow(/took PostgreSQL's files away/);
  });
});
