import { gunzipSync } from "node:zlib";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expireAdmission, inDays, makeConcert, makeImportDocument } from "@/db/testing/factories";
import { importConcert } from "@/lib/catalog/import-concert";
import { newId } from "@/lib/core/ids";
import { forgetAdmission } from "@/lib/queue/admission";
import { admitNext } from "@/lib/queue/admit-next";
import { knownLine } from "@/lib/queue/line";
import { readQueueToken } from "@/lib/queue/token";
import { type Answered, type Harness, startHarness } from "./testing/harness";

let on: Harness;
beforeAll(async () => {
  on = await startHarness();
});
afterAll(() => on.drop());

const waitingRoom = {
  mode: "on",
  order: "fifo",
  activeLimit: 1,
  admissionsPerMinute: 60_000,
  sessionSeconds: 600,
  claimSeconds: 120,
} as const;

async function tick(concertId: string) {
  await on.db.execute(
    sql`update queues set credit_at = credit_at - interval '1 minute' where concert_id = ${concertId}`,
  );
  await admitNext(on.db, concertId);
  await knownLine(on.db, concertId)?.read();
}

/** A fan in a concert's line; admitted if the room has a place. */
async function enter(concertId: string) {
  const fan = await on.makeCaller();
  const joined = await on.call("POST", `/api/concerts/${concertId}/queue`, { token: fan.token });
  expect(joined.status).toBe(201);
  await tick(concertId);
  return { ...fan, queueToken: joined.json.token as string, joined };
}

type Fan = Awaited<ReturnType<typeof enter>>;
const as = ({ token, queueToken }: Pick<Fan, "token" | "queueToken">) => ({ token, queueToken });

