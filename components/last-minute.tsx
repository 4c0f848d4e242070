"use client";

/** From here on a fan is warned that held seats are about to go, in seconds. */
export const WARN_SECONDS = 60;

/** Says aloud, once, that a hold's last minute has begun. Stands on the page before, or it would not be heard. */
export function LastMinute({ left, children }: { left: number | null; children: string }) {
  return (
    <span aria-live="assertive" className="sr-only">
      {left !== null && left > 0 && left <= WARN_SECONDS ? children : ""}
    </span>
  );
}
