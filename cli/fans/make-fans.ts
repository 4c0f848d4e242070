import { randomBytes } from "node:crypto";
import type { Client } from "@/db/client";
import { createFans } from "@/lib/auth/create-fans";
import { issueSession } from "@/lib/auth/session-token";
import { newId } from "@/lib/core/ids";
import { fundWallets } from "@/lib/wallet/fund-wallets";

/** Enough rows to make the round trip cheap, few enough to stay far from the statement's time limit. */
const BATCH = 5000;

/** A fan for load tests, with a bearer token that is good for as long as any session. */
export type LoadFan = { userId: string; email: string; token: string; balance: number };

/**
 * Makes `count` fans with `balance` in each wallet, batch by batch: a batch is given out once it is in the database for
 * good. Their addresses carry a name of this run, so that runs never meet.
 */
export async function* makeFans(
  db: Client,
  { count, balance, batch = BATCH }: { count: number; balance: number; batch?: number },
): AsyncGenerator<LoadFan[]> {
  const run = randomBytes(5).toString("hex");
  for (let made = 0; made < count; made += batch) {
    const fans = Array.from({ length: Math.min(batch, count - made) }, (_, index) => {
      const number = made + index + 1;
      return { id: newId(), email: `load-${run}-${number}@frontrow.example`, name: `Load fan ${number}` };
    });
    await db.transaction(async (tx) => {
      await createFans(tx, fans);
      await fundWallets(tx, { userIds: fans.map((fan) => fan.id), balance });
    });
    yield fans.map(({ id: userId, email }) => ({
      userId,
      email,
      token: issueSession({ userId, role: "fan" }).token,
      balance,
    }));
  }
}
