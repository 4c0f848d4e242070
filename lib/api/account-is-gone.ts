import { AppError } from "@/lib/core/errors";

/** A session can outlive its account, say in a database that was set up anew. */
export function accountIsGone(error: unknown): never {
  if (!(error instanceof AppError && error.code === "not_found")) throw error;
  throw new AppError("unauthenticated", "The account of this session does not exist.");
}
