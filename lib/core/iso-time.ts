const DAY_MS = 86_400_000;

const padded = (count: number, digits: number) =>
  Array.from({ length: count }, (_, number) => String(number).padStart(digits, "0"));
const TWO = padded(60, 2);
const THREE = padded(1000, 3);

let day = Number.NaN;
let date = "";

/** An instant in milliseconds since 1970 as `Date.toISOString` writes it (which takes 0.7 µs): a day is written once. */
export function isoTime(ms: number): string {
  const whole = Math.floor(ms);
  const at = Math.floor(whole / DAY_MS);
  if (at !== day) {
    day = at;
    date = new Date(at * DAY_MS).toISOString().slice(0, -13);
  }
  const rest = whole - at * DAY_MS;
  const seconds = Math.floor(rest / 1000);
  const minutes = Math.floor(seconds / 60);
  return `${date}${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}.${THREE[rest % 1000]}Z`;
}
