/** A closed loop: each connection sends its next request when the last one was answered. */
export type Job = {
  port: number;
  connections: number;
  /** Whole requests as they go over the wire; one byte per character. */
  requests: string[];
  /** No request starts later than this. */
  seconds: number;
  /** Start over at the end of `requests`; otherwise each is sent once. */
  repeat: boolean;
};

export type Load = {
  /** From the first request to the last answer. */
  seconds: number;
  statuses: Record<number, number>;
  /** Times to answer, in ms. */
  p50: number;
  p99: number;
  slowest: number;
  /** The share of one core that the generator itself used; near 1 it measures itself. */
  generatorBusy: number;
  /** The first answer, head and body. */
  sample: string;
};
