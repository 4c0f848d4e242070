type Settled<T extends readonly unknown[]> = { -readonly [K in keyof T]: Awaited<T[K]> };

/**
 * Waits for work whose statements were sent together on one transaction, and throws what the first of them threw, in
 * the order given. After a statement that failed, PostgreSQL refuses all others of its transaction (25P02), and whichever
 * promise happens to be rejected first would hide the reason: `Promise.all` must not be used for them.
 */
export async function sentTogether<const T extends readonly unknown[]>(work: T): Promise<Settled<T>> {
  const settled = await Promise.allSettled(work);
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  }) as Settled<T>;
}
