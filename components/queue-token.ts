/** Where a concert's queue token is kept. Losing it costs nothing: joining again gives the same place. */
const storageKey = (concertId: string) => `frontrow.queue-token.${concertId}`;

/** Storage may be refused (private windows, full disks): then the token lives as long as the page. */
const inMemory = new Map<string, string>();

export function recallQueueToken(concertId: string): string | null {
  try {
    return localStorage.getItem(storageKey(concertId)) ?? inMemory.get(concertId) ?? null;
  } catch {
    return inMemory.get(concertId) ?? null;
  }
}

export function keepQueueToken(concertId: string, token: string): void {
  inMemory.set(concertId, token);
  try {
    localStorage.setItem(storageKey(concertId), token);
  } catch {
    // Kept in memory.
  }
}

export function forgetQueueToken(concertId: string): void {
  inMemory.delete(concertId);
  try {
    localStorage.removeItem(storageKey(concertId));
  } catch {
    // Nothing was kept there.
  }
}
