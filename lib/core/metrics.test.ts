import { afterEach, describe, expect, it, vi } from "vitest";
import { counter, gauge, metricsText, readMetrics } from "./metrics";
import { forget } from "./registry";

afterEach(() => forget("core.metrics"));

describe("metrics", () => {
  it("counts by labels and reads gauges when asked", async () => {
    counter("frontrow_things_total", "Things.", { kind: "a" }).add();
    counter("frontrow_things_total", "Things.", { kind: "a" }).add(2);
    counter("frontrow_things_total", "Things.", { kind: "b" });
    let level = 1;
    gauge("frontrow_level", "How high.", () => level);
    gauge("frontrow_rooms", "By room.", async () => [{ labels: { room: 'a "b"\n\\' }, value: 4 }]);
    level = 7;
    expect(metricsText(await readMetrics())).toBe(`# HELP frontrow_things_total Things.
# TYPE frontrow_things_total counter
frontrow_things_total{kind="a"} 3
frontrow_things_total{kind="b"} 0
# HELP frontrow_level How high.
# TYPE frontrow_level gauge
frontrow_level 7
# HELP frontrow_rooms By room.
# TYPE frontrow_rooms gauge
frontrow_rooms{room="a \\"b\\"\\n\\\\"} 4
`);
  });

  it("lets the later reading of a name take the earlier one's place", async () => {
    gauge("frontrow_level", "How high.", () => 1);
    gauge("frontrow_level", "How high.", () => 2);
    expect((await readMetrics()).map(({ samples }) => samples)).toEqual([[{ value: 2 }]]);
  });

  it("leaves out what cannot be read, and says so in the log", async () => {
    const log = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    gauge("frontrow_broken", "Broken.", () => Promise.reject(new Error("away")));
    gauge("frontrow_level", "How high.", () => 1);
    expect((await readMetrics()).map(({ name }) => name)).toEqual(["frontrow_level"]);
    expect(String(log.mock.calls[0]?.[0])).toContain("metrics.not-read");
    log.mockRestore();
  });
});
