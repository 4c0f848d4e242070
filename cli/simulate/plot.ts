export type Curve = {
  title: string;
  points: { x: number; y: number }[];
  /** Seconds at the right edge. */
  until: number;
  /** A value as it stands at the axis. */
  say: (value: number) => string;
};

const COLUMNS = 60;
const ROWS = 10;

/** Seconds as `45s`, `4:05` (minutes) or `1:04:05`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** A curve as lines of plain characters, with its highest value and its times at the axes. */
export function plot({ title, points, until, say }: Curve): string[] {
  const sums = new Array<number>(COLUMNS).fill(0);
  const counts = new Array<number>(COLUMNS).fill(0);
  for (const { x, y } of points) {
    const column = Math.min(COLUMNS - 1, Math.max(0, Math.floor((x / until) * COLUMNS)));
    sums[column] = (sums[column] as number) + y;
    counts[column] = (counts[column] as number) + 1;
  }
  const means = sums.map((sum, at) => ((counts[at] as number) > 0 ? sum / (counts[at] as number) : null));
  const highest = Math.max(...means.map((mean) => mean ?? 0), Number.MIN_VALUE);
  const labels = [say(highest), say(highest / 2), say(0)];
  const width = Math.max(...labels.map((label) => label.length));
  const lines = [title];
  for (let row = ROWS; row >= 1; row -= 1) {
    const label = row === ROWS ? labels[0] : row === ROWS / 2 ? labels[1] : "";
    const bar = means.map((mean) => (mean !== null && (mean / highest) * ROWS >= row - 0.5 ? "#" : " ")).join("");
    lines.push(`${(label as string).padStart(width)} |${bar}`.trimEnd());
  }
  const end = clock(until);
  lines.push(`${(labels[2] as string).padStart(width)} +${"-".repeat(COLUMNS)}`);
  lines.push(`${" ".repeat(width + 2)}0${end.padStart(COLUMNS - 1)}`);
  return lines;
}
