import { invalidRequest } from "@/lib/core/errors";
import { TOP_UP_MIN } from "@/lib/wallet/rules";
import type { PaymentProvider } from "./provider";

/** Money for demonstrations: it is there as soon as it is asked for. The pages say so. */
export const demoProvider: PaymentProvider = {
  name: "demo",
  minAmount: TOP_UP_MIN,
  start: async ({ id, amount, currency }) => ({
    reference: `demo_${id}`,
    url: null,
    news: { state: "arrived", amount, currency },
  }),
  look: async () => ({ state: "expired" }),
  readEvent: async () => {
    throw invalidRequest([], "This provider sends no messages.");
  },
};
