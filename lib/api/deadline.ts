import { unavailable } from "@/lib/core/errors";

/** A statement may take ten seconds (`db/client.ts`); nobody waits longer for an answer. */
export const DEADLINE_MS = 10_000;

/** What `work` gives, or `unavailable` once it has taken so long; the work itself goes on. */
export function withDeadline<T>(work: Promise<T>, ms = DEADLINE_MS): Promise<T> {
  // By hand: a race makes four promises more, for each of the calls that are made most.
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(unavailable("The answer took too long.")), ms);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
