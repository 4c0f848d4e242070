import { describe, expect, it } from "vitest";
import { layoutHall } from "./hall-layout";
import { loneSeats } from "./lone-seats";
import { SeatStore } from "./seat-store";

const hall = layoutHall([
  { name: "A", tier: "R", rows: 2, seatsPerRow: 6 },
  { name: "B", tier: "R", rows: 1, seatsPerRow: 6 },
]);

function storeOf(a: string, b: string, own?: ReadonlyMap<number, string>): SeatStore {
  const store = new SeatStore(hall, own);
  store.takeStates([
    { name: "A", states: a },
    { name: "B", states: b },
  ]);
  return store;
}

describe("loneSeats", () => {
  it("names the seats that would be left alone, in each row that is touched", () => {
    const store = storeOf("aaaaaahaaaaa", "aaaaaa");
    expect(loneSeats(hall, store, new Set([1, 2]))).toEqual([0]);
    expect(loneSeats(hall, store, new Set([0, 1]))).toEqual([]);
    expect(loneSeats(hall, store, new Set([8, 9, 13, 14]))).toEqual([7, 12]);
  });

  it("counts the fan's own held seats as free", () => {
    const own = new Map([
      [0, "x"],
      [1, "y"],
    ]);
    expect(loneSeats(hall, storeOf("hhaaaaaaaaaa", "aaaaaa", own), new Set([1, 2]))).toEqual([0]);
    expect(loneSeats(hall, storeOf("hhaaaaaaaaaa", "aaaaaa"), new Set([3, 4]))).toEqual([2, 5]);
  });

  it("says nothing near the end of the sale", () => {
    expect(loneSeats(hall, storeOf("ssssssssssss", "ssssss"), new Set([1]))).toEqual([]);
  });
});
