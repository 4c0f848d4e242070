import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeConcert } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { type Harness, startHarness } from "./testing/harness";

let on: Harness;
let organizer: { token: string; userId: string };
beforeAll(async () => {
  on = await startHarness();
  organizer = await on.makeCaller("organizer");
});
afterAll(() => on.drop());

const makeRoom = async () => {
  const { id } = await makeConcert(on.db, { waitingRoom: { mode: "paused" } });
  return { id, admin: `/api/admin/concerts/${id}`, room: `/api/admin/concerts/${id}/waiting-room` };
};

describe("room control", () => {
  it("changes, extends, drains and logs by whom", async () => {
    const { id, room } = await makeRoom();
    const message = { ko: "잠시만 기다려 주세요", en: "One moment, please" };
    const changed = await on.call("PATCH", room, { ...organizer, body: { message } });
    expect(changed.json).toMatchObject({ mode: "paused", message, drainingSince: null });
    const fan = await on.makeCaller();
    const joined = await on.call("POST", `/api/concerts/${id}/queue`, fan);
    expect(joined.status).toBe(201);
    const poll = await on.call("GET", `/api/concerts/${id}/queue`, { queueToken: joined.json.token });
    expect(poll.json.message).toEqual(message);
    expect((await on.call("GET", `/api/concerts/${id}/queue/pulse`)).json.message).toEqual(message);

    const extended = await on.call("POST", `${room}/extension`, { ...organizer, body: { seconds: 60 } });
    expect(extended).toMatchObject({ status: 200, json: { extended: 0 } });
    const drained = await on.call("POST", `${room}/drain`, organizer);
    expect(drained.json).toMatchObject({ mode: "closed", drainedAt: null });
    expect(drained.json.drainingSince).not.toBeNull();

    const log = await on.call("GET", `${room}/changes?limit=3`, organizer);
    expect(log.json.items).toMatchObject(
      ["drain", "extension", "message"].map((kind) => ({ kind, by: { id: organizer.userId, name: "Someone" } })),
    );
    const rest = await on.call("GET", `${room}/changes?cursor=${log.json.nextCursor}`, organizer);
    expect(rest.json).toMatchObject({ items: [{ kind: "import", by: null }], nextCursor: null });
  });

  it("refuses what is out of bounds", async () => {
    const { room } = await makeRoom();
    for (const body of [
      { message: { ko: "한쪽만" } },
      { message: { ko: "", en: "x" } },
      { message: { ko: "가".repeat(301), en: "x" } },
      { message: { ko: "a", en: "b", fr: "c" } },
      { message: { ko: "a\0", en: "b" } },
      { message: "x" },
      { drainingSince: null },
    ]) {
      expect((await on.call("PATCH", room, { ...organizer, body })).code).toBe("invalid_request");
    }
    for (const seconds of [9, 3601, 1.5, "60"]) {
      expect((await on.call("POST", `${room}/extension`, { ...organizer, body: { seconds } })).status).toBe(400);
    }
    expect((await on.call("GET", `${room}/changes?cursor=x`, organizer)).status).toBe(400);
  });

  it("is for organisers and for concerts that there are", async () => {
    const { admin, room } = await makeRoom();
    const fan = await on.makeCaller();
    const calls = [
      ["POST", `${room}/extension`, { seconds: 60 }],
      ["POST", `${room}/drain`, undefined],
      ["GET", `${room}/changes`, undefined],
      ["POST", `${admin}/invitations`, { label: "x", usesLimit: 1 }],
      ["GET", `${admin}/invitations`, undefined],
      ["DELETE", `${admin}/invitations/${newId()}`, undefined],
      ["GET", `${admin}/invitations/${newId()}/uses`, undefined],
    ] as const;
    for (const [method, path, body] of calls) {
      expect((await on.call(method, path, { body })).status, path).toBe(401);
      expect((await on.call(method, path, { ...fan, body })).status, path).toBe(403);
      const concert = path.split("/")[4] as string;
      if (path.endsWith("/uses")) continue;
      expect((await on.call(method, path.replace(concert, newId()), { ...organizer, body })).status, path).toBe(404);
    }
  });
});

describe("invitations", () => {
  it("are made, listed, spent and revoked", async () => {
    const { id, admin, room } = await makeRoom();
    await on.call("PATCH", room, { ...organizer, body: { mode: "on", activeLimit: 0 } });
    const made = await on.call("POST", `${admin}/invitations`, {
      ...organizer,
      body: { label: "팬클럽", usesLimit: 2 },
    });
    expect(made).toMatchObject({ status: 201, json: { label: "팬클럽", usesLimit: 2, uses: 0, revokedAt: null } });
    const fan = await on.makeCaller();
    const spend = (caller: { token: string }, code = made.json.code) =>
      on.call("POST", `/api/concerts/${id}/queue/invitations`, { ...caller, body: { code } });
    const passed = await spend(fan);
    expect(passed).toMatchObject({ status: 201, json: { status: "admitted" } });
    const gated = { ...fan, queueToken: passed.json.token };
    expect((await on.call("GET", `/api/concerts/${id}/performances`, gated)).status).toBe(200);
    expect((await spend(fan)).status).toBe(200);
    expect((await spend(await on.makeCaller())).status).toBe(201);
    expect((await spend(await on.makeCaller())).code).toBe("conflict");
    expect((await on.call("GET", `${admin}/invitations`, organizer)).json.items).toMatchObject([{ uses: 2 }]);
    const uses = await on.call("GET", `${admin}/invitations/${made.json.id}/uses`, organizer);
    expect(uses.json.items[1]).toMatchObject({ fan: { id: fan.userId, name: "Someone" } });
    const revoked = await on.call("DELETE", `${admin}/invitations/${made.json.id}`, organizer);
    expect(revoked.json.revokedAt).not.toBeNull();
    expect((await spend(await on.makeCaller())).code).toBe("not_found");
    for (const body of [
      { label: "", usesLimit: 1 },
      { label: "x", usesLimit: 0 },
      { label: "x".repeat(101), usesLimit: 1 },
    ]) {
      expect((await on.call("POST", `${admin}/invitations`, { ...organizer, body })).status).toBe(400);
    }
  });

  it("cannot be guessed: the eleventh try in ten minutes is refused, the right code too", async () => {
    const { id, admin, room } = await makeRoom();
    await on.call("PATCH", room, { ...organizer, body: { mode: "on" } });
    const made = await on.call("POST", `${admin}/invitations`, { ...organizer, body: { label: "Crew", usesLimit: 9 } });
    const fan = await on.makeCaller();
    const spend = (caller: { token: string }, code: string) =>
      on.call("POST", `/api/concerts/${id}/queue/invitations`, { ...caller, body: { code } });
    for (let n = 0; n < 10; n += 1) expect((await spend(fan, `WRONG-${n}`)).code).toBe("not_found");
    const refused = await spend(fan, made.json.code);
    expect(refused.code).toBe("rate_limited");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await spend(await on.makeCaller(), made.json.code)).status).toBe(201);
  });
});
