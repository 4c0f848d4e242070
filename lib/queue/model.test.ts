import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "@/db/client";
import type { RoomMode } from "@/db/constants";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeConcert } from "@/db/testing/factories";
import { forgetAdmission, requireAdmission } from "./admission";
import { admitNext } from "./admit-next";
import { joinQueue } from "./join-queue";
import { leaveQueue } from "./leave-queue";
import { knownLine, stopLines } from "./line";
import { pollQueue } from "./poll-queue";
import type { QueueView } from "./schema";
import { ListLine, type Stay } from "./testing/list-line";
import { type QueueClaims, readQueueToken } from "./token";

let test: TestDatabase;
/** Two server processes, as far as the database can tell; each has snapshots of the line of its own. */
let processes: [Client, Client];

beforeAll(async () => {
  test = await cloneDatabase(6);
  processes = [test.db, createClient(test.url, 6)];
});
afterAll(async () => {
  await processes[1].$client.end();
  await test.drop();
});

/** What is put to the test; the negative controls put a broken part in. */
type Product = {
  tick(client: Client, concertId: string): Promise<number>;
  poll(client: Client, claims: QueueClaims): Promise<QueueView>;
};

const REAL: Product = { tick: admitNext, poll: pollQueue };

const CLAIM = 105;
const SESSION = 1005;
const FANS = 14;

class Real {
  readonly users = Array.from({ length: FANS }, () => crypto.randomUUID());
  /** The best position that each process told each stay. */
  readonly seen = new Map<string, number>();

  constructor(
    readonly concertId: string,
    readonly product: Product,
  ) {}

  async join(at: number, fan: number): Promise<{ created: boolean; view: QueueView; claims: QueueClaims }> {
    const userId = this.users[fan] as string;
    const joined = await joinQueue(processes[at] as Client, { concertId: this.concertId, userId });
    return { ...joined, claims: readQueueToken(joined.view.token as string) as QueueClaims };
  }

  /** Every row must be as the plain list has it: nobody lost, nobody twice, nobody elsewhere. */
  async expectSame(model: ListLine): Promise<void> {
    const { rows } = await test.db.execute<{ id: string; number: string; status: string }>(sql`
      select id, number, case when status = 'admitted' and admitted_until <= now() then 'expired' else status end as status
      from queue_entries where concert_id = ${this.concertId} order by number`);
    const found = rows.map(({ id, number, status }) => `${number} ${status} ${id}`);
    expect(found).toEqual(model.stays.map((stay) => `${stay.number} ${model.statusOf(stay)} ${stay.entryId}`));
  }

  /** What a process tells a fan: exactly the list's place when it has just read, never a higher one than before. */
  async expectTold(model: ListLine, at: number, stay: Stay, fresh: boolean): Promise<void> {
    const client = processes[at] as Client;
    if (fresh) await knownLine(client, this.concertId)?.read();
    const view = await this.product.poll(client, stay.claims);
    const status = model.statusOf(stay);
    expect(view.number).toBe(stay.number);
    const known = knownLine(client, this.concertId);
    if (fresh)
      expect({ status: view.status, position: view.position }).toEqual({ status, position: model.positionOf(stay) });
    else expect([status, "waiting"]).toContain(view.status);
    expect(known).toBeDefined();
    if (view.position === null) return;
    const key = `${at} ${stay.entryId}`;
    expect(view.position).toBeLessThanOrEqual(this.seen.get(key) ?? Number.POSITIVE_INFINITY);
    this.seen.set(key, view.position);
  }
}

type Command = fc.AsyncCommand<ListLine, Real>;

class Join implements Command {
  constructor(
    readonly at: number,
    readonly fan: number,
  ) {}
  check = () => true;
  async run(model: ListLine, real: Real) {
    model.endLapsed(this.fan);
    const known = model.liveOf(this.fan);
    if (!known && model.mode === "closed") {
      await expect(real.join(this.at, this.fan)).rejects.toMatchObject({ code: "queue_closed" });
      return;
    }
    const { created, view, claims } = await real.join(this.at, this.fan);
    expect(created).toBe(known === undefined);
    if (known) expect({ id: claims.entryId, number: view.number }).toEqual({ id: known.entryId, number: known.number });
    else {
      model.join(this.fan, claims);
      expect(view.number).toBe(model.lastNumber);
      if (model.mode === "off") model.admit(model.waiting.length);
    }
    await real.expectSame(model);
  }
  toString = () => `join(${this.at}, fan ${this.fan})`;
}

