/** How long seats are offered to one fan, by the database's clock. */
export const OFFER_SECONDS = 600;

/**
 * How long seats that come back are kept from general sale while somebody is waiting: long enough for a process to look
 * (they look every second), short enough that nothing is lost if none does.
 */
export const KEEP_SECONDS = 60;

/** Offers made in one look; more wait for the next one, a second later. */
export const MOST_OFFERS = 20;
