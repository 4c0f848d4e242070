import { WAIT_BOUNDS } from "./wait-rules";

/** Where all stretches of time are counted from, in SQL. */
export const EPOCH = "timestamptz '2000-01-01 00:00:00+00'";

/** The ten seconds that an instant belongs to, in SQL; `queue_history` counts by these. */
export const HISTORY_BUCKET = `date_bin('10 seconds', now(), ${EPOCH})`;

/** An instant's wait in `seconds` (SQL) as the number of its class, from 0. */
export const waitClass = (seconds: string): string =>
  `width_bucket(${seconds}, array[${WAIT_BOUNDS.join(", ")}]::float8[])`;

/** Numbers of all classes of waits, as a table `class(at)`. */
export const WAIT_CLASSES = `generate_series(0, ${WAIT_BOUNDS.length}) class(at)`;

/** The counts of waits of a row beside those that are added to it, for `on conflict do update set waits = …`. */
export const WAITS_TOGETHER = `case
  when queue_history.waits is null then excluded.waits
  when excluded.waits is null then queue_history.waits
  else (select array_agg(coalesce(had, 0) + coalesce(more, 0) order by at)
        from unnest(queue_history.waits, excluded.waits) with ordinality pair(had, more, at)) end`;

/** In SQL, of `queues q`: those in line or in the lobby. Every number that was given came up, departed or waits. */
export const WAITING = "greatest(0, q.last_number - q.admissions - q.departures) + greatest(0, q.lobby)";

/** In SQL, of `queues q`: those whose turn it is now, by the database's clock. */
export const INSIDE =
  "(select count(*) from queue_entries e where e.concert_id = q.concert_id and e.status = 'admitted' and e.admitted_until > now())";
