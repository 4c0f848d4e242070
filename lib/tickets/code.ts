import { ID_BYTES, idFromBytes, idToBytes } from "@/lib/core/ids";
import { sign, unsign } from "@/lib/core/signing";

/** Which ticket of which concert, and which of its holders in turn (0 bought it). */
export type TicketIds = { concertId: string; ticketId: string; serial: number };

const SERIAL_BYTES = 4;

/** The text in a ticket's QR code: the ticket and its holder's serial, signed. Before any transfer the serial is left out. */
export function ticketCode({ concertId, ticketId, serial }: TicketIds): string {
  const parts = [idToBytes(concertId), idToBytes(ticketId)];
  if (serial > 0) {
    const bytes = Buffer.alloc(SERIAL_BYTES);
    bytes.writeUInt32BE(serial);
    parts.push(bytes);
  }
  return sign("ticket", Buffer.concat(parts));
}

/** The ticket that a code names, or null if it is not ours to the last bit. Whether it still holds, the database says. */
export function readTicketCode(text: string): TicketIds | null {
  const payload = unsign("ticket", text);
  const hasSerial = payload?.length === 2 * ID_BYTES + SERIAL_BYTES;
  if (!payload || (payload.length !== 2 * ID_BYTES && !hasSerial)) return null;
  return {
    concertId: idFromBytes(payload),
    ticketId: idFromBytes(payload, ID_BYTES),
    serial: hasSerial ? payload.readUInt32BE(2 * ID_BYTES) : 0,
  };
}
