import { z } from "@hono/zod-openapi";
import {
  LEDGER_KINDS,
  QUEUE_STATUSES,
  RESERVATION_STATUSES,
  ROLES,
  ROOM_MODES,
  ROOM_ORDERS,
  TICKET_STATUSES,
} from "@/db/constants";

/** What the API answers, as zod: the OpenAPI document is made from these, and every test checks answers against them. */

const id = z.string().describe("An opaque id");
const time = z.iso.datetime({ offset: true });
const amount = z.int().describe("In minor units of the currency (KRW has none: 1000 is ₩1,000)");
const count = z.int().min(0);
const currency = z.string().length(3).describe("ISO 4217");

/** A page of a list; `nextCursor` asks for the next one and is null on the last. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`)
    .openapi({ type: "integer", minimum: least, maximum: most });

/** `limit` and `cursor` of a list. */
export const pageQuery = z.strictObject({
  limit: wholeNumber(1, 100).optional().openapi({ description: "How many at most; 20 unless given." }),
  cursor: z.string().min(1).max(300).optional().openapi({ description: "The `nextCursor` of the page before." }),
});

export const DEFAULT_LIMIT = 20;

export const account = z.object({ id, email: z.string(), name: z.string() }).openapi("Account");
export const me = account.extend({ role: z.enum(ROLES) }).openapi("Me");
export const session = z.object({ token: z.string(), expiresAt: time }).openapi("Session");

const wallet = { balance: amount, currency };
export const walletEntry = z
  .object({
    id,
    kind: z.enum(LEDGER_KINDS),
    amount: amount.describe("What the wallet gained; negative when it paid"),
    balanceAfter: amount,
    createdAt: time,
    reservationId: id.nullable(),
  })
  .openapi("WalletEntry");
export const walletSchema = z.object(wallet).openapi("Wallet");
export const toppedUp = z.object({ ...wallet, entry: walletEntry }).openapi("ToppedUpWallet");

export const health = z.object({ status: z.literal("ok") }).openapi("Health");

export {
  amount,
  count,
  currency,
  id,
  QUEUE_STATUSES,
  RESERVATION_STATUSES,
  ROOM_MODES,
  ROOM_ORDERS,
  TICKET_STATUSES,
  time,
  z,
};
