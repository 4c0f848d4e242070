import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProof } from "@/components/queue/find-nonce";
import { makeConcert } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { admitNext } from "@/lib/queue/admit-next";
import { changeRoom } from "@/lib/queue/change-room";
import { knownLine } from "@/lib/queue/line";
import { type Harness, startHarness } from "./testing/harness";

let h: Harness;

beforeAll(async () => {
  h = await startHarness();
});
afterAll(() => h.drop());

const waitingRoom = {
  mode: "on",
  order: "fifo",
  activeLimit: 1,
  admissionsPerMinute: 60_000,
  sessionSeconds: 600,
  claimSeconds: 120,
} as const;

const makeLine = async () => (await makeConcert(h.db, { waitingRoom })).id;

async function join(concertId: string, fan?: Awaited<ReturnType<Harness["makeCaller"]>>) {
  const caller = fan ?? (await h.makeCaller());
  const { status, json } = await h.call("POST", `/api/concerts/${concertId}/queue`, { token: caller.token });
  expect([200, 201]).toContain(status);
  return { ...caller, queueToken: json.token as string, view: json };
}

async function admitOne(concertId: string) {
  await h.db.execute(
    sql`update queues set credit = 100, admissions_per_minute = 600000 where concert_id = ${concertId}`,
  );
  await admitNext(h.db, concertId);
  await knownLine(h.db, concertId)?.read();
  await knownLine(h.db, concertId)?.read();
}

describe("a queue token that somebody else has", () => {
  it("opens nothing, gives nothing up and lets nobody go first with another account", async () => {
    const id = await makeLine();
    const [fan, thief] = [await join(id), await join(id)];
    await admitOne(id);
    const lent = { token: thief.token, queueToken: fan.queueToken };
    const calls = [
      ["GET", `/api/concerts/${id}/performances`],
      ["DELETE", `/api/concerts/${id}/queue`],
      ["POST", `/api/concerts/${id}/queue/deferral`],
    ] as const;
    for (const [method, path] of calls) {
      const { status, code } = await h.call(method, path, lent);
      expect([method, status, code]).toEqual([method, 403, "queue_token_invalid"]);
    }
    const poll = await h.call("GET", `/api/concerts/${id}/queue`, { queueToken: fan.queueToken });
    expect(poll.json).toMatchObject({ status: "admitted", deferralsLeft: 2 });
  });

  it("is dead once its owner has replaced it, for every call, also without a session", async () => {
    const id = await makeLine();
    await join(id);
    const fan = await join(id);
    const replaced = await h.call("POST", `/api/concerts/${id}/queue/token`, { token: fan.token });
    expect(replaced.json).toMatchObject({ number: fan.view.number, position: 2 });
    expect(replaced.json.token).toHaveLength(128);
    const stolen = { queueToken: fan.queueToken };
    for (const method of ["GET", "DELETE"]) {
      const { code } = await h.call(method, `/api/concerts/${id}/queue`, stolen);
      expect([method, code]).toEqual([method, "queue_token_invalid"]);
    }
    const own = await h.call("GET", `/api/concerts/${id}/queue`, { queueToken: replaced.json.token });
    expect(own.json.position).toBe(2);
    expect((await join(id, fan)).queueToken).toBe(replaced.json.token);
    const nobody = await h.makeCaller();
    expect((await h.call("POST", `/api/concerts/${id}/queue/token`, { token: nobody.token })).code).toBe("not_found");
    expect((await h.call("POST", `/api/concerts/${id}/queue/token`)).code).toBe("unauthenticated");
  });
});

describe("letting others go first", () => {
  it("answers the place meanwhile, and refuses who has come in", async () => {
    const id = await makeLine();
    const fans = [await join(id), await join(id), await join(id)];
    const [first, second] = fans as [(typeof fans)[0], (typeof fans)[0]];
    await admitOne(id);
    const path = `/api/concerts/${id}/queue/deferral`;
    const aside = await h.call("POST", path, first);
    expect(aside.json).toMatchObject({ status: "waiting", number: 1, position: 2, deferred: true, deferralsLeft: 1 });
    const gate = await h.call("GET", `/api/concerts/${id}/performances`, first);
    expect([gate.status, gate.code, gate.json.position]).toEqual([403, "queue_waiting", 2]);
    expect((await h.call("GET", `/api/concerts/${id}/performances`, second)).status).toBe(200);
    expect((await h.call("POST", path, second)).code).toBe("conflict");
    expect((await h.call("POST", path, { token: first.token })).code).toBe("queue_token_required");
  });
});

describe("the own places", () => {
  it("are those of the fan who asks, in every line, as long as they live", async () => {
    const [a, b, c] = [await makeLine(), await makeLine(), await makeLine()];
    await join(b);
    const fan = await join(a);
    await join(b, fan);
    const over = await join(c, fan);
    await h.call("DELETE", `/api/concerts/${c}/queue`, over);
    await admitOne(a);
    const { json, headers } = await h.call("GET", "/api/queue", { token: fan.token });
    expect(headers.get("cache-control")).toBe("no-store");
    type Item = { concert: { id: string }; queue: { status: string; position: number | null; token?: string } };
    expect(json.items.map(({ concert, queue }: Item) => [concert.id, queue.status, queue.position])).toEqual([
      [a, "admitted", null],
      [b, "waiting", 2],
    ]);
    const stranger = await h.makeCaller();
    expect((await h.call("GET", "/api/queue", { token: stranger.token })).json).toEqual({ items: [] });
    expect((await h.call("GET", "/api/queue")).code).toBe("unauthenticated");
  });
});

describe("a stormed door", () => {
  it("asks for work and lets in whoever has done it", async () => {
    const id = await makeLine();
    await changeRoom(h.db, { concertId: id, change: { challengeAbove: 0, challengeBits: 8 } });
    const fan = await h.makeCaller();
    const path = `/api/concerts/${id}/queue`;
    const refused = await h.call("POST", path, { token: fan.token });
    expect([refused.status, refused.code, refused.headers.get("retry-after")]).toEqual([429, "rate_limited", "30"]);
    expect(refused.json.challenge).toMatchObject({ bits: 8, text: expect.any(String) });
    const wrong = { "Proof-Of-Work": `${refused.json.challenge.text}.x` };
    expect((await h.call("POST", path, { token: fan.token, headers: wrong })).status).toBe(429);
    const asked = await h.call("GET", `${path}/challenge`, { token: fan.token });
    const proof = await findProof(asked.json.text, asked.json.bits);
    const joined = await h.call("POST", path, { token: fan.token, headers: { "Proof-Of-Work": proof } });
    expect([joined.status, joined.json.number]).toEqual([201, 1]);
    expect((await h.call("GET", `${path}/challenge`)).code).toBe("unauthenticated");
    const nowhere = await h.call("GET", `/api/concerts/${newId()}/queue/challenge`, { token: fan.token });
    expect(nowhere.code).toBe("not_found");
  });
});
