/** The files under `messages/<locale>/`; a page sends the browser only those it names in `<ClientMessages>`. */
export const AREAS = [
  "common",
  "shell",
  "catalog",
  "auth",
  "organizer",
  "door",
  "queue",
  "draw",
  "booking",
  "waitlist",
  "payment",
  "wallet",
  "tickets",
] as const;

export type Area = (typeof AREAS)[number];
