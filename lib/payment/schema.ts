/** A settled reservation with its tickets (the contract's object). */
export type Payment = {
  id: string;
  reservationId: string;
  amount: number;
  currency: string;
  /** The wallet's balance after it. */
  balance: number;
  paidAt: string;
  tickets: { id: string; code: string; section: string; row: number; number: number }[];
};
