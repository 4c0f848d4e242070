/** The ten seconds that an instant belongs to, in SQL; `queue_history` counts by these. */
export const HISTORY_BUCKET = "date_bin('10 seconds', now(), timestamptz '2000-01-01 00:00:00+00')";
