import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Call, Caller } from "../call";
import { type Answer, CallLog } from "../log";
import { defer, poll } from "./line";
import { FanState, type World } from "./state";

const file = path.join(tmpdir(), `frontrow-line-${process.pid}.jsonl`);
let log: CallLog;
beforeEach(() => {
  log = new CallLog(file);
});
afterEach(async () => {
  await log.close();
  await rm(file, { force: true });
});

const ok = (body: object): Answer => ({ outcome: "ok", status: 200, code: null, text: "", body, replayed: false });
const nothing: Answer = { outcome: "unknown", status: 503, code: "unavailable", text: "", body: null, replayed: false };

/** A fan at position 5, whose calls are answered in this order. */
function fan(index: number, { askFrom, answers }: { askFrom: number; answers: Answer[] }) {
  const calls: Call[] = [];
  const caller = {
    call: async (call: Call) => {
      calls.push(call);
      return answers.shift() ?? nothing;
    },
  } as unknown as Caller;
  const world: World = {
    seed: 1,
    caller,
    log,
    halls: [{ id: "hall", performances: [], isSteered: false }],
    organizer: "",
    links: [],
    invitations: new Map(),
  };
  const me = new FanState(world, index, "user", "bearer");
  me.place = { token: "token", entryId: "entry", position: 5, heardAt: 0, askFrom };
  return { me, calls };
}

const waiting = (position: number, pollAfterMs = 1000) => ok({ status: "waiting", number: 9, position, pollAfterMs });
const half = () => 0.5;
const NOW = 0;
const never = () => performance.now() + 60_000;

describe("a fan's position", () => {
  it("that rises is a violation for one who waited as told", async () => {
    const { me } = fan(1, { askFrom: NOW, answers: [waiting(6)] });
    await poll(me, half);
    expect(log.violations).toEqual([
      expect.stringMatching(/^number 9 \(fan 1\) waited as told, and the position rose from 5 to 6, \d+ ms later$/),
    ]);
    expect(me.place?.askFrom).toBeGreaterThan(performance.now());
  });

  it("may rise for one who asked too soon, and is counted", async () => {
    const { me } = fan(1, { askFrom: never(), answers: [waiting(6)] });
    await poll(me, half);
    expect([log.violations, log.risen, log.paced]).toEqual([[], 1, 0]);
  });

  it("may stay or fall", async () => {
    const { me } = fan(1, { askFrom: NOW, answers: [waiting(5, 0), waiting(1, 0)] });
    await poll(me, half);
    await poll(me, half);
    expect([log.violations, log.risen, log.paced]).toEqual([[], 0, 2]);
  });

  it("is not asked for too soon by every other fan", async () => {
    const { me, calls } = fan(2, { askFrom: never(), answers: [waiting(4)] });
    await poll(me, half);
    expect(calls).toEqual([]);
    expect(me.place?.position).toBe(5);
  });

  it("is not known any more after a deferral of which nobody knows", async () => {
    const { me } = fan(2, { askFrom: NOW, answers: [nothing, waiting(9)] });
    await defer(me, half);
    await poll(me, half);
    expect([log.violations, log.risen, log.paced]).toEqual([[], 0, 0]);
  });
});
