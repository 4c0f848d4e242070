import { ID_BYTES, idFromBytes, idToBytes } from "@/lib/core/ids";
import { sign, unsign } from "@/lib/core/signing";

export type TicketIds = { concertId: string; ticketId: string };

/** The text in a ticket's QR code: which ticket of which concert, signed. */
export const ticketCode = ({ concertId, ticketId }: TicketIds): string =>
  sign("ticket", Buffer.concat([idToBytes(concertId), idToBytes(ticketId)]));

/** The ticket that a code names, or null if it is not ours to the last bit. Whether it still holds, the database says. */
export function readTicketCode(text: string): TicketIds | null {
  const payload = unsign("ticket", text);
  if (payload?.length !== 2 * ID_BYTES) return null;
  return { concertId: idFromBytes(payload), ticketId: idFromBytes(payload, ID_BYTES) };
}