describe("the fan's way", () => {
  it("goes from the list through the waiting room to held seats", async () => {
    const concert = await makeConcert(on.db, { waitingRoom });
    const at = `/api/concerts/${concert.id}`;
    const list = await on.call("GET", "/api/concerts?limit=100");
    expect(list.json.items.map((item: { id: string }) => item.id)).toContain(concert.id);
    expect(list.headers.get("cache-control")).toBe("public, max-age=1");
    expect((await on.call("GET", `/api/concerts/${concert.slug}`)).json.id).toBe(concert.id);
    expect((await on.call("GET", at)).json.waitingRoom).toMatchObject({ mode: "on", order: "fifo" });

    const fan = await enter(concert.id);
    expect(fan.joined.json).toMatchObject({ status: "waiting", number: 1, position: 1, ahead: 0 });
    const again = await on.call("POST", `${at}/queue`, { token: fan.token });
    expect(again).toMatchObject({ status: 200, json: { number: 1, enteredAt: fan.joined.json.enteredAt } });
    expect((await on.call("GET", `${at}/queue`, { queueToken: fan.queueToken })).json.status).toBe("admitted");

    const second = await enter(concert.id);
    const poll = await on.call("GET", `${at}/queue`, { queueToken: second.queueToken });
    expect(poll.json).toMatchObject({ status: "waiting", number: 2, position: 1 });
    expect(poll.headers.get("cache-control")).toBe("no-store");
    const pulse = await on.call("GET", `${at}/queue/pulse`);
    expect(pulse.json).toMatchObject({ servedThrough: 1, lastNumber: 2, mode: "on" });
    expect(pulse.headers.get("cache-control")).toBe("public, max-age=1");

    const dates = await on.call("GET", `${at}/performances`, as(fan));
    expect(dates.json.items).toEqual([
      { id: expect.any(String), startsAt: expect.any(String), seatsTotal: 10, seatsLeft: 10 },
    ]);
    const performanceId = dates.json.items[0].id;
    const seats = await on.call("GET", `${at}/performances/${performanceId}/seats`, as(fan));
    expect(seats.json.items).toHaveLength(10);
    const [seat] = seats.json.items;

    const held = await on.call("POST", `${at}/reservations`, {
      ...as(fan),
      body: { performanceId, seatIds: [seat.id] },
    });
    expect(held).toMatchObject({
      status: 201,
      json: { status: "held", amount: 10_000, currency: "KRW", performanceId },
    });
    expect((await on.call("GET", `${at}/reservations/${held.json.id}`, fan)).json).toEqual(held.json);
    expect((await on.call("GET", "/api/reservations", fan)).json).toEqual({ items: [held.json], nextCursor: null });
    expect((await on.call("GET", `${at}/reservations/${held.json.id}`, second)).status).toBe(404);

    const free = await on.call("GET", `${at}/performances/${performanceId}/seats`, as(fan));
    expect(free.json.items).toHaveLength(9);
    const all = await on.call("GET", `${at}/performances/${performanceId}/seats?availability=all`, as(fan));
    expect(all.json.items.find((item: { id: string }) => item.id === seat.id).availability).toBe("held");

    const best = await on.call("POST", `${at}/reservations`, {
      ...as(fan),
      body: { performanceId, bestAvailable: { count: 2 } },
    });
    expect(best.json.seats).toHaveLength(2);
    const over = await on.call("POST", `${at}/reservations`, {
      ...as(fan),
      body: { performanceId, bestAvailable: { count: 2 } },
    });
    expect(over).toMatchObject({ status: 422, code: "seat_limit_exceeded", json: { limit: 4 } });
    const taken = await on.call("POST", `${at}/reservations`, {
      ...as(fan),
      body: { performanceId, seatIds: [seat.id] },
    });
    expect(taken).toMatchObject({ status: 409, code: "seat_unavailable", json: { seatIds: [seat.id] } });

    expect((await on.call("DELETE", `${at}/queue`, as(fan))).status).toBe(204);
    expect((await on.call("DELETE", `${at}/queue`, as(fan))).status).toBe(204);
    await tick(concert.id);
    expect((await on.call("GET", `${at}/queue`, { queueToken: second.queueToken })).json.status).toBe("admitted");
    // Leaving gave the seats back too.
    expect((await on.call("GET", `${at}/performances`, as(second))).json.items[0].seatsLeft).toBe(10);
  });

  it("lets nobody leave with somebody else's token, and asks for one", async () => {
    const { id } = await makeConcert(on.db, { waitingRoom });
    const [first, second] = [await enter(id), await enter(id)];
    const leave = (asked: { token?: string; queueToken?: string }) =>
      on.call("DELETE", `/api/concerts/${id}/queue`, asked);
    expect(await leave({ token: first.token, queueToken: second.queueToken })).toMatchObject({
      status: 403,
      code: "queue_token_invalid",
    });
    expect(await leave({ token: first.token })).toMatchObject({ status: 403, code: "queue_token_required" });
    expect(await leave({ token: "x", queueToken: first.queueToken })).toMatchObject({ status: 401 });
    expect((await leave({ queueToken: second.queueToken })).status).toBe(204);
  });

  it("finds no room that is closed or not there", async () => {
    const fan = await on.makeCaller();
    const { id } = await makeConcert(on.db, { waitingRoom: { ...waitingRoom, mode: "closed" } });
    expect(await on.call("POST", `/api/concerts/${id}/queue`, fan)).toMatchObject({
      status: 409,
      code: "queue_closed",
    });
    for (const unknown of [newId(), "1", "hongdae"]) {
      expect((await on.call("POST", `/api/concerts/${unknown}/queue`, fan)).status).toBe(404);
      expect((await on.call("GET", `/api/concerts/${unknown}/queue/pulse`)).status).toBe(404);
      expect((await on.call("GET", `/api/concerts/${unknown}`)).status).toBe(404);
    }
  });
});

describe("the gate", () => {
  it("refuses each wrong token with its own code, on reads and writes alike", async () => {
    const { id, performances } = await makeConcert(on.db, { waitingRoom });
    const { id: otherId } = await makeConcert(on.db, { waitingRoom });
    const fan = await enter(id);
    const waiting = await enter(id);
    const elsewhere = await on.call("POST", `/api/concerts/${otherId}/queue`, { token: fan.token });
    const performanceId = performances[0]!.id;
    const forged = fan.queueToken.slice(0, -1) + (fan.queueToken.endsWith("A") ? "B" : "A");

    const calls: ((asked: { token: string; queueToken?: string | undefined }) => Promise<Answered>)[] = [
      (asked) => on.call("GET", `/api/concerts/${id}/performances`, asked),
      (asked) => on.call("GET", `/api/concerts/${id}/performances/${performanceId}/seats`, asked),
      (asked) =>
        on.call("POST", `/api/concerts/${id}/reservations`, { ...asked, body: { performanceId, seatIds: [newId()] } }),
    ];
    for (const call of calls) {
      expect(await call({ token: fan.token })).toMatchObject({ status: 403, code: "queue_token_required" });
      for (const queueToken of [forged, "x", waiting.queueToken, elsewhere.json.token])
        expect(await call({ token: fan.token, queueToken })).toMatchObject({
          status: 403,
          code: "queue_token_invalid",
        });
      expect(await call(as(waiting))).toMatchObject({ status: 403, code: "queue_waiting", json: { position: 1 } });
      expect((await call(as(fan))).status).not.toBe(403);
      expect((await call({ token: "nobody", queueToken: fan.queueToken })).status).toBe(401);
    }
    const { entryId } = readQueueToken(fan.queueToken)!;
    await expireAdmission(on.db, { concertId: id, entryId });
    forgetAdmission(entryId);
    for (const call of calls) expect(await call(as(fan))).toMatchObject({ status: 403, code: "admission_expired" });
  });

  it("stands before a wallet only for a token that is sent", async () => {
    const { id } = await makeConcert(on.db, { waitingRoom });
    const [fan, waiting] = [await enter(id), await enter(id)];
    for (const path of ["/api/wallet", "/api/wallet/entries"]) {
      expect((await on.call("GET", path, { token: fan.token })).status).toBe(200);
      expect((await on.call("GET", path, as(fan))).status).toBe(200);
      expect((await on.call("GET", path, as(waiting))).code).toBe("queue_waiting");
      expect((await on.call("GET", path, { token: fan.token, queueToken: waiting.queueToken })).code).toBe(
        "queue_token_invalid",
      );
    }
  });
});

