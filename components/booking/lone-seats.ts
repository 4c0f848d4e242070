import { isNearlySoldOut, seatsLeftAlone } from "@/lib/booking/rules";
import { type Hall, seatAt, seatIndex } from "./hall-layout";
import { SEAT, type SeatStore } from "./seat-store";

/** The seats that a choice would leave free with nobody able to sit beside them, by the server's own rule. */
export function loneSeats(hall: Hall, store: SeatStore, selected: ReadonlySet<number>): number[] {
  if (isNearlySoldOut({ free: store.total, total: hall.seats })) return [];
  const rows = new Map<number, { numbers: Set<number>; at: number }>();
  for (const index of selected) {
    const seat = seatAt(hall, index);
    if (!seat) continue;
    const first = seatIndex(seat.block, seat.row, 1);
    const row = rows.get(first) ?? { numbers: new Set<number>(), at: index };
    row.numbers.add(seat.number);
    rows.set(first, row);
  }
  return [...rows].flatMap(([first, { numbers, at }]) => {
    const length = seatAt(hall, at)?.block.seatsPerRow ?? 0;
    const free: number[] = [];
    for (let number = 1; number <= length; number += 1) {
      if (store.stateOf(first + number - 1) === SEAT.available || numbers.has(number)) free.push(number);
    }
    return seatsLeftAlone(free, numbers).map((number) => first + number - 1);
  });
}
