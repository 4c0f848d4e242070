import { readEnv } from "@/lib/core/env";
import { oncePerProcess } from "@/lib/core/registry";
import { demoProvider } from "./demo";
import type { PaymentProvider } from "./provider";
import { stripeProvider } from "./stripe";

/** The one provider of this installation, as the environment says (docs/decisions/015). */
export const paymentProvider = (): PaymentProvider =>
  oncePerProcess("payment.provider", () => {
    const { stripe } = readEnv();
    return stripe ? stripeProvider(stripe) : demoProvider;
  });