describe("seats", () => {
  it("come with an ETag, and 304 while nothing changed", async () => {
    const { id, performances } = await makeConcert(on.db, {
      waitingRoom,
      sections: [
        { name: "A", tier: "R", rows: 1, seatsPerRow: 3 },
        { name: "가 구역", tier: "R", rows: 1, seatsPerRow: 2 },
      ],
    });
    const fan = await enter(id);
    const path = `/api/concerts/${id}/performances/${performances[0]!.id}/seats`;
    const first = await on.call("GET", path, as(fan));
    const etag = first.headers.get("etag") as string;
    expect(etag).toBe(`"${first.json.version}"`);
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const same = await on.call("GET", path, { ...as(fan), headers: { "if-none-match": tag } });
      expect(same).toMatchObject({ status: 304, text: "" });
      expect(same.headers.get("etag")).toBe(etag);
    }
    const section = await on.call("GET", `${path}?section=${encodeURIComponent("가 구역")}`, as(fan));
    expect(section.json.items).toHaveLength(2);
    const body = { performanceId: performances[0]!.id, seatIds: [first.json.items[0].id] };
    await on.call("POST", `/api/concerts/${id}/reservations`, { ...as(fan), body });
    expect((await on.call("GET", path, { ...as(fan), headers: { "if-none-match": etag } })).status).toBe(200);
    for (const query of ["?availability=sold", "?section=", "?sections=A", "?section=A&section=A", "?section=%00"])
      expect((await on.call("GET", path + query, as(fan))).status).toBe(400);
    expect((await on.call("GET", path.replace(performances[0]!.id, newId()), as(fan))).status).toBe(404);
  });
});

describe("a section's layout", () => {
  it("is public and true for good, by the version that the states name", async () => {
    const made = makeImportDocument({
      waitingRoom,
      sections: [{ name: "가 구역", tier: "R", rows: 5, seatsPerRow: 20 }],
    });
    const { id, performances } = await importConcert(on.db, made);
    const fan = await enter(id);
    const path = `/api/concerts/${id}/performances/${performances[0]!.id}`;
    const { layout } = (await on.call("GET", `${path}/seat-states`, as(fan))).json;
    const at = (version: string, section = "가 구역") =>
      `${path}/seat-layout?section=${encodeURIComponent(section)}&version=${version}`;

    const answer = await on.call("GET", at(layout));
    expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(answer.headers.get("etag")).toBe(`"${layout}"`);
    const seats = await on.call("GET", `${path}/seats?section=${encodeURIComponent("가 구역")}`, as(fan));
    expect(answer.json).toEqual({
      version: layout,
      items: seats.json.items.map(({ availability: _, ...place }: { availability: string }) => place),
    });
    const small = await on.api.request(at(layout), { headers: { "accept-encoding": "gzip" } });
    expect(small.headers.get("content-encoding")).toBe("gzip");
    expect(JSON.parse(gunzipSync(await small.arrayBuffer()).toString())).toEqual(answer.json);
    const same = await on.call("GET", at(layout), { headers: { "if-none-match": `W/"${layout}"` } });
    expect(same).toMatchObject({ status: 304, text: "" });
    expect((await on.call("GET", at(layout, "B"))).json.items).toEqual([]);

    for (const bad of [`${path}/seat-layout`, at(""), at(layout, ""), `${at(layout)}&availability=all`])
      expect((await on.call("GET", bad)).status).toBe(400);
    const gone = await on.call("GET", at("another"));
    expect(gone).toMatchObject({ status: 404, code: "not_found" });
    expect(gone.headers.get("cache-control")).toBe("no-store");
    expect((await on.call("GET", at(layout).replace(performances[0]!.id, newId()))).status).toBe(404);
  });
});

