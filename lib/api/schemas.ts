import { z } from "@hono/zod-openapi";
import {
  LEDGER_KINDS,
  PAYMENT_PROVIDERS,
  QUEUE_STATUSES,
  RESERVATION_STATUSES,
  ROLES,
  ROOM_CHANGES,
  ROOM_MODES,
  ROOM_ORDERS,
  TICKET_STATUSES,
  TOP_UP_STATUSES,
  WAITLIST_STATUSES,
} from "@/db/constants";

/** What the API answers, as zod: the OpenAPI document is made from these, and every test checks answers against them. */

const id = z.string();
const time = z.iso.datetime({ offset: true });
const amount = z.int();
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
    reason: z.string().nullable().describe("Why an organiser adjusted it"),
  })
  .openapi("WalletEntry");
export const walletSchema = z.object(wallet).openapi("Wallet");
export const toppedUp = z.object({ ...wallet, entry: walletEntry }).openapi("ToppedUpWallet");

export const topUpState = z
  .object({
    id,
    provider: z.enum(PAYMENT_PROVIDERS),
    status: z.enum(TOP_UP_STATUSES),
    amount,
    currency,
    url: z.string().nullable().describe("Where the fan pays, while that is possible"),
    createdAt: time,
    settledAt: time.nullable(),
  })
  .openapi("TopUp");
export const topUpOptions = z
  .object({
    provider: z.enum(PAYMENT_PROVIDERS).describe("`demo`: demonstration money; `stripe`: by card, on Stripe's page"),
    min: amount,
    max: amount,
    balanceLimit: amount.describe("What a wallet holds at most"),
    dailyLimit: amount.describe("What may be added in a day"),
    addedToday: amount,
    currency,
  })
  .openapi("TopUpOptions");

export const fansWallet = z
  .object({
    userId: id,
    email: z.string(),
    name: z.string(),
    ...wallet,
    owed: amount.describe("Of top-ups that were taken back after they were spent; collected from the next money"),
    entries: z.array(walletEntry).describe("The last movements, newest first"),
  })
  .openapi("FansWallet");

export const health = z.object({ status: z.literal("ok") }).openapi("Health");

const venue = z.object({ name: z.string(), city: z.string(), timeZone: z.string().describe("IANA, as Asia/Seoul") });
const concert = {
  id,
  slug: z.string(),
  title: z.string(),
  artist: z.string(),
  venue,
  priceFrom: amount,
  priceTo: amount,
  currency,
  saleOpensAt: time,
  saleClosesAt: time.nullable(),
  firstStartsAt: time,
  lastStartsAt: time,
  status: z.enum(["upcoming", "on_sale", "sold_out", "closed", "past"]),
  image: z.string().nullable(),
};
export const concertSummary = z.object(concert).openapi("ConcertSummary");

const mapBlock = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  rotation: z.number().optional(),
});
export const concertDetail = z
  .object({
    ...concert,
    description: z.string(),
    maxSeatsPerFan: count,
    holdSeconds: count,
    holdExtensions: count.describe("How often a hold may be extended by `holdSeconds`"),
    orphanSeatRule: z.boolean().describe("Whether a hold may not leave a single seat free between taken ones"),
    refundUntilHours: count,
    tiers: z.array(z.object({ name: z.string(), price: amount })),
    sections: z.array(
      z.object({
        name: z.string(),
        tier: z.string(),
        rows: count,
        seatsPerRow: count,
        map: mapBlock.optional(),
        image: z.string().optional(),
        accessibleSeats: z.array(z.object({ row: count, number: count })).optional(),
      }),
    ),
    seatMap: z.object({ width: z.number(), height: z.number(), stage: mapBlock.optional() }).nullable(),
    performances: z.array(z.object({ id, startsAt: time })),
    waitingRoom: z.object({
      mode: z.enum(ROOM_MODES),
      order: z.enum(ROOM_ORDERS),
      opensAt: time,
      draw: z
        .object({ seedHash: z.string().describe("SHA-256 (hex) of the draw's secret seed"), drawnAt: time.nullable() })
        .nullable()
        .describe("Null unless the order is drawn"),
    }),
    updatedAt: time,
  })
  .openapi("Concert");

