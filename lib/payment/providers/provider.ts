import type { ProviderName } from "@/db/constants";

/** A top-up as a provider needs to know it. */
export type TopUpOrder = {
  id: string;
  userId: string;
  /** Minor units of `currency`. */
  amount: number;
  currency: string;
  createdAt: Date;
  /** Where the fan's browser goes after paying, and after giving up. */
  returnUrl: string;
};

/**
 * What a provider says of a top-up. Each is a state and not a step, so it may come late, twice or in any order:
 * `arrived`: the money is there · `taken_back`: so much of it is gone again, under this reference, replacing what was
 * said under it before · `open`: nothing is decided · the others: nothing came, and nothing is to be expected.
 */
export type ProviderNews =
  | { state: "arrived"; amount: number; currency: string }
  | { state: "taken_back"; reference: string; amount: number; isFinal: boolean }
  | { state: "open" | "failed" | "expired" };

/** A message from a provider about one top-up, known to be the provider's own. */
export type ProviderEvent = { id: string; type: string; userId: string; topUpId: string; news: ProviderNews };

/**
 * Whoever takes a fan's money and says so. Throws `unavailable` while it cannot be reached.
 */
export type PaymentProvider = {
  name: ProviderName;
  /** The least that it takes, in minor units. */
  minAmount: number;
  /** Begins a top-up. The same order again is the same top-up: `reference` names it to the provider. */
  start(order: TopUpOrder): Promise<{ reference: string; url: string | null; news: ProviderNews }>;
  /** Where a top-up stands. */
  look(reference: string): Promise<ProviderNews>;
  /**
   * Reads a message as it came over the wire; null if it is none of ours. Throws `invalid_request` for one that is not
   * signed as it should be.
   */
  readEvent(message: { body: Uint8Array; signature: string | undefined }): Promise<ProviderEvent | null>;
};
