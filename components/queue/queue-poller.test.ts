import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/components/api-problem";
import type { QueueView } from "@/lib/queue/schema";
import type { RememberedPlace } from "./place";
import { type LineState, type LineWorld, QueuePoller } from "./queue-poller";

const waiting = (position: number, more: Partial<QueueView> = {}): QueueView => ({
  status: "waiting",
  number: 100,
  position,
  ahead: position - 1,
  waiting: 500,
  estimatedWaitSeconds: 60,
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

function stage(answers: (QueueView | ApiProblem)[]) {
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
  return { world, calls, states, shared, last: () => states.at(-1), giveToken: () => world.keepToken("old") };
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