class Leave implements Command {
  constructor(
    readonly at: number,
    readonly fan: number,
  ) {}
  check = (model: Readonly<ListLine>) => model.lastOf(this.fan) !== undefined;
  async run(model: ListLine, real: Real) {
    const stay = model.lastOf(this.fan) as Stay;
    await leaveQueue(processes[this.at] as Client, stay.claims);
    model.leave(stay);
    await real.expectSame(model);
  }
  toString = () => `leave(${this.at}, fan ${this.fan})`;
}

class Claim implements Command {
  constructor(
    readonly at: number,
    readonly fan: number,
  ) {}
  check = (model: Readonly<ListLine>) => model.liveOf(this.fan) !== undefined;
  async run(model: ListLine, real: Real) {
    const stay = model.liveOf(this.fan) as Stay;
    const { concertId } = real;
    const { view } = await real.join(this.at, this.fan);
    forgetAdmission(stay.entryId);
    const asked = requireAdmission(processes[this.at] as Client, {
      token: view.token,
      concertId,
      userId: real.users[this.fan] as string,
    });
    if (model.statusOf(stay) === "admitted") {
      await asked;
      model.claim(stay);
    } else await expect(asked).rejects.toMatchObject({ code: "queue_waiting" });
    await real.expectSame(model);
  }
  toString = () => `claim(${this.at}, fan ${this.fan})`;
}

class Poll implements Command {
  constructor(
    readonly at: number,
    readonly fan: number,
    readonly fresh: boolean,
  ) {}
  check = (model: Readonly<ListLine>) => model.lastOf(this.fan) !== undefined;
  run = (model: ListLine, real: Real) => real.expectTold(model, this.at, model.lastOf(this.fan) as Stay, this.fresh);
  toString = () => `poll(${this.at}, fan ${this.fan}${this.fresh ? ", fresh" : ""})`;
}

class Tick implements Command {
  constructor(readonly at: number) {}
  check = () => true;
  async run(model: ListLine, real: Real) {
    const admitted = await real.product.tick(processes[this.at] as Client, real.concertId);
    model.expectTurns(admitted);
    model.admit(admitted);
    await real.expectSame(model);
  }
  toString = () => `tick(${this.at})`;
}

/** Both processes at once: joins, departures and ticks in whatever order the database makes of them. */
class Storm implements Command {
  constructor(
    readonly joining: number[],
    readonly leaving: number[],
  ) {}
  check = (model: Readonly<ListLine>) => model.mode !== "closed";
  async run(model: ListLine, real: Real) {
    for (const fan of this.joining) model.endLapsed(fan);
    const joining = this.joining.filter((fan) => !model.liveOf(fan));
    const leaving = this.leaving.flatMap((fan) => model.liveOf(fan) ?? []);
    const before = model.inside().length;
    const turns: Promise<number>[] = [];
    const [joined] = await Promise.all([
      Promise.all(joining.map(async (fan) => ({ fan, ...(await real.join(fan % 2, fan)) }))),
      Promise.all(leaving.map((stay, at) => leaveQueue(processes[at % 2] as Client, stay.claims))),
      ...[0, 1, 0, 1].map((at) => {
        const turn = real.product.tick(processes[at] as Client, real.concertId);
        turns.push(turn);
        return turn;
      }),
    ]);
    const numbers = joined.map(({ claims }) => claims.number as number).sort((a, b) => a - b);
    expect(numbers).toEqual(joined.map((_, at) => model.lastNumber + at + 1));
    for (const { fan, claims } of joined.sort((a, b) => Number(a.claims.number) - Number(b.claims.number))) {
      model.join(fan, claims);
    }
    for (const stay of leaving) model.leave(stay);
    // Who was let in is the database's choice; that it was the front of the line, and no more than allowed, is ours.
    const { rows } = await test.db.execute<{ id: string }>(
      sql`select id from queue_entries where concert_id = ${real.concertId} and status = 'admitted' and admitted_until > now()`,
    );
    const inside = new Set(rows.map((row) => row.id));
    const came = model.waiting.filter((stay) => inside.has(stay.entryId));
    expect(came).toEqual(model.waiting.slice(0, came.length));
    // Someone may have come in at the place of someone who left a moment later.
    if (model.mode === "on") expect(inside.size).toBeLessThanOrEqual(Math.max(model.limit, before));
    model.admit(came.length);
    await real.expectSame(model);
  }
  toString = () => `storm(join ${this.joining}, leave ${this.leaving})`;
}

