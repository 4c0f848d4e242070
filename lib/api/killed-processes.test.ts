import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { signQueueToken } from "@/lib/queue/token";
import { type LineProcess, startLineProcess } from "./testing/start-line-process";

const AUTH_SECRET = "a-secret-for-tests-only-0123456789abcdef";
const FANS = 5000;
/** The longest that the line may stand still. */
const LONGEST_MS = 3000;

let test: TestDatabase;
let processes: LineProcess[] = [];

beforeAll(async () => {
  test = await cloneDatabase(6);
});
afterEach(async () => {
  await Promise.all(processes.filter((one) => one.isAlive()).map((one) => one.kill()));
  processes = [];
});
afterAll(() => test.drop());

type Fan = { number: number; token: string; best: Map<string, number> };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A line of 5,000 in which turns last two seconds, unless claimed: some fifty a second go through. */
async function makeLine(): Promise<{ id: string; fans: Fan[] }> {
  const { id } = await makeConcert(test.db, {
    waitingRoom: { mode: "on", activeLimit: 100, admissionsPerMinute: 6000, claimSeconds: 2 },
  });
  const enteredAt = new Date();
  const rows = Array.from({ length: FANS }, (_, at) => ({ entryId: newId(), userId: newId(), number: at + 1 }));
  await test.db.$client.query(
    `with line as (
       insert into queue_entries (concert_id, id, user_id, number, status, entered_at)
       select $1, id, user_id, number, 'waiting', $4 from unnest($2::uuid[], $3::uuid[]) with ordinality as fan (id, user_id, number))
     update queues set last_number = $5 where concert_id = $1`,
    [id, rows.map((row) => row.entryId), rows.map((row) => row.userId), enteredAt, FANS],
  );
  const fans = rows.map((row) => ({
    number: row.number,
    token: signQueueToken({ concertId: id, generation: 0, enteredAt, ...row }),
    best: new Map<string, number>(),
  }));
  return { id, fans };
}

async function servedThrough(id: string): Promise<number> {
  const { rows } = await test.db.execute<{ served: number }>(
    sql`select served_through as served from queues where concert_id = ${id}`,
  );
  return Number(rows[0]?.served);
}

/** Waits until the line has moved on from a number; answers to which. */
async function untilMoved(id: string, from: number): Promise<number> {
  for (;;) {
    const served = await servedThrough(id);
    if (served !== from) return served;
    await pause(50);
  }
}

/** What went wrong while `during` ran: the line stood still, or a fan was told something that cannot be. */
async function watch(line: { id: string; fans: Fan[] }, during: () => Promise<unknown>): Promise<string[]> {
  const faults: string[] = [];
  let isOver = false;
  let moves = 0;
  const progress = async () => {
    let [last, since] = [-1, performance.now()];
    let longest = 0;
    while (!isOver) {
      const served = await servedThrough(line.id);
      if (served !== last) {
        if (last >= 0) moves += 1;
        [last, since] = [served, performance.now()];
      }
      longest = Math.max(longest, performance.now() - since);
      await pause(50);
    }
    if (longest > LONGEST_MS) faults.push(`the line stood still for ${Math.round(longest)} ms`);
  };
  const polls = async (seed: number) => {
    for (let turn = seed; !isOver; turn += 1) {
      const fan = line.fans[(turn * 7919) % FANS] as Fan;
      const server = processes[turn % processes.length];
      if (!server) break;
      const fault = await pollOnce(line.id, fan, server);
      if (fault) faults.push(fault);
      await pause(2);
    }
  };
  const all = Promise.all([progress(), polls(1), polls(1234), polls(3210)]);
  await during();
  isOver = true;
  await all;
  if (moves === 0) faults.push("nobody had a turn");
  return faults;
}

