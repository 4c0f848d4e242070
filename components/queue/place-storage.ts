import type { RememberedPlace } from "./place";

const storageKey = (concertId: string) => `frontrow.place.${concertId}`;

/** The place in line that this browser last saw. */
export function recallPlace(concertId: string): RememberedPlace | null {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey(concertId)) ?? "null") as RememberedPlace | null;
    return typeof kept?.wait === "string" && kept.bestPosition > 0 ? kept : null;
  } catch {
    return null;
  }
}

export function memorisePlace(concertId: string, place: RememberedPlace | null): void {
  try {
    if (place) localStorage.setItem(storageKey(concertId), JSON.stringify(place));
    else localStorage.removeItem(storageKey(concertId));
  } catch {
    // Without storage a refresh measures progress anew.
  }
}