export const performance = z.object({ id, startsAt: time, seatsTotal: count, seatsLeft: count }).openapi("Performance");

const place = {
  id,
  section: z.string(),
  row: z.int(),
  number: z.int().describe("The number on the seat"),
  tier: z.string(),
  price: amount,
};
const seat = z.object({ ...place, availability: z.enum(["available", "held", "sold"]) }).openapi("Seat");
export const seatList = z.object({ version: z.string(), items: z.array(seat) });
export const seatLayout = z.object({ version: z.string(), items: z.array(z.object(place).openapi("SeatPlace")) });
export const seatStates = z.object({
  version: z.string(),
  layout: z.string().describe("The version of the hall's layout, for `seat-layout`"),
  since: z.string().optional().describe("The version in the question: only the sections that changed are here"),
  sections: z.array(
    z.object({ name: z.string(), states: z.string().describe("One letter per seat: a available, h held, s sold") }),
  ),
});

const roomMessage = z
  .object({ ko: z.string(), en: z.string() })
  .describe("The organiser's words to everyone in line; absent where there are none");

const view = {
  status: z.enum(QUEUE_STATUSES),
  number: z.int().min(1).nullable().describe("The place given on entering; never changes"),
  position: z.int().min(1).nullable().describe("1 is next; null unless waiting; never rises"),
  ahead: count.nullable(),
  waiting: count,
  estimatedWaitSeconds: count.nullable().describe("Null when unknown or paused"),
  estimatedWaitRange: z
    .object({ from: count, to: count })
    .nullable()
    .describe("Seconds between which the wait ends in nine of ten cases; null when the estimate is"),
  pollAfterMs: z.number().min(0),
  enteredAt: time,
  admittedAt: time.nullable(),
  admittedUntil: time.nullable(),
  seatsLeft: count,
  mode: z.enum(ROOM_MODES),
  opensAt: time,
  drawId: z.string().optional().describe("A drawn sale's name for this place; see the draw"),
  at: time.describe("The server's clock"),
  message: roomMessage.optional(),
  deferralsLeft: count.optional().describe("How often the fan may still let the next five go first"),
  deferred: z.literal(true).optional().describe("The fan lets others go first and comes back without asking"),
};
export const challenge = z
  .object({
    text: z.string(),
    bits: z.int().describe("Zero bits that the SHA-256 of `<text>.<number>` starts with"),
    expiresAt: time,
  })
  .openapi("Challenge");
export const joinedView = z.object({ token: z.string(), ...view }).openapi("JoinedQueue");
export const queueView = z.object({ token: z.string().optional(), ...view }).openapi("QueueView");
export const ownLines = z
  .object({
    items: z.array(
      z.object({
        concert: z.object({
          id,
          slug: z.string(),
          title: z.string(),
          artist: z.string(),
          venue: z.object({ name: z.string(), timeZone: z.string() }),
        }),
        queue: queueView,
      }),
    ),
  })
  .openapi("OwnLines");
export const pulse = z
  .object({
    servedThrough: count,
    lastNumber: count,
    gone: z
      .object({ blockSize: count, from: z.int(), counts: z.array(count) })
      .describe("How many left of each block of blockSize numbers; the first block starts at from"),
    admittedPerMinute: z.number(),
    admissionsPerMinute: count.describe("The most that the organiser lets in"),
    flow: z
      .object({ variation: z.number().min(0), samples: count })
      .describe("How evenly the line moved: deviation over mean of ten seconds, and of how many"),
    pace: z.number().min(1).describe("How much longer than usual to wait before reading again"),
    mode: z.enum(ROOM_MODES),
    seatsLeft: count,
    at: time,
    message: roomMessage.optional(),
  })
  .openapi("Pulse");