/** Asks one process where a fan stands. A process that is being killed may not answer; nobody may be told wrong. */
async function pollOnce(concertId: string, fan: Fan, server: LineProcess): Promise<string | null> {
  const reply = await fetch(`${server.url}/api/concerts/${concertId}/queue`, {
    headers: { "Queue-Token": fan.token },
  }).catch(() => null);
  const text = await reply?.text().catch(() => null);
  if (!reply || text === null || text === undefined || reply.status === 503) return null;
  if (reply.status !== 200) return `number ${fan.number} was answered ${reply.status}: ${text}`;
  const { status, number, position } = JSON.parse(text);
  if (number !== fan.number) return `number ${fan.number} was told number ${number}`;
  if (!["waiting", "admitted", "expired"].includes(status)) return `number ${fan.number} was told ${status}`;
  if (status !== "waiting") return null;
  const best = fan.best.get(server.url) ?? fan.number;
  fan.best.set(server.url, Math.min(best, position));
  return position > best ? `number ${fan.number} went back from ${best} to ${position}` : null;
}

/** Whoever had no turn waits still, at the place that was given; those who had one are the first ones. */
async function lostPlaces(id: string): Promise<string[]> {
  const { rows } = await test.db.execute<{ number: number; status: string; served: number }>(sql`
    select e.number, e.status, q.served_through as served from queue_entries e join queues q on q.concert_id = e.concert_id
    where e.concert_id = ${id} order by e.number`);
  const faults = rows.length === FANS ? [] : [`${rows.length} places of ${FANS}`];
  for (const [at, { number, status, served }] of rows.entries()) {
    const expected = Number(number) <= Number(served) ? ["admitted", "expired"] : ["waiting"];
    if (Number(number) !== at + 1 || !expected.includes(status)) faults.push(`number ${number} is ${status}`);
  }
  return faults;
}

const start = async (hasTicker = true) => {
  const one = await startLineProcess(test.url, { authSecret: AUTH_SECRET, hasTicker });
  processes.push(one);
  return one;
};

describe("while processes are killed at random and 5,000 fans wait", () => {
  it("the line goes on within three seconds and nobody loses the place", async () => {
    const line = await makeLine();
    await Promise.all([start(), start(), start(), start()]);
    const faults = await watch(line, async () => {
      const coming: Promise<unknown>[] = [];
      for (let round = 0; round < 6; round += 1) {
        await pause(500 + Math.random() * 1000);
        while (processes.length < 2) await Promise.race([Promise.all(coming), pause(50)]);
        const victim = processes.splice(Math.floor(Math.random() * processes.length), 1)[0] as LineProcess;
        await victim.kill();
        if (round % 2 === 0) coming.push(start());
      }
      await Promise.all(coming);
      await pause(1000);
    });
    expect(faults).toEqual([]);
    expect(await lostPlaces(line.id)).toEqual([]);
  }, 120_000);

  it("would stand still if one process alone moved the line (negative control)", async () => {
    const line = await makeLine();
    const leader = await start();
    await start(false);
    const faults = await watch(line, async () => {
      const first = await untilMoved(line.id, 0);
      await untilMoved(line.id, first);
      processes = processes.filter((one) => one !== leader);
      await leader.kill();
      await pause(LONGEST_MS + 2500);
    });
    expect(faults).toEqual([expect.stringContaining("stood still")]);
  }, 120_000);

  it("would show a lost place (negative control)", async () => {
    const line = await makeLine();
    await start();
    const faults = await watch(line, async () => {
      await pause(500);
      // As if a dead process had kept the end of the line in its memory.
      await test.db.execute(sql`update queue_entries set number = number + 5000
        where concert_id = ${line.id} and number between 4000 and 4500`);
      await test.db.execute(sql`update queues set served_through = 4500 where concert_id = ${line.id}`);
      await pause(2500);
    });
    expect(faults.join()).toMatch(/was told number/);
    expect((await lostPlaces(line.id)).length).toBeGreaterThan(100);
  }, 120_000);
});
