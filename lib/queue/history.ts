import { WAIT_BOUNDS } from "./wait-rules";

/** The ten seconds that an instant belongs to, in SQL; `queue_history` counts by these. */
export const HISTORY_BUCKET = "date_bin('10 seconds', now(), timestamptz '2000-01-01 00:00:00+00')";

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
