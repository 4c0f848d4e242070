/** What a fan does in a sale, in this order. */
export const CALLS = ["join", "poll", "dates", "seat states", "section", "hold", "top up", "pay"] as const;
export type CallName = (typeof CALLS)[number];

/** A fan who wants `wish` seats. */
export type SaleFan = { bearer: string; wish: number };

export type SaleSection = { name: string; rows: number; seatsPerRow: number };

/** A whole sale: every fan queues, shops and pays, each over a connection of the fan's own. */
export type SaleJob = {
  port: number;
  concertId: string;
  sections: SaleSection[];
  fans: SaleFan[];
  /** The fans come evenly within this time. */
  arriveSeconds: number;
  /** The sale is broken off after this time. */
  giveUpSeconds: number;
};

export type CallReport = {
  statuses: Record<number, number>;
  /** Times to answer, in ms. */
  p50: number;
  p99: number;
  slowest: number;
};

/** Seconds count from the first join's departure. */
export type SaleReport = {
  /** To the last payment's answer, or to the end of patience. */
  seconds: number;
  /** Everybody has what they came for. */
  isThrough: boolean;
  lastJoined: number;
  firstPaid: number;
  /** Seats paid by the end of each second. */
  paidBySecond: number[];
  seats: number;
  calls: Record<CallName, CallReport>;
  /** How often an answer had a problem's code. */
  problems: Record<string, number>;
  /** Connections that the server cut. */
  cuts: number;
  /** Processor time of the generator. */
  cpuMicroseconds: number;
};
