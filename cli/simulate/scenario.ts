export const ARRIVALS = ["burst", "poisson", "steady"] as const;

/** What is simulated: a crowd, a hall and a room's limits. Shares lie in [0, 1]. */
export type Scenario = {
  fans: number;
  arrivals: (typeof ARRIVALS)[number];
  overSeconds: number;
  activeLimit: number;
  admissionsPerMinute: number;
  sessionSeconds: number;
  claimSeconds: number;
  seats: number;
  /** Seats that a buyer takes: from 1 to this many, each as likely. */
  perFan: number;
  /** The median time that a fan shops. */
  shoppingSeconds: number;
  /** The share of those inside who buy. */
  buyers: number;
  /** The share of fans who never claim their turn. */
  ghosts: number;
  /** The median time after which a fan leaves the line; null: nobody does. */
  patienceSeconds: number | null;
  seed: number;
};
