import { describe, expect, it } from "vitest";
import { ServerClock } from "./server-clock";

const header = (time: number) => new Date(Math.floor(time / 1000) * 1000).toUTCString();

describe("ServerClock", () => {
  it("closes in on the server's time from whole-second headers", () => {
    const clock = new ServerClock();
    const offset = 123_456;
    for (let sent = 1_800_000_000_000; sent < 1_800_000_010_000; sent += 730) {
      clock.observe(header(sent + 20 + offset), sent, sent + 40);
    }
    expect(Math.abs(clock.offset - offset)).toBeLessThan(100);
  });

  it("starts over when the device's clock jumps", () => {
    const clock = new ServerClock();
    clock.observe(header(1_800_000_000_500), 1_800_000_000_000, 1_800_000_000_050);
    clock.observe(header(1_800_000_010_500), 1_800_003_600_000, 1_800_003_600_050);
    expect(Math.abs(clock.offset - -3_589_500)).toBeLessThan(600);
  });

  it("ignores an answer without a date", () => {
    const clock = new ServerClock();
    clock.observe(null, 0, 1);
    clock.observe("nonsense", 0, 1);
    expect(clock.offset).toBe(0);
  });
});