class Change implements Command {
  constructor(readonly room: Partial<{ mode: RoomMode; limit: number; rate: number }>) {}
  check = () => true;
  async run(model: ListLine, real: Real) {
    Object.assign(model, this.room);
    await test.db.execute(sql`update queues set mode = ${model.mode}, active_limit = ${model.limit},
      admissions_per_minute = ${model.rate} where concert_id = ${real.concertId}`);
  }
  toString = () => `change(${JSON.stringify(this.room)})`;
}

/** Time passes, or the clock is set back: every instant in the database moves the other way. */
class Age implements Command {
  constructor(readonly seconds: number) {}
  check = () => true;
  async run(model: ListLine, real: Real) {
    const { seconds } = this;
    await test.db.execute(sql`update queue_entries set entered_at = entered_at - make_interval(secs => ${seconds}),
      admitted_at = admitted_at - make_interval(secs => ${seconds}), admitted_until = admitted_until - make_interval(secs => ${seconds})
      where concert_id = ${real.concertId}`);
    await test.db.execute(
      sql`update queues set credit_at = credit_at - make_interval(secs => ${seconds}) where concert_id = ${real.concertId}`,
    );
    model.pass(seconds);
    await real.expectSame(model);
  }
  toString = () => `age(${this.seconds})`;
}

const at = fc.integer({ min: 0, max: 1 });
const fan = fc.integer({ min: 0, max: FANS - 1 });
const some = fc.uniqueArray(fan, { maxLength: 5 });
// Multiples of 30 never come near the 105 and 1,005 seconds of the room, however slow the test itself is.
const step = fc.constantFrom(30, 30, 60, 120, 1020, -60);

const commands = fc.commands(
  [
    fc.tuple(at, fan).map(([a, f]) => new Join(a, f)),
    fc.tuple(at, fan).map(([a, f]) => new Join(a, f)),
    fc.tuple(at, fan).map(([a, f]) => new Leave(a, f)),
    fc.tuple(at, fan).map(([a, f]) => new Claim(a, f)),
    fc.tuple(at, fan, fc.boolean()).map(([a, f, fresh]) => new Poll(a, f, fresh)),
    at.map((a) => new Tick(a)),
    at.map((a) => new Tick(a)),
    fc.tuple(some, some).map(([joining, leaving]) => new Storm(joining, leaving)),
    fc.constantFrom<RoomMode>("on", "on", "on", "off", "paused", "closed").map((mode) => new Change({ mode })),
    fc
      .record({ limit: fc.integer({ min: 0, max: 6 }), rate: fc.constantFrom(6, 60, 240) })
      .map((room) => new Change(room)),
    step.map((seconds) => new Age(seconds)),
  ],
  { maxCommands: 60, size: "max" },
);

async function check(product: Product, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(commands, async (list) => {
      const room = { mode: "on", order: "fifo", activeLimit: 3, admissionsPerMinute: 240 } as const;
      const { id } = await makeConcert(test.db, {
        waitingRoom: { ...room, claimSeconds: CLAIM, sessionSeconds: SESSION },
      });
      const real = new Real(id, product);
      const model = new ListLine({ limit: 3, rate: 240, claim: CLAIM, session: SESSION });
      try {
        await fc.asyncModelRun(() => ({ model, real }), list);
        await expectNobodyStuck(model, real);
      } finally {
        for (const client of processes) stopLines(client);
      }
    }),
    { numRuns, endOnFailure: true },
  );
}

/**
 * Whether a crowd exists with which `product` breaks at a step that ends as `step` says. A broken product leaves a broken
 * row of the room as well, which may show at some other step first: then another crowd is sent, twelve at most.
 */
