import { z } from "zod";
import type { Role } from "@/db/constants";
import { EMAIL_MAX, EMAIL_PATTERN, NAME_MAX, normaliseEmail, PASSWORD_MAX, PASSWORD_MIN, UNPRINTABLE } from "./rules";

/** An address in the one spelling under which it is kept: lower case. */
export const emailSchema = z
  .string()
  .max(EMAIL_MAX)
  .regex(EMAIL_PATTERN, "must be a plain e-mail address")
  .overwrite(normaliseEmail);

const PASSWORD_TEXT = /^[^\0\p{Cs}]*$/u;

/** A password as a person chooses it; every character counts, none is trimmed. */
export const passwordSchema = z
  .string()
  .min(PASSWORD_MIN)
  .max(PASSWORD_MAX)
  .regex(PASSWORD_TEXT, "must not contain NUL");

/** A person's name, one line, without spaces around it. */
export const nameSchema = z
  .string()
  .trim()
  .normalize("NFC")
  .min(1)
  .max(NAME_MAX)
  .refine((name) => !UNPRINTABLE.test(name), "must be one line of visible characters");

/** Body of `POST /api/users`. */
export const registrationSchema = z.strictObject({ email: emailSchema, password: passwordSchema, name: nameSchema });
export type Registration = z.infer<typeof registrationSchema>;

/**
 * Body of `POST /api/sessions`. It asks for no more than text of a sane length, so that an address that nobody could
 * have registered is answered like any other wrong one.
 */
export const credentialsSchema = z.strictObject({
  email: z.string().min(1).max(EMAIL_MAX).regex(PASSWORD_TEXT, "must not contain NUL"),
  password: z.string().min(1).max(PASSWORD_MAX).regex(PASSWORD_TEXT, "must not contain NUL"),
});
export type Credentials = z.infer<typeof credentialsSchema>;

/** A registered person. */
export type User = { id: string; email: string; name: string; role: Role };

/** Who a session token says is asking. */
export type Session = { userId: string; role: Role; sessionId: string; expiresAt: Date };
