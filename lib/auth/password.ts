import { hash, verify } from "@node-rs/argon2";
import { unavailable } from "@/lib/core/errors";
import { oncePerProcess } from "@/lib/core/registry";

/** Argon2id (the library's default variant) with OWASP's parameters: 19 MiB, two passes, one lane. */
export const HASH_OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A hash with the same parameters of a password that nobody knows: what an unknown address is verified against. */
export const DUMMY_HASH =
  "$argon2id$v=19$m=19456,t=2,p=1$Im2QHcjdMdvFXz4p5ciEVQ$fb7azIpojIpvbWZFa7g1QnP0YLerTMmvtc0RLMNMkeQ";

/** Hashing runs on libuv's four threads, which files and name look-ups need as well. */
const AT_ONCE = 2;
/** More than this many waiting would be answered too late to be of use. */
const WAITING_MAX = 100;

type Line = { running: number; waiting: (() => void)[] };

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const line = oncePerProcess<Line>("auth.hashing", () => ({ running: 0, waiting: [] }));
  if (line.running < AT_ONCE) line.running += 1;
  else {
    if (line.waiting.length >= WAITING_MAX) throw unavailable("Too many people are signing in at this moment.");
    // Whoever finishes hands its turn on, so `running` stays as it is.
    await new Promise<void>((resolve) => line.waiting.push(resolve));
  }
  try {
    return await work();
  } finally {
    const next = line.waiting.shift();
    if (next) next();
    else line.running -= 1;
  }
}

// Korean typed on a Mac comes in parts (NFD) and elsewhere whole (NFC); it is the same password.
const asTyped = (password: string): string => password.normalize("NFC");

/** The hash to keep for a password. Throws `unavailable` when too many wait for theirs. */
export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(asTyped(password), HASH_OPTIONS));

/** Whether a password fits a hash. Throws `unavailable` when too many wait for theirs. */
export const verifyPassword = (passwordHash: string, password: string): Promise<boolean> =>
  inTurn(() => verify(passwordHash, asTyped(password)));
