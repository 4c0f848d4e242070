import { type Db, statement } from "@/db/client";
import { notFound } from "@/lib/core/errors";
import type { DoorCount } from "./schema";

const count = statement<{ id: string; starts_at: Date; tickets: number; checked_in: number }>(
  "tickets_door_counts",
  `select p.id, p.starts_at, count(t.id) as tickets, count(t.id) filter (where t.status = 'checked_in') as checked_in
   from performances p
   left join tickets t on t.concert_id = $1 and t.performance_id = p.id and t.status <> 'void'
   where p.concert_id = $1
   group by p.id, p.starts_at
   order by p.starts_at, p.id`,
);

/** How full the house is, for each performance of a concert. Throws `not_found`. */
export async function listDoorCounts(db: Db, concertId: string): Promise<DoorCount[]> {
  const rows = await count(db, [concertId]);
  if (rows.length === 0) throw notFound("concert");
  return rows.map(({ id, starts_at, tickets, checked_in }) => ({
    performanceId: id,
    startsAt: starts_at,
    tickets,
    checkedIn: checked_in,
  }));
}
