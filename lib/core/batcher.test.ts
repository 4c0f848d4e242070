import { describe, expect, it } from "vitest";
import { Batcher } from "./batcher";

type Run = { items: number[]; done(answers?: (number | Error)[]): void; failed(error: Error): void };

/** A batcher whose batches are done when the test says so. */
function batching(limits: { batch?: number; waiting?: number; following?: number } = {}) {
  const runs: Run[] = [];
  const batcher = new Batcher<number, number>(
    (items) =>
      new Promise((resolve, reject) => {
        runs.push({ items, done: (answers = items.map((item) => item * 10)) => resolve(answers), failed: reject });
      }),
    { batch: 100, waiting: 1000, ...limits },
  );
  const add = (...items: number[]) => Promise.allSettled(items.map((item) => batcher.add(item)));
  const run = (at: number) => runs[at] as Run;
  return { runs, run, add };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const values = (settled: PromiseSettledResult<number>[]) =>
  settled.map((one) => (one.status === "fulfilled" ? one.value : String(one.reason.message)));

describe("a batcher", () => {
  it("sends what came in one turn together, and what comes meanwhile when that is done", async () => {
    const { runs, run, add } = batching();
    const first = add(1, 2);
    expect(runs).toHaveLength(0);
    await turn();
    const second = add(3);
    await turn();
    const third = add(4, 5);
    await turn();
    expect(runs.map(({ items }) => items)).toEqual([[1, 2]]);
    run(0).done();
    expect(values(await first)).toEqual([10, 20]);
    expect(runs.map(({ items }) => items)).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    run(1).done();
    expect(values([...(await second), ...(await third)])).toEqual([30, 40, 50]);
    // And begins anew when nothing is under way.
    const last = add(6);
    await turn();
    run(2).done();
    expect(values(await last)).toEqual([60]);
  });

  it("sends a second batch behind the first once so many wait, and no third", async () => {
    const { runs, run, add } = batching({ following: 3 });
    const all = [add(1)];
    await turn();
    all.push(add(2, 3));
    await turn();
    expect(runs).toHaveLength(1);
    all.push(add(4));
    await turn();
    expect(runs.map(({ items }) => items)).toEqual([[1], [2, 3, 4]]);
    all.push(add(5, 6, 7, 8));
    await turn();
    expect(runs).toHaveLength(2);
    run(0).done();
    await all[0];
    expect(runs.map(({ items }) => items)).toEqual([[1], [2, 3, 4], [5, 6, 7, 8]]);
    all.push(add(9));
    await turn();
    run(1).done();
    await all[1];
    // One waits, and one batch is under way: too few to follow it.
    expect(runs).toHaveLength(3);
    run(2).done();
    await all[3];
    expect(runs.map(({ items }) => items)).toEqual([[1], [2, 3, 4], [5, 6, 7, 8], [9]]);
    run(3).done();
    expect(values((await Promise.all(all)).flat())).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
  });

  it("goes on in whichever order two batches end, and after one that failed", async () => {
    const { runs, run, add } = batching({ following: 1 });
    const first = add(1);
    await turn();
    const second = add(2);
    await turn();
    run(1).done();
    expect(values(await second)).toEqual([20]);
    const third = add(3);
    await turn();
    expect(runs).toHaveLength(3);
    run(0).failed(new Error("gone"));
    expect(values(await first)).toEqual(["gone"]);
    run(2).done();
    expect(values(await third)).toEqual([30]);
    const fourth = add(4);
    await turn();
    run(3).done();
    expect(values(await fourth)).toEqual([40]);
  });

  it("rejects the one call whose answer is an error", async () => {
    const { run, add } = batching();
    const both = add(1, 2);
    await turn();
    run(0).done([new Error("not this one"), 20]);
    expect(values(await both)).toEqual(["not this one", 20]);
  });

  it("takes no more at a time, and turns away at once what would wait too long", async () => {
    const { runs, run, add } = batching({ batch: 2, waiting: 3 });
    const all = add(1, 2, 3, 4);
    await turn();
    expect(runs.map(({ items }) => items)).toEqual([[1, 2]]);
    run(0).done();
    await turn();
    run(1).done();
    const settled = await all;
    expect(values(settled.slice(0, 3))).toEqual([10, 20, 30]);
    expect(settled[3]).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
  });
});
