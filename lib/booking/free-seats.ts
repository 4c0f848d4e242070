/**
 * For the SET of an UPDATE of `seats s` that are given back, beside their `performances p`: free for everybody at once,
 * or, where fans are on the waitlist, kept from general sale for the moment in which the waitlist is asked.
 */
export const FREED = `sold_at = null,
  held_until = case when p.keep_seconds > 0 then now() + make_interval(secs => p.keep_seconds) end,
  reservation_id = case when p.keep_seconds > 0 then s.reservation_id end`;
