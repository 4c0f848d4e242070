import { describe, expect, it } from "vitest";
import { historyCsv, predictEmpty, stepFor } from "./history-rules";

const flow = { waiting: 600, mode: "on", joined: 60, admitted: 120, departed: 30, invited: 10, seconds: 300 } as const;

describe("predictEmpty", () => {
  it("divides the line by how fast it gets shorter", () => {
    expect(predictEmpty(flow)).toBe(1800);
    expect(predictEmpty({ ...flow, waiting: 0 })).toBe(0);
    expect(predictEmpty({ ...flow, waiting: 0, mode: "paused" })).toBe(0);
  });

  it("counts on nobody joining a closed room", () => {
    expect(predictEmpty({ ...flow, joined: 10_000, mode: "closed" })).toBe(1125);
  });

  it("says nothing of a line that grows or stands", () => {
    expect(predictEmpty({ ...flow, joined: 160 })).toBeNull();
    expect(predictEmpty({ ...flow, joined: 0, admitted: 0, departed: 0, invited: 0 })).toBeNull();
    expect(predictEmpty({ ...flow, mode: "paused" })).toBeNull();
  });
});

describe("stepFor", () => {
  it("keeps an hour at ten seconds, a day at a minute and a year at a day", () => {
    expect([3600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400].map(stepFor)).toEqual([10, 60, 600, 3600, 86_400]);
  });
});

describe("historyCsv", () => {
  it("has a line of names and empty fields for what is not known", () => {
    const point = {
      at: "2027-01-01T00:00:00.000Z",
      seconds: 10,
      joined: 1,
      admitted: 2,
      departed: 3,
      invited: 4,
      expired: 5,
      waiting: null,
      inside: 6,
      seatsLeft: 7,
      waitSecondsP50: null,
      waitSecondsP90: null,
    };
    expect(historyCsv([point])).toBe(
      "at,seconds,joined,admitted,departed,invited,expired,waiting,inside,seats_left,wait_seconds_p50,wait_seconds_p90\r\n" +
        "2027-01-01T00:00:00.000Z,10,1,2,3,4,5,,6,7,,\r\n",
    );
  });
});
