import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/components/api-problem";
import type { Pulse, QueueView } from "@/lib/queue/schema";
import { type RememberedPlace, remember, steady } from "./place";
import { type LineState, type LineWorld, QueuePoller } from "./queue-poller";

const waiting = (position: number, more: Partial<QueueView> = {}): QueueView => ({
  status: "waiting",
  number: 100,
  position,
  ahead: position - 1,
  waiting: 500,
  estimatedWaitSeconds: 60,
  estimatedWaitRange: { from: 50, to: 70 },
  pollAfterMs: 2_000,
  enteredAt: "2027-01-01T00:00:00.000Z",
  admittedAt: null,
  admittedUntil: null,
  seatsLeft: 1_000,
  mode: "on",
  opensAt: "2026-12-01T00:00:00.000Z",
  at: "2027-01-01T00:00:01.000Z",
  ...more,
});

function stage(answers: (QueueView | ApiProblem)[], pulses: (Pulse | ApiProblem)[] = []) {
  const calls: string[] = [];
  const states: LineState[] = [];
  let token: string | null = null;
  let kept: RememberedPlace | null = null;
  const next = async (call: string) => {
    calls.push(call);
    const answer = answers.shift();
    if (!answer) throw new ApiProblem("network", 0, "nothing more");
    if (answer instanceof ApiProblem) throw answer;
    return answer;
  };
  const shared: QueueView[] = [];
  const world: LineWorld = {
    join: () => next("join"),
    poll: () => next("poll"),
    pulse: async () => {
      calls.push("pulse");
      const answer = pulses.shift();
      if (!answer) throw new ApiProblem("network", 0, "nothing more");
      if (answer instanceof ApiProblem) throw answer;
      return answer;
    },
    hasToken: () => token !== null,
    keepToken: (given) => {
      token = given;
    },
    forgetToken: () => {
      token = null;
    },
    recall: () => kept,
    memorise: (place) => {
      kept = place;
    },
    share: (view) => shared.push(view),
    onChange: (state) => states.push(state),
    asProblem: (error) => error as ApiProblem,
    isOnline: () => true,
    setTimer: (run, ms) => {
      const id = setTimeout(run, ms);
      return () => clearTimeout(id);
    },
    now: () => Date.now(),
    random: () => 0.5,
  };
  return {
    world,
    calls,
    states,
    shared,
    last: () => states.at(-1),
    kept: () => kept,
    giveToken: () => world.keepToken("old"),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const settle = () => vi.advanceTimersByTimeAsync(0);

describe("QueuePoller", () => {
  it("joins without a token, then asks when the server said so", async () => {
    const { world, calls, last } = stage([waiting(10, { token: "t" }), waiting(8), waiting(5)]);
    new QueuePoller(world).start();
    await settle();
    expect(calls).toEqual(["join"]);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(calls).toEqual(["join"]);
    await vi.advanceTimersByTimeAsync(102);
    expect(calls).toEqual(["join", "poll"]);
    expect(last()?.view?.position).toBe(8);
  });

  it("never shows a position that rises, nor a fan who was let in as waiting", async () => {
    const admitted = waiting(1, { status: "admitted", position: null, ahead: null });
    const { world, last } = stage([waiting(10, { token: "t" }), waiting(12), admitted, waiting(1)]);
    new QueuePoller(world).start();
    await settle();
    await vi.advanceTimersByTimeAsync(2_200);
    expect(last()?.view).toMatchObject({ position: 10, ahead: 9 });
    await vi.advanceTimersByTimeAsync(2_200);
    expect(last()?.view?.status).toBe("admitted");
    await vi.advanceTimersByTimeAsync(2_200);
    expect(last()?.view?.status).toBe("admitted");
  });

  it("backs off further with each failure, and recovers", async () => {
    const down = () => new ApiProblem("network", 0, "down");
    const { world, calls, last } = stage([waiting(9, { token: "t" }), down(), down(), down(), waiting(4)]);
    new QueuePoller(world).start();
    await settle();
    await vi.advanceTimersByTimeAsync(2_100);
    expect(last()).toMatchObject({ offline: true, view: { position: 9 } });
    await vi.advanceTimersByTimeAsync(1_000);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(calls).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(last()).toMatchObject({ offline: false, problem: null, view: { position: 4 } });
  });

  it("obeys Retry-After, also when the tab comes forward meanwhile", async () => {
    const { world, calls } = stage([
      waiting(9, { token: "t" }),
      new ApiProblem("rate_limited", 429, "slow", {}, 20),
      waiting(8),
    ]);
    const poller = new QueuePoller(world);
    poller.start();
    await settle();
    await vi.advanceTimersByTimeAsync(2_100);
    expect(calls).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(15_000);
    poller.wake();
    await settle();
    expect(calls).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(8_000);
    expect(calls).toHaveLength(3);
  });

  it("asks at once when the tab or the network comes back, and not twice", async () => {
    const { world, calls } = stage([waiting(9, { token: "t", pollAfterMs: 60_000 }), waiting(8), waiting(7)]);
    const poller = new QueuePoller(world);
    poller.start();
    await settle();
    poller.wake();
    await settle();
    expect(calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(5_000);
    poller.wake();
    poller.wake();
    await settle();
    expect(calls).toHaveLength(2);
  });

  it("joins again with a token that is refused, and with one of a stay that ended", async () => {
    const refused = stage([new ApiProblem("queue_token_invalid", 403, "foreign"), waiting(3, { token: "t" })]);
    refused.giveToken();
    new QueuePoller(refused.world).start();
    await settle();
    expect(refused.calls).toEqual(["poll", "join"]);
    const ended = stage([waiting(1, { status: "expired", position: null }), waiting(3, { token: "t" })]);
    ended.giveToken();
    new QueuePoller(ended.world).start();
    await settle();
    expect(ended.calls).toEqual(["poll", "join"]);
  });

  it("stops at the end of a stay and when nobody is signed in", async () => {
    const over = stage([waiting(2, { token: "t" }), waiting(1, { status: "left", position: null })]);
    new QueuePoller(over.world).start();
    await settle();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(over.calls).toHaveLength(2);
    const nobody = stage([new ApiProblem("unauthenticated", 401, "who?")]);
    new QueuePoller(nobody.world).start();
    await settle();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(nobody.calls).toHaveLength(1);
    expect(nobody.last()?.problem?.code).toBe("unauthenticated");
  });

  it("takes another tab's answer instead of asking, without passing it on", async () => {
    const { world, calls, shared, last } = stage([waiting(9, { token: "t" }), waiting(5)]);
    const poller = new QueuePoller(world);
    poller.start();
    await settle();
    await vi.advanceTimersByTimeAsync(1_500);
    poller.adopt(waiting(7));
    expect(last()?.view?.position).toBe(7);
    expect(shared).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(calls).toHaveLength(1);
  });

  it("keeps a closed room in sight", async () => {
    const { world, calls, last } = stage([new ApiProblem("queue_closed", 409, "closed"), waiting(3, { token: "t" })]);
    new QueuePoller(world).start();
    await settle();
    expect(last()?.problem?.code).toBe("queue_closed");
    await vi.advanceTimersByTimeAsync(12_000);
    expect(calls).toHaveLength(2);
    expect(last()).toMatchObject({ problem: null, view: { position: 3 } });
  });
});

describe("QueuePoller far back in line", () => {
  const pulse = (servedThrough: number, more: Partial<Pulse> = {}): Pulse => ({
    servedThrough,
    lastNumber: 200_000,
    gone: { blockSize: 1_024, from: 0, counts: [] },
    admittedPerMinute: 6_000,
    admissionsPerMinute: 6_000,
    flow: { variation: 0.1, samples: 30 },
    pace: 1,
    mode: "on",
    seatsLeft: 1_000,
    at: "2027-01-01T00:00:01.000Z",
    ...more,
  });
  const far = (position: number, more: Partial<QueueView> = {}) =>
    waiting(position, { number: 100_000, estimatedWaitSeconds: 900, ...more });

  it("reads the pulse, asks for itself near the front, and again far back every two minutes", async () => {
    const { world, calls, last } = stage(
      [far(90_000, { token: "t" }), far(80_000), far(300, { estimatedWaitSeconds: 3 })],
      [12_000, 14_000, 16_000, 18_000, 19_000, 19_500, 99_000, 99_700].map((served) => pulse(served)),
    );
    new QueuePoller(world).start();
    await settle();
    expect(calls).toEqual(["join"]);
    await vi.advanceTimersByTimeAsync(2_200);
    expect(calls).toEqual(["join", "pulse"]);
    expect(last()?.view).toMatchObject({ position: 88_000, ahead: 87_999 });
    while (calls.length < 9) await vi.advanceTimersByTimeAsync(1_000);
    expect(calls.slice(0, 9)).toEqual(["join", ...Array(6).fill("pulse"), "poll", "pulse"]);
    await vi.advanceTimersByTimeAsync(5_000);
    // 99,000 were served: a thousand are ahead, ten seconds' worth, which is near.
    expect(calls.at(-1)).toBe("poll");
    expect(last()?.view?.position).toBe(300);
  });

  it("asks for itself when the tab comes back", async () => {
    const { world, calls } = stage([far(90_000, { token: "t", pollAfterMs: 60_000 }), far(80_000)], [pulse(12_000)]);
    const poller = new QueuePoller(world);
    poller.start();
    await settle();
    await vi.advanceTimersByTimeAsync(5_000);
    poller.wake();
    await settle();
    expect(calls).toEqual(["join", "poll"]);
  });

  it("asks for itself at once when the pulse has passed its number", async () => {
    const admitted = far(1, { status: "admitted", position: null, ahead: null });
    const { world, calls, last } = stage([far(90_000, { token: "t" }), admitted], [pulse(100_000)]);
    new QueuePoller(world).start();
    await settle();
    await vi.advanceTimersByTimeAsync(2_200);
    expect(calls).toEqual(["join", "pulse", "poll"]);
    expect(last()?.view?.status).toBe("admitted");
  });

  it("never shows a place that rises between pulse and poll, reloads and tabs", async () => {
    const first = stage([far(80_000, { token: "t" })], [pulse(19_000), pulse(25_000)]);
    new QueuePoller(first.world).start();
    await settle();
    await vi.advanceTimersByTimeAsync(2_200);
    // The pulse knows nothing of those of the own block that left.
    expect(first.last()?.view?.position).toBe(80_000);
    await vi.advanceTimersByTimeAsync(23_000);
    expect(first.last()?.view?.position).toBe(75_000);

    const seen: number[] = [];
    const second = stage([far(76_000), far(74_000)], []);
    second.world.memorise(first.kept());
    second.giveToken();
    const poller = new QueuePoller(second.world);
    poller.start();
    await settle();
    seen.push(second.last()?.view?.position as number);
    // Meanwhile another tab saw a better place, and told only the storage.
    second.world.memorise({ ...(first.kept() as RememberedPlace), bestPosition: 70_000 });
    poller.adopt(far(74_000));
    seen.push(second.last()?.view?.position as number);
    expect(seen).toEqual([75_000, 70_000]);
    expect(second.kept()?.bestPosition).toBe(70_000);
  });

  it("would show it rising if each tab remembered for itself (negative control)", () => {
    const own = { wait: waiting(1).enteredAt, firstPosition: 90_000, bestPosition: 75_000, sawSeats: true };
    expect(steady(null, far(74_000), remember(own, far(74_000))).position).toBeGreaterThan(70_000);
  });

  it("backs off from a pulse that is refused, and stretches when the server is busy", async () => {
    const { world, calls } = stage(
      [far(90_000, { token: "t" })],
      [new ApiProblem("unavailable", 503, "busy", {}, 7), pulse(12_000, { pace: 4 }), pulse(13_000)],
    );
    new QueuePoller(world).start();
    await settle();
    await vi.advanceTimersByTimeAsync(2_200);
    expect(calls).toEqual(["join", "pulse"]);
    await vi.advanceTimersByTimeAsync(6_500);
    expect(calls).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(2_500);
    expect(calls).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(calls.length).toBeGreaterThanOrEqual(4);
  });

  it("shows what the fan did at once, also while an answer is under way", async () => {
    const admitted = waiting(1, { status: "admitted", position: null, ahead: null, deferralsLeft: 2 });
    const { world, calls, last } = stage([admitted, waiting(4, { deferred: true, deferralsLeft: 1 })]);
    world.keepToken("t");
    const poller = new QueuePoller(world);
    poller.start();
    await settle();
    poller.take(waiting(5, { deferred: true, deferralsLeft: 1, at: "2027-01-01T00:00:02.000Z" }));
    expect(last()?.view).toMatchObject({ status: "waiting", position: 5, deferred: true });
    await vi.advanceTimersByTimeAsync(2_200);
    expect(calls).toEqual(["poll", "poll"]);
  });
});
