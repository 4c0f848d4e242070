import { ID_BYTES, idFromBytes, idToBytes } from "@/lib/core/ids";
import { sign, unsign } from "@/lib/core/signing";

export type TransferIds = { concertId: string; transferId: string };

/** The text in a transfer's link. Signed and never stored, so that who reads the database cannot claim a ticket. */
export const transferToken = ({ concertId, transferId }: TransferIds): string =>
  sign("transfer", Buffer.concat([idToBytes(concertId), idToBytes(transferId)]));

/** The transfer that a link names, or null if it is not ours. Whether it is still open, the database says. */
export function readTransferToken(text: string): TransferIds | null {
  const payload = unsign("transfer", text);
  if (payload?.length !== 2 * ID_BYTES) return null;
  return { concertId: idFromBytes(payload), transferId: idFromBytes(payload, ID_BYTES) };
}
