import { makeFans } from "@/cli/fans/make-fans";
import { Progress } from "@/cli/shared/progress";
import type { Client } from "@/db/client";

export type Fan = { userId: string; token: string };

/** Fans, with enough money for every round unless `balance` says otherwise. */
export async function makeCrowd(db: Client, count: number, balance = 9_000_000): Promise<Fan[]> {
  const fans: Fan[] = [];
  const progress = new Progress("fans");
  for await (const made of makeFans(db, { count, balance })) {
    for (const { userId, token } of made) fans.push({ userId, token });
    progress.update("Making fans", fans.length, count);
  }
  progress.stop();
  return fans;
}
