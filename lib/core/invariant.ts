/** A promise about what is stored that holds at every moment, as a query that finds whatever breaks it. */
export type Invariant = {
  /** In a word or a few, hyphenated; the metric's label. */
  name: string;
  /** The promise, as a sentence. */
  says: string;
  /**
   * One `select` of columns `id` (text: which row or rows) and `why` (text), without parameters; no row means that the
   * promise is kept. It runs in one snapshot with all the others and takes no locks.
   *
   * Time in it: `now()` is a moment before the snapshot, `clock_timestamp()` one after it. Whatever must be over for
   * certain is compared with the former, whatever must still be good with the latter, so that what ends while the
   * check runs raises no alarm.
   */
  sql: string;
};