describe("the wallet", () => {
  it("is topped up, within limits, and lists its entries page by page", async () => {
    const fan = await on.makeCaller();
    expect((await on.call("GET", "/api/wallet", fan)).json).toEqual({ balance: 0, currency: "KRW" });
    for (const amount of [1000, 2000, 3000])
      expect((await on.call("PATCH", "/api/wallet", { ...fan, body: { amount } })).status).toBe(200);
    const page = await on.call("GET", "/api/wallet/entries?limit=2", fan);
    expect(page.json.items.map((entry: { amount: number }) => entry.amount)).toEqual([3000, 2000]);
    const next = await on.call("GET", `/api/wallet/entries?limit=2&cursor=${page.json.nextCursor}`, fan);
    expect(next.json).toMatchObject({
      items: [{ amount: 1000, balanceAfter: 1000, kind: "top_up" }],
      nextCursor: null,
    });
    for (const query of ["limit=0", "limit=101", "limit=1.5", "limit=-1", "limit=1e2", "cursor=x", "cursor=", "page=2"])
      expect((await on.call("GET", `/api/wallet/entries?${query}`, fan)).status).toBe(400);
    for (const amount of [0, -1, 0.1, 10_000_001, "1", null, 2 ** 53 + 1])
      expect((await on.call("PATCH", "/api/wallet", { ...fan, body: { amount } })).status).toBe(400);
    const raw = (body: string) => on.call("PATCH", "/api/wallet", { ...fan, body });
    for (const body of ['{"amount":1e999}', '{"amount":NaN}', '{"amount":1,"userId":"x"}'])
      expect((await raw(body)).status).toBe(400);
    expect((await on.call("GET", "/api/wallet", fan)).json.balance).toBe(6000);
    for (let n = 0; n < 9; n++) await on.call("PATCH", "/api/wallet", { ...fan, body: { amount: 10_000_000 } });
    const over = await on.call("PATCH", "/api/wallet", { ...fan, body: { amount: 10_000_000 } });
    expect(over).toMatchObject({ status: 422, code: "balance_limit_exceeded" });
  });
});

describe("Idempotency-Key", () => {
  it("replays an answer byte for byte, also a refusal, and belongs to one request of one fan", async () => {
    const fan = await on.makeCaller();
    const topUp = (key: string, amount: number, who = fan) =>
      on.call("PATCH", "/api/wallet", { ...who, key, body: { amount } });
    const first = await topUp("a", 500);
    const second = await topUp("a", 500);
    expect(second.text).toBe(first.text);
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect(second.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(await topUp("a", 501)).toMatchObject({ status: 422, code: "idempotency_key_reused" });
    expect((await topUp("a", 501, await on.makeCaller())).status).toBe(200);
    expect((await on.call("GET", "/api/wallet", fan)).json.balance).toBe(500);
    // A refused body is not kept: the key is still free.
    expect((await topUp("b", 0)).status).toBe(400);
    expect((await topUp("b", 1)).status).toBe(200);
    for (const key of ["", "x".repeat(256), "a b"]) expect((await topUp(key, 1)).status).toBe(400);
  });

  it("has one effect for twenty calls at the same moment", async () => {
    const fan = await on.makeCaller();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => on.call("PATCH", "/api/wallet", { ...fan, key: "k", body: { amount: 7 } })),
    );
    for (const answer of answers) expect([200, 409]).toContain(answer.status);
    for (const answer of answers) if (answer.status === 409) expect(answer.code).toBe("idempotency_in_progress");
    expect((await on.call("GET", "/api/wallet", fan)).json.balance).toBe(7);
  });

  it("is answered before the gate is asked; a gate's refusal is not kept", async () => {
    const { id, performances } = await makeConcert(on.db, { waitingRoom });
    const [fan, waiting] = [await enter(id), await enter(id)];
    const body = { performanceId: performances[0]!.id, bestAvailable: { count: 1 } };
    const reserve = (who: Fan) => on.call("POST", `/api/concerts/${id}/reservations`, { ...as(who), key: "k", body });
    const held = await reserve(fan);
    expect(held.status).toBe(201);
    expect((await reserve(waiting)).code).toBe("queue_waiting");
    expect((await on.call("DELETE", `/api/concerts/${id}/queue`, as(fan))).status).toBe(204);
    const replay = await reserve(fan);
    expect(replay.text).toBe(held.text);
    expect(replay.headers.get("idempotent-replayed")).toBe("true");
    await tick(id);
    expect((await reserve(waiting)).status).toBe(201);
  });

  it("keeps a refusal of the domain", async () => {
    const { id, performances } = await makeConcert(on.db, { waitingRoom });
    const fan = await enter(id);
    const body = { performanceId: performances[0]!.id, seatIds: [newId()] };
    const reserve = () => on.call("POST", `/api/concerts/${id}/reservations`, { ...as(fan), key: "k", body });
    const first = await reserve();
    expect(first.status).toBe(404);
    const second = await reserve();
    expect(second.text).toBe(first.text);
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect(second.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  });
});

