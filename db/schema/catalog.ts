import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { amount, instant } from "./columns";

/** What is advertised. Few and rarely written: on a cluster a reference table, so its slug may be unique. */
export const concerts = pgTable("concerts", {
  id: uuid().primaryKey(),
  slug: text().notNull().unique(),
  title: text().notNull(),
  artist: text().notNull(),
  description: text().notNull(),
  venueName: text().notNull(),
  venueCity: text().notNull(),
  timeZone: text().notNull(),
  currency: text().notNull(),
  saleOpensAt: instant().notNull(),
  saleClosesAt: instant(),
  maxSeatsPerFan: integer().notNull(),
  holdSeconds: integer().notNull(),
  /** How often a fan may have a hold extended. */
  holdExtensions: integer().notNull().default(0),
  /** A hold may not leave a single seat free between taken ones. */
  orphanSeatRule: boolean().notNull().default(false),
  refundUntilHours: integer().notNull(),
  /** Optional keys of the import document (seat-map geometry, pictures), kept as they came. */
  extras: jsonb().notNull().default({}),
  createdAt: instant().notNull().defaultNow(),
  updatedAt: instant().notNull().defaultNow(),
});

export const priceTiers = pgTable(
  "price_tiers",
  {
    concertId: uuid()
      .notNull()
      .references(() => concerts.id),
    id: uuid().notNull(),
    name: text().notNull(),
    price: amount().notNull(),
    ordinal: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.id] }),
    unique().on(t.concertId, t.name),
    check("price_tiers_price_check", sql`${t.price} >= 0`),
  ],
);

export const sections = pgTable(
  "sections",
  {
    concertId: uuid()
      .notNull()
      .references(() => concerts.id),
    id: uuid().notNull(),
    tierId: uuid().notNull(),
    name: text().notNull(),
    ordinal: integer().notNull(),
    rows: integer().notNull(),
    seatsPerRow: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.id] }),
    unique().on(t.concertId, t.name),
    foreignKey({ columns: [t.concertId, t.tierId], foreignColumns: [priceTiers.concertId, priceTiers.id] }),
  ],
);

/** One dated occurrence, sold against. */
export const performances = pgTable(
  "performances",
  {
    concertId: uuid()
      .notNull()
      .references(() => concerts.id),
    id: uuid().notNull(),
    startsAt: instant().notNull(),
    /**
     * How much longer than its hold a seat is kept from general sale, so that it can be offered to the waitlist first;
     * 0 while nobody is waiting. After it the seat is free for everybody, whether or not any process has looked.
     */
    keepSeconds: integer().notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.concertId, t.id] }), unique().on(t.concertId, t.startsAt)],
);

/**
 * A seat of one performance and who has it. Free is: not sold, and not held by a hold that is still good by the
 * database's clock. The changing columns stand in no index, so that a hold is a heap-only update.
 */
export const seats = pgTable(
  "seats",
  {
    concertId: uuid().notNull(),
    id: uuid().notNull(),
    performanceId: uuid().notNull(),
    sectionId: uuid().notNull(),
    row: integer().notNull(),
    /** The number on the seat, from 1 in each row; never its id. */
    number: integer().notNull(),
    price: amount().notNull(),
    reservationId: uuid(),
    heldUntil: instant(),
    soldAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.concertId, t.id] }),
    unique().on(t.concertId, t.performanceId, t.sectionId, t.row, t.number),
    index().on(t.concertId, t.performanceId),
    foreignKey({ columns: [t.concertId, t.performanceId], foreignColumns: [performances.concertId, performances.id] }),
    foreignKey({ columns: [t.concertId, t.sectionId], foreignColumns: [sections.concertId, sections.id] }),
    check("seats_price_check", sql`${t.price} >= 0`),
    check("seats_taken_check", sql`(${t.heldUntil} is null and ${t.soldAt} is null) or ${t.reservationId} is not null`),
  ],
);
