import type { Case } from "./stored";
import { done, sameThings } from "./stored";

type Row = {
  id: string;
  user_id: string;
  status: string;
  extensions: number;
  offered: boolean;
  seat_ids: string[];
};

/** Holds, how they were extended and changed, and how reservations ended. Answers each one's status. */
export async function compareReservations({ log, read, userIds }: Case): Promise<Map<string, string>> {
  const fanOf = new Map(userIds.map((id, fan) => [id, fan]));
  const rows = await read<Row>(
    `select id, user_id, status, extensions, offered,
            array(select seat ->> 'id' from jsonb_array_elements(seats || refunded_seats) seat order by 1) as seat_ids
     from reservations`,
  );
  const statusOf = new Map(rows.map(({ id, status }) => [id, status]));
  sameThings(
    log,
    "reservation",
    new Map(done(log, "hold").map(({ fan, final }) => [final?.body.id, `fan ${fan}`])),
    // Those that were offered from a waitlist, nobody asked for by name.
    new Map(rows.filter(({ offered }) => !offered).map((row) => [row.id, `fan ${fanOf.get(row.user_id)}`])),
  );
  const extended = new Map<string, number>();
  for (const { final } of done(log, "extend")) extended.set(final?.body.id, (extended.get(final?.body.id) ?? 0) + 1);
  for (const { id, extensions, seat_ids } of rows) {
    const told = extended.get(id) ?? 0;
    if (told !== extensions)
      log.accuse(`reservation ${id} was extended ${extensions} times, its fan was told of ${told}`);
    const changed = log.changed.get(id);
    // A refunded one keeps the seats that went back last only once.
    if (changed && statusOf.get(id) !== "refunded" && changed.join() !== seat_ids.join()) {
      log.accuse(`reservation ${id} was changed to ${changed.join()} and has ${seat_ids.join()}`);
    }
  }
  for (const [id, { outcome, fan }] of log.givenUp) {
    const status = statusOf.get(id) ?? "missing";
    if (outcome === "ok" && status !== "refunded" && status !== "cancelled") {
      log.accuse(`reservation ${id} (fan ${fan}) was given up and is ${status}`);
    }
  }
  return statusOf;
}