export const drawFacts = z
  .object({
    method: z.string().describe("By which rules it is drawn"),
    seedHash: z.string().describe("SHA-256 (hex) of the seed, public from the start"),
    opensAt: time,
    closedAt: time.nullable().describe("When the lobby closed"),
    drawnAt: time.nullable(),
    digest: z.string().nullable().describe("SHA-256 (hex) of the sorted drawIds, a line feed between each two"),
    count: count.nullable().describe("How many were drawn"),
    after: count.nullable().describe("The number before the first drawn one"),
    seed: z.string().nullable().describe("Null until the draw is over"),
  })
  .openapi("Draw");
export const placesPage = z
  .object({
    from: z.int().describe("The first one's number"),
    drawIds: z.array(z.string()),
    nextCursor: z.string().nullable(),
  })
  .openapi("DrawPlaces");

const reservedSeat = z.object({
  id,
  section: z.string(),
  row: z.int(),
  number: z.int(),
  tier: z.string(),
  price: amount,
});
export const reservation = z
  .object({
    id,
    concertId: id,
    status: z.enum(RESERVATION_STATUSES),
    performanceId: id,
    seats: z.array(reservedSeat),
    amount,
    currency,
    createdAt: time,
    expiresAt: time,
    paidAt: time.nullable(),
    refundedSeats: z
      .array(reservedSeat)
      .describe("Given back since they were paid, while others stayed; `amount` and `seats` are without them"),
    extensions: count.describe("How often its hold was extended"),
    offered: z.boolean().describe("Offered from the waitlist: it may be paid without a queue token"),
  })
  .openapi("Reservation");

export const refund = z
  .object({
    id,
    reservationId: id,
    reservationStatus: z.enum(["paid", "refunded"]).describe("`refunded` once nothing of the reservation is left"),
    ticketIds: z.array(id),
    seats: z.array(reservedSeat),
    amount,
    currency,
    balance: amount.describe("Of the wallet that got it"),
    refundedAt: time,
  })
  .openapi("Refund");

export const waitlistEntry = z
  .object({
    id,
    concertId: id,
    performanceId: id,
    count: z.int(),
    tier: z.string().nullable().describe("A price tier's name; null for any"),
    status: z.enum(WAITLIST_STATUSES),
    position: z.int().min(1).nullable().describe("1 is next; null unless waiting"),
    joinedAt: time,
    reservationId: id.nullable().describe("The reservation that was offered last"),
    offerEndsAt: time.nullable(),
  })
  .openapi("WaitlistEntry");

const ticketSummary = { id, code: z.string(), section: z.string(), row: z.int(), number: z.int() };
export const payment = z
  .object({
    id,
    reservationId: id,
    amount,
    currency,
    balance: amount,
    paidAt: time,
    tickets: z.array(z.object(ticketSummary)),
  })
  .openapi("Payment");

const transferLinkMembers = {
  token: z.string(),
  path: z.string().describe("Of this site, without a language; the token stands behind #"),
  expiresAt: time,
};
export const transferLink = z.object(transferLinkMembers).openapi("TransferLink");

const printed = {
  startsAt: time,
  section: z.string(),
  row: z.int(),
  number: z.int(),
  tier: z.string(),
  concert: z.object({ id, slug: z.string(), title: z.string(), artist: z.string() }),
  venue,
};
export const ticket = z
  .object({
    ...ticketSummary,
    ...printed,
    status: z.enum(TICKET_STATUSES),
    reservationId: id,
    performanceId: id,
    price: amount,
    currency,
    issuedAt: time,
    checkedInAt: time.nullable(),
    bought: z.boolean().describe("Whether its holder bought it; a ticket that was handed on cannot be refunded"),
    transfer: z.object(transferLinkMembers).nullable().describe("The open link by which somebody else may take it"),
  })
  .openapi("Ticket");
export const transferPreview = z
  .object({
    ...printed,
    from: z.object({ name: z.string() }),
    expiresAt: time,
    ticketId: id.nullable().describe("Known to the fan who has taken it already"),
  })
  .openapi("TransferPreview");
export const givenTicket = z
  .object({ ...printed, id, ticketId: id, to: z.object({ name: z.string() }), claimedAt: time })
  .openapi("GivenTicket");

