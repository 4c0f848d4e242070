/** What this browser noted of a draw before it was held. */
export type DrawNotes = {
  /** The name of the own place. */
  drawId?: string;
  /** The hash of the seed as it was first seen, and when. */
  seedHash?: string;
  notedAt?: string;
};

const storageKey = (concertId: string) => `frontrow.draw.${concertId}`;

/** What was noted, or nothing. */
export function recallDraw(concertId: string): DrawNotes {
  try {
    const notes: unknown = JSON.parse(localStorage.getItem(storageKey(concertId)) ?? "{}");
    return typeof notes === "object" && notes !== null ? (notes as DrawNotes) : {};
  } catch {
    return {};
  }
}

/**
 * Notes the own draw id, and the seed's hash if none was noted yet: what came first is what a later draw is held
 * against. Another lobby's draw id replaces the old one.
 */
export function noteDraw(
  concertId: string,
  seen: { drawId?: string | undefined; seedHash?: string | undefined },
): void {
  const notes = recallDraw(concertId);
  if (seen.drawId) notes.drawId = seen.drawId;
  if (seen.seedHash && !notes.seedHash)
    Object.assign(notes, { seedHash: seen.seedHash, notedAt: new Date().toISOString() });
  try {
    localStorage.setItem(storageKey(concertId), JSON.stringify(notes));
  } catch {
    // Without storage the fan types the draw id in.
  }
}
