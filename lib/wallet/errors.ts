import { AppError } from "@/lib/core/errors";
import { WALLET_CURRENCY } from "@/lib/core/money";
import { BALANCE_LIMIT } from "./rules";

export const walletFull = (balance: number) =>
  new AppError("balance_limit_exceeded", `A wallet holds at most ${BALANCE_LIMIT} ${WALLET_CURRENCY}.`, {
    limit: BALANCE_LIMIT,
    balance,
  });

/** `today` is what was added today already, or is on its way. */
export const dailyLimitReached = (balance: number, dailyLimit: number, today: number) =>
  new AppError("balance_limit_exceeded", `At most ${dailyLimit} ${WALLET_CURRENCY} may be added in a day.`, {
    limit: BALANCE_LIMIT,
    balance,
    dailyLimit,
    today,
  });

export const insufficientBalance = (balance: number, required: number) =>
  new AppError("insufficient_balance", "The wallet does not hold enough.", { balance, required });
