import { z } from "zod";
import { ROOM_MODES, ROOM_ORDERS } from "@/db/constants";
import { MAX_AMOUNT, WALLET_CURRENCY } from "@/lib/core/money";
import { importProblems } from "./rules";

// NUL, which PostgreSQL cannot keep, and whatever else never shows: C0 and C1 controls, lone surrogates, noncharacters.
const UNSHOWABLE = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;
const UNSHOWABLE_IN_PROSE = /(?![\n\t\r])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;

/** One line of text, kept trimmed and composed (NFC), so that a name typed on any keyboard is the same name. */
const line = (max: number) =>
  z
    .string()
    .max(max, `must be at most ${max} characters`)
    .refine((text) => !UNSHOWABLE.test(text), "must not contain control characters")
    .normalize("NFC")
    .trim()
    .min(1, "must not be empty");

const prose = (max: number) =>
  z
    .string()
    .max(max, `must be at most ${max} characters`)
    .refine((text) => !UNSHOWABLE_IN_PROSE.test(text), "must not contain control characters")
    .normalize("NFC")
    .trim();

const whole = (min: number, max: number) =>
  z
    .number("must be a whole number")
    .multipleOf(1, "must be a whole number")
    .min(min, `must be at least ${min.toLocaleString("en")}`)
    .max(max, `must be at most ${max.toLocaleString("en")}`);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What stands in addresses; never shaped like an id, since either may name a concert. */
export const slugSchema = z
  .string()
  .min(1, "must not be empty")
  .max(80, "must be at most 80 characters")
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "must be lower-case letters, digits and single hyphens between them")
  .refine((slug) => !UUID.test(slug), "must not look like an id");

const timeZone = z
  .string()
  .max(64, "must be at most 64 characters")
  .refine((zone) => {
    // An offset is no zone: it knows no summer time.
    if (!/^[A-Za-z]/.test(zone)) return false;
    try {
      new Intl.DateTimeFormat("en", { timeZone: zone });
      return true;
    } catch {
      return false;
    }
  }, "must be an IANA time zone such as Asia/Seoul");

const instant = z.iso
  .datetime({ offset: true, error: "must be a time with its offset, such as 2027-01-09T18:00:00+09:00" })
  .max(40, "must be at most 40 characters");

/** A page's own picture or one from elsewhere, over TLS only. */
const picture = z
  .string()
  .max(500, "must be at most 500 characters")
  .refine((address) => {
    if (/^\/(?![/\\])[^\s\\\p{Cc}]*$/u.test(address)) return true;
    if (!address.startsWith("https://") || /[\s\\\p{Cc}]/u.test(address)) return false;
    try {
      const url = new URL(address);
      return url.username === "" && url.password === "";
    } catch {
      return false;
    }
  }, "must be a path on this site (/…) or an https:// address");

const coordinate = z.number().min(-100_000, "must be at least -100,000").max(100_000, "must be at most 100,000");
const extent = z.number().positive("must be more than 0").max(100_000, "must be at most 100,000");

/** A block on the seat map, in the map's own units; `rotation` in degrees, clockwise. */
const mapBlockSchema = z.strictObject({
  x: coordinate,
  y: coordinate,
  width: extent,
  height: extent,
  rotation: z.number().min(-360, "must be at least -360").max(360, "must be at most 360").optional(),
});

const tierSchema = z.strictObject({
  name: line(50),
  price: whole(0, MAX_AMOUNT),
});

const sectionSchema = z.strictObject({
  name: line(60),
  tier: line(50),
  rows: whole(1, 200_000),
  seatsPerRow: whole(1, 200_000),
  map: mapBlockSchema.optional(),
  /** The view from there. */
  image: picture.optional(),
  accessibleSeats: z
    .array(z.strictObject({ row: whole(1, 200_000), number: whole(1, 200_000) }))
    .max(2000, "must be at most 2,000 seats")
    .optional(),
});

/** The limits of a waiting room's settings, for the import document and for changes of a live room. */
export const roomLimits = {
  mode: z.enum(ROOM_MODES),
  order: z.enum(ROOM_ORDERS),
  activeLimit: whole(0, 10_000_000),
  admissionsPerMinute: whole(0, 10_000_000),
  sessionSeconds: whole(1, 86_400),
  claimSeconds: whole(1, 86_400),
};

const waitingRoomSchema = z.strictObject({
  mode: roomLimits.mode.default("on"),
  order: roomLimits.order.default("fifo"),
  activeLimit: roomLimits.activeLimit.default(500),
  admissionsPerMinute: roomLimits.admissionsPerMinute.default(6000),
  sessionSeconds: roomLimits.sessionSeconds.default(600),
  claimSeconds: roomLimits.claimSeconds.default(120),
});

/**
 * The import document (contract, "Import document"): one concert as an organiser writes it down. Strict; every problem
 * is listed with its path. Times must carry an offset; performances must lie ahead.
 */
export const importDocumentSchema = z
  .strictObject({
    slug: slugSchema,
    title: line(200),
    artist: line(200),
    description: prose(5000).default(""),
    venue: z.strictObject({ name: line(200), city: line(100), timeZone }),
    currency: z.literal(WALLET_CURRENCY, `must be ${WALLET_CURRENCY}`),
    tiers: z.array(tierSchema).min(1, "must name at least one tier").max(50, "must be at most 50 tiers"),
    sections: z
      .array(sectionSchema)
      .min(1, "must name at least one section")
      .max(1000, "must be at most 1,000 sections"),
    performances: z
      .array(z.strictObject({ startsAt: instant }))
      .min(1, "must name at least one performance")
      .max(366, "must be at most 366 performances"),
    sale: z.strictObject({ opensAt: instant, closesAt: instant.nullable().default(null) }),
    maxSeatsPerFan: whole(1, 100).default(4),
    holdSeconds: whole(1, 86_400).default(300),
    /** How often a fan may have a hold extended by `holdSeconds`. */
    holdExtensions: whole(0, 20).default(0),
    /** A hold may not leave a single seat free between taken ones. */
    orphanSeatRule: z.boolean("must be true or false").default(false),
    refundUntilHours: whole(0, 8760).default(24),
    waitingRoom: waitingRoomSchema.prefault({}),
    /** The poster. */
    image: picture.optional(),
    /** The units that the sections' `map` is drawn in, and where the stage stands. */
    seatMap: z.strictObject({ width: extent, height: extent, stage: mapBlockSchema.optional() }).optional(),
  })
  .superRefine(
    (document, context) => {
      for (const { path, message } of importProblems(document, new Date())) {
        context.addIssue({ code: "custom", path, message });
      }
    },
    // Also beside other problems: an organiser wants the whole list at once.
    { when: ({ value }) => typeof value === "object" && value !== null },
  );

/** A document that passed `importDocumentSchema`, defaults filled in. */
export type ImportDocument = z.output<typeof importDocumentSchema>;

/** A document as it may be written, defaults left out. */
export type ImportDocumentInput = z.input<typeof importDocumentSchema>;

export type MapBlock = z.output<typeof mapBlockSchema>;