export const importedConcert = z
  .object({ id, slug: z.string(), performances: z.array(z.object({ id, startsAt: time })), seats: count })
  .openapi("ImportedConcert");
export const importPreview = z
  .object({
    slug: z.string(),
    title: z.string(),
    created: z.boolean().describe("False where it would change a concert that is there"),
    performances: z.array(z.object({ startsAt: time })),
    seats: count.describe("Of all performances together"),
  })
  .openapi("ImportPreview");

export const roomSettings = z
  .object({
    mode: z.enum(ROOM_MODES),
    order: z.enum(ROOM_ORDERS),
    activeLimit: count,
    admissionsPerMinute: count,
    sessionSeconds: count,
    claimSeconds: count,
    challengeAbove: count.nullable().describe("Joins in a second above which the door asks for proof of work"),
    challengeBits: count.describe("How much work: each bit doubles it"),
    message: roomMessage.nullable(),
    drainingSince: time.nullable().describe("Set while the line runs out"),
    drainedAt: time.nullable().describe("When nobody was in line or inside any more"),
    opensAt: time,
    revision: z.int(),
  })
  .openapi("WaitingRoom");

/** An account as the log of a room names it. */
const who = z.object({ id, name: z.string().nullable().describe("Null where the account is gone") });
export const roomChange = z
  .object({
    id,
    at: time,
    by: who.nullable().describe("Null: nobody's doing, or the command line's"),
    kind: z.enum(ROOM_CHANGES),
    before: z.record(z.string(), z.unknown()),
    after: z.record(z.string(), z.unknown()),
  })
  .openapi("WaitingRoomChange");
export const extension = z.object({ extended: count.describe("How many were inside") }).openapi("Extension");
export const invitation = z
  .object({
    id,
    code: z.string(),
    label: z.string(),
    usesLimit: count,
    uses: count,
    createdAt: time,
    revokedAt: time.nullable(),
  })
  .openapi("Invitation");
export const invitationUse = z.object({ entryId: id, fan: who, usedAt: time }).openapi("InvitationUse");

export const roomHistory = z
  .object({
    from: time,
    to: time,
    stepSeconds: z.int(),
    items: z.array(
      z.object({
        at: time,
        seconds: z.int().describe("How long the point stands for, from at on"),
        joined: count,
        admitted: count,
        departed: count.describe("Left the line before their turn"),
        invited: count.describe("Passed the line by an invitation"),
        expired: count.describe("Turns that ended by time"),
        waiting: count.nullable().describe("Null, like the next two, where nobody looked"),
        inside: count.nullable(),
        seatsLeft: count.nullable(),
        waitSecondsP50: count.nullable(),
        waitSecondsP90: count.nullable(),
      }),
    ),
    now: z
      .object({
        waiting: count,
        inside: count,
        joinedPerMinute: z.number(),
        admittedPerMinute: z.number(),
        departedPerMinute: z.number(),
        emptyInSeconds: count.nullable().describe("Null while the line does not get shorter"),
      })
      .describe("Rates of the last five minutes, and when the line will have run out if all goes on so"),
  })
  .openapi("RoomHistory");

export const concertStats = z
  .object({
    waiting: count,
    admitted: count,
    completed: count,
    left: count,
    expired: count,
    admittedPerMinute: z.number(),
    waitSecondsP50: count.nullable(),
    waitSecondsP90: count.nullable(),
    seats: z.object({ available: count, held: count, sold: count }),
    revenue: amount,
  })
  .openapi("ConcertStats");

/** Whose seat a code opens, as the door is told. */
export const admittedTo = {
  seat: z.object({ section: z.string(), row: z.int(), number: z.int(), tier: z.string() }),
  concert: z.object({ id, title: z.string() }),
  performance: z.object({ id, startsAt: time }),
};
export const checkIn = z.object({ ticketId: id, ...admittedTo, checkedInAt: time }).openapi("CheckIn");
export const doorCounts = z.object({
  items: z.array(
    z
      .object({
        performanceId: id,
        startsAt: time,
        tickets: count.describe("Void ones not among them"),
        checkedIn: count,
      })
      .openapi("DoorCount"),
  ),
});
