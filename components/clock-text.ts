/** A remaining time as a clock shows it: `4:05`, `1:04:05`. */
export function clockText(seconds: number): string {
  const left = Math.max(0, seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(left / 3600);
  const minutes = Math.floor((left % 3600) / 60);
  const rest = two(left % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
