import { foreignKey, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { reservations } from "./booking";
import { amount, instant } from "./columns";

/** A settled reservation. */
export const payments = pgTable(
  "payments",
  {
    concertId: uuid().notNull(),
    id: uuid().notNull(),
    reservationId: uuid().notNull(),
    userId: uuid().notNull(),
    amount: amount().notNull(),
    currency: text().notNull(),
    paidAt: instant().notNull(),
    refundedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.id] }),
    unique().on(t.concertId, t.reservationId),
    foreignKey({ columns: [t.concertId, t.reservationId], foreignColumns: [reservations.concertId, reservations.id] }),
  ],
);
