import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient } from "@/db/client";
import { users } from "@/db/schema/auth";
import { crowd } from "@/db/testing/crowd";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { issueSession } from "@/lib/auth/session-token";
import { newId } from "@/lib/core/ids";
import { readMetrics } from "@/lib/core/metrics";
import { checkInvariants } from "@/lib/invariants/check-invariants";
import { createApi } from "./app";
import { type Answered, type Harness, startHarness } from "./testing/harness";

let on: Harness;
beforeAll(async () => {
  on = await startHarness();
});
afterAll(() => on.drop());

const FANS = 60;
const PRICE = 10_000;
const waitingRoom = { mode: "off" } as const;

type Fan = { userId: string; token: string; queueToken: string };

/** A hall of 60 seats, one for each of 60 fans who were let in. */
async function makeSale(fans = FANS) {
  const concert = await makeConcert(on.db, {
    waitingRoom,
    sections: [{ name: "A", tier: "R", rows: 3, seatsPerRow: 20 }],
    maxSeatsPerFan: 2,
  });
  const at = `/api/concerts/${concert.id}`;
  const { rows } = await on.db.execute<{ id: string }>(sql`select id from seats where concert_id = ${concert.id}`);
  const inside = await crowd(fans, async (): Promise<Fan> => {
    const { id: userId } = await makeUser(on.db);
    const { token } = issueSession({ userId, role: "fan" });
    const joined = await on.call("POST", `${at}/queue`, { token });
    return { userId, token, queueToken: joined.json.token };
  });
  const performanceId = concert.performances[0]!.id;
  return { concertId: concert.id, at, performanceId, seatIds: rows.map(({ id }) => id), fans: inside };
}

type Asked = { method: string; path: string; fan: Fan; key?: string; body?: unknown };

const ask = ({ method, path, fan, ...rest }: Asked): Promise<Answered> =>
  on.call(method, path, { token: fan.token, queueToken: fan.queueToken, ...rest });

const askAll = (asked: Asked[]): Promise<Answered[]> => Promise.all(asked.map(ask));

async function broken(): Promise<string[]> {
  return (await checkInvariants(on.db)).filter((finding) => finding.broken > 0).map(({ name }) => name);
}

async function madeTogether(): Promise<number> {
  const metric = (await readMetrics()).find(({ name }) => name === "frontrow_calls_together_total");
  return metric?.samples.find(({ labels }) => labels?.outcome === "together")?.value ?? 0;
}

/** How many transactions wrote these rows. */
async function transactions(table: string, userIds: string[]): Promise<number> {
  const { rows } = await on.db.execute<{ n: number }>(
    sql`select count(distinct xmin::text)::int as n from ${sql.identifier(table)} where user_id = any(${sql.param(userIds)}::uuid[])`,
  );
  return rows[0]?.n ?? 0;
}

