import { describe, expect, it } from "vitest";
import { concertStatus } from "./rules";

const day = (number: number) => new Date(Date.UTC(2027, 0, number));

describe("concertStatus", () => {
  const concert = { saleOpensAt: day(2), saleClosesAt: day(6), lastStartsAt: day(8), soldOut: false };
  it.each([
    [1, "upcoming"],
    [2, "on_sale"],
    [5, "on_sale"],
    [6, "closed"],
    [8, "past"],
  ] as const)("on day %i is %s", (today, status) => {
    expect(concertStatus({ ...concert, now: day(today) })).toBe(status);
  });

  it("is sold out only while it is on sale", () => {
    const soldOut = { ...concert, soldOut: true };
    expect(concertStatus({ ...soldOut, now: day(1) })).toBe("upcoming");
    expect(concertStatus({ ...soldOut, now: day(3) })).toBe("sold_out");
    expect(concertStatus({ ...soldOut, now: day(7) })).toBe("closed");
  });

  it("without an end stays on sale until the last performance", () => {
    expect(concertStatus({ ...concert, saleClosesAt: null, now: day(7) })).toBe("on_sale");
  });
});
