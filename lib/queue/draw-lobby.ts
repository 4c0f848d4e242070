import { type Db, statement } from "@/db/client";

const draw = statement<{ drawn: number }>(
  "queue_draw_lobby",
  `with ranked as (
     select id, row_number() over (order by sha256(convert_to($2 || ':' || id::text, 'UTF8')), id) as place
     from queue_entries where concert_id = $1 and status = 'lobby'),
   numbered as (
     update queue_entries e set status = 'waiting', number = $3::int8 + ranked.place
     from ranked where e.concert_id = $1 and e.id = ranked.id returning 1)
   update queues set drawn_at = now(), last_number = $3::int8 + (select count(*) from numbered),
                     lobby = lobby - (select count(*) from numbered)
   where concert_id = $1
   returning (select count(*) from numbered) as drawn`,
);

/**
 * Gives everyone in the lobby a number, in the order of sha256(seed ":" entry id): fixed by a seed whose hash was
 * public before anyone came, so nobody can choose or change a place. Under the room's lock, once, at the opening.
 * Answers how many were drawn.
 */
export async function drawLobby(
  tx: Db,
  { concertId, seed, lastNumber }: { concertId: string; seed: string; lastNumber: number },
): Promise<number> {
  const [row] = await draw(tx, [concertId, seed, lastNumber]);
  return row?.drawn ?? 0;
}
