import { z } from "zod";

/** What a client may choose as a key (the contract: 1–255 visible ASCII characters). */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
  .describe("A name for this one intent, chosen by the client");
