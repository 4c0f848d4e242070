import type { RoomMode } from "@/db/constants";

/** How many seconds one point of a history may stand for. */
export const HISTORY_STEPS = [10, 60, 600, 3600, 86_400] as const;

/** A history has at most so many points unless its step was asked for, and never more than the second. */
export const USUAL_POINTS = 1500;
export const MOST_POINTS = 10_000;

/** The finest step at which a stretch of time has no more than the usual number of points. */
export const stepFor = (seconds: number): number =>
  HISTORY_STEPS.find((step) => seconds / step <= USUAL_POINTS) ?? (HISTORY_STEPS.at(-1) as number);

export type Flow = {
  waiting: number;
  mode: RoomMode;
  /** In the last `seconds`: who came, who was let in, who gave up, who passed the line by invitation. */
  joined: number;
  admitted: number;
  departed: number;
  invited: number;
  seconds: number;
};

/**
 * Seconds until nobody is in line, if all goes on as it lately did; null when the line does not get shorter. Nobody
 * joins a closed room, so what came before it closed is not counted on.
 */
export function predictEmpty({ waiting, mode, joined, admitted, departed, invited, seconds }: Flow): number | null {
  if (waiting === 0) return 0;
  if (mode === "paused" || seconds <= 0) return null;
  const gone = admitted + departed + invited - (mode === "closed" ? 0 : joined);
  return gone <= 0 ? null : Math.ceil((waiting * seconds) / gone);
}

/** The columns of the CSV, in order, by the names of a point's fields. */
const COLUMNS = {
  at: "at",
  seconds: "seconds",
  joined: "joined",
  admitted: "admitted",
  departed: "departed",
  invited: "invited",
  expired: "expired",
  waiting: "waiting",
  inside: "inside",
  seatsLeft: "seats_left",
  waitSecondsP50: "wait_seconds_p50",
  waitSecondsP90: "wait_seconds_p90",
} as const;

/** A history as CSV (RFC 4180): a line of names, then a line per point; empty where nothing is known. */
export function historyCsv(points: Record<keyof typeof COLUMNS, string | number | null>[]): string {
  const names = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];
  const lines = points.map((point) => names.map((name) => point[name] ?? "").join(","));
  return `${[Object.values(COLUMNS).join(","), ...lines].join("\r\n")}\r\n`;
}
