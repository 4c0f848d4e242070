import type { Client } from "@/db/client";
import { newId } from "@/lib/core/ids";
import { signQueueToken } from "@/lib/queue/token";
import { type BenchConcert, makeConcert } from "./concerts";
import type { Fan } from "./fans";

/** An admitted fan and the free seat that this fan will hold. */
export type Place = {
  concertId: string;
  performanceId: string;
  entryId: string;
  userId: string;
  seatId: string;
  /** For whoever holds without the product's own verb. */
  reservationId: string;
  queueToken: string;
  bearer: string;
};

/** The seats of the stadium example. */
export const STADIUM_SEATS = 49_828;

/** A fresh stadium with `fans` admitted to it, each with a seat of their own in random order. */
export async function makeStadium(db: Client, slug: string, fans: Fan[]): Promise<BenchConcert & { places: Place[] }> {
  const concert = await makeConcert(db, "worldcup-stadium-2027", slug);
  const seats = await db.$client.query<{ id: string }>(
    "select id from seats where concert_id = $1 order by random() limit $2",
    [concert.id, fans.length],
  );
  const enteredAt = new Date();
  const places = fans.map(({ userId, token: bearer }, at): Place => {
    const entryId = newId();
    const number = at + 1;
    return {
      concertId: concert.id,
      performanceId: concert.performanceId,
      entryId,
      userId,
      seatId: seats.rows[at]?.id as string,
      reservationId: newId(),
      queueToken: signQueueToken({ concertId: concert.id, entryId, userId, number, generation: 0, enteredAt }),
      bearer,
    };
  });
  await db.$client.query(
    `with admitted as (
       insert into queue_entries
         (concert_id, id, user_id, number, status, entered_at, admitted_at, admitted_until, claimed_at)
       select $1, id, user_id, number, 'admitted', $4, now(), now() + interval '2 hours', now()
       from unnest($2::uuid[], $3::uuid[]) with ordinality as fan (id, user_id, number))
     update queues set last_number = $5, served_through = $5 where concert_id = $1`,
    [concert.id, places.map((place) => place.entryId), places.map((place) => place.userId), enteredAt, places.length],
  );
  await db.$client.query("vacuum analyze queue_entries, seats, reservations");
  return { ...concert, places };
}