describe("organisers", () => {
  it("import, preview, run the room and read its numbers; fans may not", async () => {
    const organizer = await on.makeCaller("organizer");
    const fan = await on.makeCaller();
    const document = makeImportDocument({ waitingRoom });
    const post = (body: unknown, query = "", who = organizer) =>
      on.call("POST", `/api/admin/concerts${query}`, { ...who, body });
    expect(await post(document, "", fan)).toMatchObject({ status: 403, code: "forbidden" });
    const preview = await post(document, "?dryRun=true");
    expect(preview).toMatchObject({ status: 200, json: { slug: document.slug, created: true, seats: 10 } });
    expect((await on.call("GET", `/api/concerts/${document.slug}`)).status).toBe(404);
    const imported = await post(document);
    expect(imported).toMatchObject({ status: 201, json: { slug: document.slug, seats: 10 } });
    expect(Object.keys(imported.json).sort()).toEqual(["id", "performances", "seats", "slug"]);
    expect((await post(document)).json).toEqual(imported.json);
    expect((await post({ ...document, title: "New" }, "?dryRun=true")).json).toMatchObject({
      created: false,
      title: "New",
    });
    expect((await on.call("GET", `/api/concerts/${document.slug}`)).json.title).toBe(document.title);
    const changed = { ...document, sections: [{ name: "A", tier: "R", rows: 3, seatsPerRow: 5 }] };
    for (const query of ["", "?dryRun=true"])
      expect(await post(changed, query)).toMatchObject({ status: 409, code: "conflict" });
    const bad = await post({ ...document, slug: "B!", performances: [{ startsAt: inDays(-1) }], color: 1 });
    expect(bad.status).toBe(400);
    expect(bad.json.errors.map((problem: { path: string }) => problem.path).sort()).toEqual([
      "color",
      "performances.0.startsAt",
      "slug",
    ]);

    const { id } = imported.json;
    const room = `/api/admin/concerts/${id}/waiting-room`;
    expect((await on.call("GET", room, organizer)).json).toMatchObject(waitingRoom);
    expect((await on.call("PATCH", room, { ...organizer, body: { mode: "paused" } })).json.mode).toBe("paused");
    expect((await on.call("PATCH", room, { ...organizer, body: { mode: "open" } })).status).toBe(400);
    expect((await on.call("PATCH", room, { ...organizer, body: { order: "draw" } })).status).toBe(400);
    expect((await on.call("PATCH", room.replace(id, newId()), { ...organizer, body: {} })).status).toBe(404);
    await enter(id);
    const stats = await on.call("GET", `/api/admin/concerts/${id}/stats`, organizer);
    expect(stats.json).toMatchObject({
      waiting: 1,
      admitted: 0,
      seats: { available: 10, held: 0, sold: 0 },
      revenue: 0,
    });
    expect((await on.call("GET", "/api/admin/concerts", organizer)).json.items.length).toBeGreaterThan(0);
    for (const path of [room, `/api/admin/concerts/${id}/stats`, "/api/admin/concerts"]) {
      expect((await on.call("GET", path, fan)).status).toBe(403);
      expect((await on.call("GET", path)).status).toBe(401);
    }
  });

  it("lose their rights with their role, whatever their session says", async () => {
    const organizer = await on.makeCaller("organizer");
    expect((await on.call("GET", "/api/admin/concerts", organizer)).status).toBe(200);
    await on.db.execute(sql`update users set role = 'fan' where id = ${organizer.userId}`);
    expect((await on.call("GET", "/api/admin/concerts", organizer)).status).toBe(403);
  });
});
