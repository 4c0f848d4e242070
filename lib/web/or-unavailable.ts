import { isDatabaseAway } from "@/db/errors";

/**
 * What a page reads; when the database is out of reach, an error that the error page knows. Next hides messages of
 * errors from the browser but passes a digest on.
 */
export async function orUnavailable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    throw Object.assign(new Error("The database is out of reach.", { cause: error }), { digest: "unavailable" });
  }
}