describe("sixty fans at once, with keys", () => {
  it("hold, top up and pay in a few transactions, and hear the same again, byte for byte", async () => {
    const { at, performanceId, seatIds, fans, concertId } = await makeSale();
    const before = await madeTogether();
    const holds = fans.map((fan, n): Asked => {
      const body = { performanceId, seatIds: [seatIds[n]] };
      return { method: "POST", path: `${at}/reservations`, fan, key: `hold-${n}`, body };
    });
    const topUps = fans.map((fan, n): Asked => {
      return { method: "PATCH", path: "/api/wallet", fan, key: `top-up-${n}`, body: { amount: PRICE + n } };
    });
    const held = await askAll(holds);
    const topped = await askAll(topUps);
    for (const [n, one] of held.entries()) {
      expect(one).toMatchObject({ status: 201, json: { status: "held", amount: PRICE } });
      expect(one.json.seats[0].id).toBe(seatIds[n]);
      expect(topped[n]).toMatchObject({ status: 200, json: { balance: PRICE + n, entry: { amount: PRICE + n } } });
    }
    const payments = fans.map((fan, n): Asked => {
      return { method: "POST", path: `${at}/reservations/${held[n]?.json.id}/payment`, fan, key: `pay-${n}` };
    });
    const paid = await askAll(payments);
    for (const [n, one] of paid.entries()) {
      expect(one).toMatchObject({ status: 201, json: { amount: PRICE, balance: n, reservationId: held[n]?.json.id } });
      expect(one.json.tickets).toHaveLength(1);
    }
    expect(await madeTogether()).toBe(before + 3 * FANS);
    // Each fan's three keys, the effects of which are in the same transactions.
    const userIds = fans.map(({ userId }) => userId);
    expect(await transactions("idempotency_keys", userIds)).toBeLessThan(3 * 10);
    expect(await transactions("payments", userIds)).toBeLessThan(10);

    const first = [...held, ...topped, ...paid];
    const again = await askAll([...holds, ...topUps, ...payments]);
    for (const [n, one] of again.entries()) {
      expect(one.text).toBe(first[n]?.text);
      expect(one.status).toBe(first[n]?.status);
      expect(one.headers.get("content-type")).toBe(first[n]?.headers.get("content-type"));
      expect(first[n]?.headers.get("idempotent-replayed")).toBeNull();
      expect(one.headers.get("idempotent-replayed")).toBe("true");
    }
    const { rows } = await on.db.execute(sql`
      select (select count(*)::int from tickets where concert_id = ${concertId}) as tickets,
             (select count(*)::int from reservations where concert_id = ${concertId}) as reservations,
             (select sum(balance)::int from wallets where user_id = any(${sql.param(userIds)}::uuid[])) as left`);
    expect(rows).toEqual([{ tickets: FANS, reservations: FANS, left: (FANS * (FANS - 1)) / 2 }]);
    expect(await broken()).toEqual([]);
  });

  it("are each told their own reason: taken, too many, too poor, too late, reused, gone", async () => {
    const { at, performanceId, seatIds, fans, concertId } = await makeSale(10);
    const who = (n: number) => fans[n] as Fan;
    const hold = (n: number, seats: (string | undefined)[], key = newId()): Asked => {
      return { method: "POST", path: `${at}/reservations`, fan: who(n), key, body: { performanceId, seatIds: seats } };
    };
    const ghostId = newId();
    const ghost = { userId: ghostId, token: issueSession({ userId: ghostId, role: "fan" }).token, queueToken: "" };
    const key = newId();
    await ask(hold(9, [seatIds[50]], key));
    const [first, taken, many, unknown, reused, other] = await askAll([
      hold(0, [seatIds[0]]),
      hold(1, [seatIds[50]]),
      hold(2, seatIds.slice(1, 4)),
      hold(3, [newId()]),
      hold(9, [seatIds[51]], key),
      hold(4, [seatIds[4]?.toUpperCase()]),
    ]);
    expect(first).toMatchObject({ status: 201 });
    expect(other).toMatchObject({ status: 201, json: { seats: [{ id: seatIds[4] }] } });
    expect(taken).toMatchObject({ status: 409, code: "seat_unavailable", json: { seatIds: [seatIds[50]] } });
    expect(many).toMatchObject({ status: 422, code: "seat_limit_exceeded", json: { limit: 2 } });
    expect(unknown).toMatchObject({ status: 404, code: "not_found" });
    expect(reused).toMatchObject({ status: 422, code: "idempotency_key_reused" });

    const late = await ask(hold(5, [seatIds[5]]));
    await on.db.execute(sql`update reservations set expires_at = now() where id = ${late.json.id}`);
    await on.db.execute(sql`update seats set held_until = now() where reservation_id = ${late.json.id}`);
    const topUp = (fan: Fan, amount: number): Asked => {
      return { method: "PATCH", path: "/api/wallet", fan, key: newId(), body: { amount } };
    };
    await askAll([topUp(who(0), PRICE), topUp(who(5), PRICE)]);
    const pay = (n: number, id: string): Asked => {
      return { method: "POST", path: `${at}/reservations/${id}/payment`, fan: who(n), key: newId() };
    };
    const refused = pay(4, other?.json.id);
    const answers = await askAll([
      pay(0, first?.json.id.toUpperCase()),
      refused,
      pay(5, late.json.id),
      pay(6, first?.json.id),
    ]);
    expect(answers.map(({ code, status }) => code ?? status)).toEqual([
      201,
      "insufficient_balance",
      "reservation_expired",
      "not_found",
    ]);
    expect(answers[1]?.json).toMatchObject({ balance: 0, required: PRICE });
    const replay = await ask(refused);
    expect(replay.text).toBe(answers[1]?.text);
    expect(replay.headers.get("idempotent-replayed")).toBe("true");

    const { queueToken: _, ...sessionOnly } = ghost;
    const gone = on.call("PATCH", "/api/wallet", { token: sessionOnly.token, key: "g", body: { amount: 5 } });
    const [beside, dead] = await Promise.all([ask(topUp(who(7), 5)), gone]);
    expect(beside).toMatchObject({ status: 200, json: { balance: 5 } });
    expect(dead).toMatchObject({ status: 401, code: "unauthenticated" });
    expect(await on.db.select().from(users).where(sql`id = ${ghostId}`)).toEqual([]);
    expect((await on.call("GET", `${at}/reservations/${other?.json.id}`, who(4))).json.status).toBe("held");
    expect(concertId).toBe(at.split("/").at(-1));
  });

  it("have one effect for each key that comes five times in one moment", async () => {
    const { at, performanceId, seatIds, fans } = await makeSale(20);
    const holds = fans.map((fan, n): Asked => {
      return {
        method: "POST",
        path: `${at}/reservations`,
        fan,
        key: "k",
        body: { performanceId, seatIds: [seatIds[n]] },
      };
    });
    const answers = await askAll([...holds, ...holds, ...holds, ...holds, ...holds]);
    const bodies = new Set<string>();
    for (const one of answers) {
      if (one.status === 201) bodies.add(one.text);
      else expect(one.code).toBe("idempotency_in_progress");
    }
    expect(bodies.size).toBe(20);
    const again = await askAll(holds);
    for (const one of again) expect(bodies.has(one.text)).toBe(true);
    const topUps = fans.map((fan): Asked => {
      return { method: "PATCH", path: "/api/wallet", fan, key: "t", body: { amount: 5 } };
    });
    await askAll([...topUps, ...topUps, ...topUps]);
    for (const fan of fans) expect((await on.call("GET", "/api/wallet", { token: fan.token })).json.balance).toBe(5);
    expect(await broken()).toEqual([]);
  });

  it("let one have a seat that all of them want, and tell the others", async () => {
    const { at, performanceId, seatIds, fans } = await makeSale();
    const answers = await askAll(
      fans.map((fan): Asked => {
        const body = { performanceId, seatIds: [seatIds[0]] };
        return { method: "POST", path: `${at}/reservations`, fan, key: "seat", body };
      }),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === "seat_unavailable")).toHaveLength(FANS - 1);
    // Its turn has ended: once it is given back, the next one gets it.
    const winner = answers.findIndex(({ status }) => status === 201);
    const path = `${at}/reservations/${answers[winner]?.json.id}`;
    expect((await on.call("DELETE", path, fans[winner] as Fan)).status).toBe(204);
    const next = fans[(winner + 1) % FANS] as Fan;
    const body = { performanceId, seatIds: [seatIds[0]] };
    expect((await ask({ method: "POST", path: `${at}/reservations`, fan: next, body })).status).toBe(201);
  });
});

describe("with no connection to be had", () => {
  it("all who stand in line hear `unavailable` after one wait of 1.5 s, and no turn for a seat is left behind", async () => {
    const { at, performanceId, seatIds, fans } = await makeSale();
    const small = createClient(on.url, 1);
    const api = createApi({ db: () => small, trustProxy: false });
    const request = (method: string, path: string, fan: Fan, body: unknown) =>
      api.request(`http://shop.test${path}`, {
        method,
        headers: {
          authorization: `Bearer ${fan.token}`,
          "queue-token": fan.queueToken,
          "idempotency-key": newId(),
          "content-type": "application/json",
        },
        body: JSON.stringify(body),
      });
    const hold = (fan: Fan, n: number) =>
      request("POST", `${at}/reservations`, fan, { performanceId, seatIds: [seatIds[n]] });
    const busy = await small.$client.connect();
    const from = performance.now();
    const answers = await Promise.all(fans.map(hold));
    expect(performance.now() - from).toBeLessThan(2 * 1500);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(answers[0]?.headers.get("retry-after")).toBe("2");
    busy.release();
    const again = await Promise.all(fans.map(hold));
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([201]));
    await small.$client.end();
  });
});
