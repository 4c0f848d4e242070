import { readEnv } from "@/lib/core/env";
import { oncePerProcess } from "@/lib/core/registry";
import { DAILY_TOP_UP_LIMIT } from "./rules";

/** What one fan may add in a day here, in minor units (`TOP_UP_DAILY_LIMIT` of the environment). */
export const dailyTopUpLimit = (): number =>
  oncePerProcess("wallet.daily-limit", () => readEnv().topUpDailyLimit ?? DAILY_TOP_UP_LIMIT);
