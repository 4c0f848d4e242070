import { sqlState } from "./errors";

type Settled<T extends readonly unknown[]> = { -readonly [K in keyof T]: Awaited<T[K]> };

/** "The transaction is aborted": a statement was refused only because another one had failed before it. */
const ABORTED = "25P02";

/**
 * Waits for work whose statements were sent together on one transaction, and throws why it failed. After a statement
 * that failed, PostgreSQL refuses all others of its transaction (25P02), whatever their place in the order given: also
 * a second statement of the first piece of work, sent when a later piece had failed. So the first reason counts that
 * is a reason; `Promise.all` would throw whichever promise happens to be rejected first.
 */
export async function sentTogether<const T extends readonly unknown[]>(work: T): Promise<Settled<T>> {
  const settled = await Promise.allSettled(work);
  const reasons = settled.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  if (reasons.length > 0) throw reasons.find((reason) => sqlState(reason) !== ABORTED) ?? reasons[0];
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as Settled<T>;
}
