/** How long an answer is kept, as the contract promises. */
export const KEEP_HOURS = 24;

/**
 * Whether a refusal is an answer to keep. Gate refusals, validation, limits and faults are not: the same call may
 * succeed later, and its key must still be free for that.
 */
export const isKeptStatus = (status: number): boolean => [402, 404, 409, 422].includes(status);
