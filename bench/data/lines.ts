import type { Client } from "@/db/client";
import { signQueueToken } from "@/lib/queue/token";
import { makeConcert } from "./concerts";

/** In a long line every tenth has left before the turn; positions are not numbers. */
const LEFT_EVERY = 10;

export type Line = {
  concertId: string;
  /** Signed tokens of fans who wait, spread over the whole line, in random order. */
  tokens: string[];
  /** The same fans' entries. */
  entryIds: string[];
};

/** A paused room with the numbers 1 to `length`, in one statement; every tenth has left. */
export async function plantLine(db: Client, concertId: string, length: number): Promise<void> {
  await db.$client.query(
    `with line as (
       insert into queue_entries (concert_id, id, user_id, number, status, ended_at)
       select $1, gen_random_uuid(), gen_random_uuid(), number,
              case when number % ${LEFT_EVERY} = 0 then 'left' else 'waiting' end,
              case when number % ${LEFT_EVERY} = 0 then now() end
       from generate_series(1, $2::int) number),
     gone as (
       insert into queue_departures (concert_id, seq, number)
       select $1, seq, seq * ${LEFT_EVERY} from generate_series(1, $2::int / ${LEFT_EVERY}) seq)
     update queues set last_number = $2, departures = $2::int / ${LEFT_EVERY} where concert_id = $1`,
    [concertId, length],
  );
  await db.$client.query("vacuum analyze queue_entries, queue_departures");
}

/** A concert with a line of `length`, and the tokens of up to `most` of those who wait. */
export async function makeLine(db: Client, slug: string, length: number, most: number): Promise<Line> {
  const { id: concertId } = await makeConcert(db, "hongdae-night-2027", slug);
  await plantLine(db, concertId, length);
  const { rows } = await db.$client.query<{ id: string; user_id: string; number: number; entered_at: Date }>(
    `select id, user_id, number, entered_at from queue_entries
     where concert_id = $1 and status = 'waiting' and number % $2 = 1 % $2 order by random()`,
    [concertId, Math.max(1, Math.floor(length / most))],
  );
  const tokens = rows.map(({ id, user_id, number, entered_at }) =>
    signQueueToken({ concertId, entryId: id, userId: user_id, number, generation: 0, enteredAt: entered_at }),
  );
  return { concertId, tokens, entryIds: rows.map(({ id }) => id) };
}