async function breaksAt(product: Product, step: RegExp): Promise<boolean> {
  for (let crowd = 0; crowd < 12; crowd += 1) {
    const broken = await check(product, 50).then(
      () => null,
      (error) => /Counterexample: \[(.*) \/\*/.exec(String(error))?.[1],
    );
    if (broken && step.test(broken)) return true;
  }
  return false;
}

/** Whatever happened: with the room open and time passing, everyone in line gets a turn. */
async function expectNobodyStuck(model: ListLine, real: Real): Promise<void> {
  await new Change({ mode: "on", limit: 3, rate: 240 }).run(model, real);
  for (let round = 0; model.waiting.length > 0; round += 1) {
    expect(round).toBeLessThan(FANS + 3);
    await new Age(1020).run(model, real);
    await new Tick(round % 2).run(model, real);
  }
  for (const stay of model.stays) await real.expectTold(model, 0, stay, true);
}

describe("the line on two processes", () => {
  it("is a plain list: no overtaking, no more than the limit, nobody lost, stuck or sent back", async () => {
    await check(REAL, 20);
  }, 120_000);

  it("would let in too many without the room's lock (negative control)", async () => {
    // Ticks that all count before any of them lets in, as those of two processes without a lock do.
    let counting: Promise<number> | null = null;
    const credit =
      sql.raw(`case when admissions_per_minute <= 0 then 0 else least(greatest(1, admissions_per_minute / 60.0),
      credit + extract(epoch from now() - credit_at) * admissions_per_minute / 60.0) end`);
    const mayComeIn = async (client: Client, concertId: string) => {
      const { rows } = await client.execute<{ most: number }>(sql`
        select case q.mode when 'off' then 1000 when 'paused' then 0
               else least(floor(${credit})::int, greatest(0, q.active_limit - (select count(*)::int
                 from queue_entries where concert_id = ${concertId} and status = 'admitted' and admitted_until > now()))) end as most
        from queues q where concert_id = ${concertId}`);
      return rows[0]?.most ?? 0;
    };
    const unlocked = async (client: Client, concertId: string) => {
      counting ??= mayComeIn(client, concertId);
      const most = await counting;
      counting = null;
      return await client.transaction(async (tx) => {
        await tx.execute(sql`update queue_entries set status = 'expired', ended_at = admitted_until
          where concert_id = ${concertId} and status = 'admitted' and admitted_until <= now()`);
        const { rowCount } = await tx.execute(sql`update queue_entries set status = 'admitted', admitted_at = now(),
          admitted_until = now() + make_interval(secs => ${CLAIM}) where concert_id = ${concertId} and id in (
            select id from queue_entries where concert_id = ${concertId} and status = 'waiting' order by number limit ${most}
            for update)`);
        await tx.execute(sql`update queues set served_through = greatest(served_through, coalesce((select max(number)
          from queue_entries where concert_id = ${concertId} and status = 'admitted'), 0)),
          credit = case when mode in ('off', 'paused') then 0 else ${credit} - ${rowCount ?? 0} end, credit_at = now()
          where concert_id = ${concertId}`);
        return rowCount ?? 0;
      });
    };
    // Only where several ticks meet are there too many inside.
    expect(await breaksAt({ ...REAL, tick: unlocked }, /,storm\([^)]*\)$/)).toBe(true);
  }, 120_000);

  it("would let somebody overtake if it took the last first (negative control)", async () => {
    const last = async (client: Client, concertId: string) => {
      const before = await admitNext(client, concertId);
      if (before !== 1) return before;
      await client.execute(sql`with first as (
          select number, id from queue_entries where concert_id = ${concertId} and status = 'admitted' order by admitted_at desc limit 1),
        behind as (
          select id from queue_entries where concert_id = ${concertId} and status = 'waiting' order by number limit 1)
        update queue_entries e set status = 'admitted', admitted_at = now(), admitted_until = now() + interval '105 seconds'
        from behind, first where e.concert_id = ${concertId} and e.id = behind.id`);
      return before;
    };
    expect(await breaksAt({ ...REAL, tick: last }, /,(tick|storm)\([^)]*\)$/)).toBe(true);
  }, 120_000);

  it("would tell wrong places without the departures (negative control)", async () => {
    const poll = async (client: Client, claims: QueueClaims) => {
      const view = await pollQueue(client, claims);
      if (view.position === null || claims.number === null) return view;
      return { ...view, position: claims.number - (knownLine(client, claims.concertId)?.servedThrough ?? 0) };
    };
    expect(await breaksAt({ ...REAL, poll }, /,poll\([^)]*fresh\)$/)).toBe(true);
  }, 120_000);
});
