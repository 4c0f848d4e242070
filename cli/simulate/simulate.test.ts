import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clock, plot } from "./plot";
import { ARRIVALS, type Scenario } from "./scenario";
import { percentile, simulate } from "./simulate";

const SCENARIO: Scenario = {
  fans: 5000,
  arrivals: "burst",
  overSeconds: 600,
  activeLimit: 200,
  admissionsPerMinute: 600,
  sessionSeconds: 600,
  claimSeconds: 120,
  seats: 100_000,
  perFan: 4,
  shoppingSeconds: 150,
  buyers: 0.8,
  ghosts: 0.05,
  patienceSeconds: null,
  seed: 1,
};

const scenarios = fc.record({
  fans: fc.integer({ min: 1, max: 3000 }),
  arrivals: fc.constantFrom(...ARRIVALS),
  overSeconds: fc.integer({ min: 1, max: 1800 }),
  activeLimit: fc.integer({ min: 1, max: 500 }),
  admissionsPerMinute: fc.integer({ min: 30, max: 6000 }),
  sessionSeconds: fc.integer({ min: 30, max: 900 }),
  claimSeconds: fc.integer({ min: 10, max: 300 }),
  seats: fc.integer({ min: 1, max: 5000 }),
  perFan: fc.integer({ min: 1, max: 6 }),
  shoppingSeconds: fc.integer({ min: 10, max: 600 }),
  buyers: fc.double({ min: 0, max: 1, noNaN: true }),
  ghosts: fc.double({ min: 0, max: 1, noNaN: true }),
  patienceSeconds: fc.option(fc.integer({ min: 6, max: 3600 })),
  seed: fc.integer({ min: 0, max: 1e9 }),
});

describe("simulate", () => {
  it("accounts for every fan and every seat, and keeps to the limits", () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const outcome = simulate(scenario);
        expect(outcome.admitted + outcome.abandoned + outcome.tooLate).toBe(scenario.fans);
        expect(outcome.seatsSold).toBeLessThanOrEqual(scenario.seats);
        expect(outcome.soldOutAt === null).toBe(outcome.seatsSold < scenario.seats);
        expect(outcome.bought).toBeLessThanOrEqual(outcome.seatsSold);
        expect(outcome.waits.length).toBe(outcome.admitted);
        for (const { waiting, inside } of outcome.moments) {
          expect(waiting).toBeGreaterThanOrEqual(0);
          expect(inside).toBeLessThanOrEqual(scenario.activeLimit);
        }
        // A second's worth may come in at once, and no more than the rate ever after.
        const most =
          Math.max(1, scenario.admissionsPerMinute / 60) + (outcome.endedAt * scenario.admissionsPerMinute) / 60;
        expect(outcome.admitted).toBeLessThanOrEqual(Math.ceil(most));
      }),
      { numRuns: 60 },
    );
  });

  it("accounts for whoever still waits when a week is over, too", () => {
    // Of one at a time, each for hours, a week takes no more than some hundreds.
    const slow = { ...SCENARIO, activeLimit: 1, admissionsPerMinute: 30, shoppingSeconds: 3600, sessionSeconds: 7200 };
    const outcome = simulate({ ...slow, buyers: 0, ghosts: 0, fans: 1000 });
    expect(outcome.soldOutAt).toBeNull();
    expect(outcome.endedAt).toBe(7 * 86_400);
    expect(outcome.tooLate).toBeGreaterThan(500);
    expect(outcome.admitted + outcome.tooLate).toBe(1000);
  });

  it("plays the same sale for the same seed and another one for another", () => {
    const one = simulate(SCENARIO);
    expect(simulate(SCENARIO)).toEqual(one);
    expect(simulate({ ...SCENARIO, seed: 2 })).not.toEqual(one);
  });

  it("lets the last of those at the door wait as long as the rate needs for them all", () => {
    const { waits } = simulate({ ...SCENARIO, arrivals: "steady", overSeconds: 0.001, activeLimit: 5000 });
    // 600 a minute for 5,000.
    expect(percentile(waits, 1)).toBeGreaterThan(495);
    expect(percentile(waits, 1)).toBeLessThan(501);
    expect(percentile(waits, 0.5)).toBeCloseTo(250, -1);
  });

  it("lets nobody wait where there is room for all, and everybody who will not be let in", () => {
    const roomy = simulate({ ...SCENARIO, arrivals: "steady", activeLimit: 100_000, admissionsPerMinute: 60_000 });
    expect(percentile(roomy.waits, 0.99)).toBeLessThan(1);
    expect(simulate({ ...SCENARIO, fans: 50, activeLimit: 0 }).admitted).toBe(0);
  });

  it("shows what ghosts cost, and what patience does", () => {
    const [none, some] = [0, 0.4].map((ghosts) => simulate({ ...SCENARIO, ghosts, shoppingSeconds: 30 }));
    expect(none!.ghostShare).toBe(0);
    expect(some!.ghostShare).toBeGreaterThan(0.4);
    expect(some!.endedAt).toBeGreaterThan(none!.endedAt);
    const impatient = simulate({ ...SCENARIO, patienceSeconds: 120 });
    expect(impatient.abandoned).toBeGreaterThan(1000);
    expect(percentile(impatient.waits, 0.9)).toBeLessThan(percentile(simulate(SCENARIO).waits, 0.9) as number);
  });

  it("plays a million fans through in seconds", () => {
    const began = performance.now();
    const fans = 1_000_000;
    const outcome = simulate({ ...SCENARIO, fans, seats: fans * 4, activeLimit: 50_000, admissionsPerMinute: 60_000 });
    expect(outcome.admitted).toBe(fans);
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

describe("plots", () => {
  it("are plain characters with their highest value at the axis", () => {
    const points = Array.from({ length: 120 }, (_, at) => ({ x: at, y: at * 10 }));
    const lines = plot({ title: "fans", points, until: 120, say: String });
    expect(lines.join("\n")).toMatch(/^[\x20-\x7e\n]+$/);
    expect(lines[0]).toBe("fans");
    expect(lines[1]).toContain("1185 |");
    expect(lines[1]!.indexOf("#")).toBeGreaterThan(lines[9]!.indexOf("#"));
    expect(lines.at(-1)).toMatch(/0 +2:00$/);
    expect([12, 65, 3725].map(clock)).toEqual(["12s", "1:05", "1:02:05"]);
  });
});

describe("npm run simulate", () => {
  const run = (...words: string[]) =>
    promisify(execFile)(process.execPath, ["--import", "tsx", "cli/simulate.ts", ...words]).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
    );

  it("prints a table, a line of JSON or a picture, and says what it was called wrongly with", async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "frontrow-simulate-"));
    const svg = path.join(dir, "sale.svg");
    const sale = ["--fans", "2000", "--active", "100", "--rate", "600"];
    const [table, json, few, odd] = await Promise.all([
      run(...sale, "--svg", svg),
      run(...sale, "--arrivals", "poisson", "--json"),
      run("--fans", "0", "--active", "1", "--rate", "1"),
      run(...sale, "--arrivals", "never"),
    ]);
    expect(table).toMatchObject({ code: 0, stdout: expect.stringContaining("wait p90") });
    expect(await readFile(svg, "utf8")).toContain("<polyline");
    expect(JSON.parse(json.stdout)).toMatchObject({ scenario: { fans: 2000 }, wait: { p50: expect.any(Number) } });
    expect(few).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("--fans must be a number") });
    expect(odd).toMatchObject({ code: 1, stderr: expect.stringContaining("burst, poisson, steady") });
    await rm(dir, { recursive: true });
  });
});
