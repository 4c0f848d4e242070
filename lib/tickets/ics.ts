import { createEvent } from "ics";
import { ASSUMED_MINUTES } from "./rules";
import type { Ticket } from "./schema";
import { type Locale, WORDS } from "./words";

/** RFC 5545: a line is at most 75 octets long, without its end. */
const LINE_OCTETS = 75;

// A lone carriage return passes the library unescaped and ends a line for some readers.
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();

/** The performance of a ticket as a calendar file, in UTC. How long it lasts is assumed, and said to be. */
export function ticketIcs(ticket: Ticket, locale: Locale = "ko"): string {
  const words = WORDS[locale];
  const { concert, venue } = ticket;
  const { error, value } = createEvent({
    productId: "-//Frontrow//Tickets//EN",
    uid: `${ticket.id}@frontrow`,
    title: oneLine(`${concert.artist} – ${concert.title}`),
    start: ticket.startsAt.getTime(),
    startInputType: "utc",
    startOutputType: "utc",
    end: ticket.startsAt.getTime() + ASSUMED_MINUTES * 60_000,
    endInputType: "utc",
    endOutputType: "utc",
    location: oneLine(`${venue.name}, ${venue.city}`),
    description: [words.place(ticket), `${words.ticket} ${ticket.id}`, words.assumedEnd].map(oneLine).join("\n"),
    status: ticket.status === "void" ? "CANCELLED" : "CONFIRMED",
    busyStatus: "BUSY",
  });
  if (error || value === null) throw error ?? new Error("The calendar file could not be made.");
  return refold(value);
}

/** The library counts characters where the format counts octets: a Korean line comes out up to three times too long. */
const refold = (text: string): string =>
  text
    .replace(/\r\n[\t ]/g, "")
    .split("\r\n")
    .map(fold)
    .join("\r\n");

function fold(line: string): string {
  let folded = "";
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > LINE_OCTETS) {
      folded += "\r\n ";
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return folded;
}
