import { existsSync } from "node:fs";

const LIBRARIES = [
  "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
  "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
  "/usr/lib/faketime/libfaketime.so.1",
  "/usr/lib64/faketime/libfaketime.so.1",
];

/** libfaketime's file, where it is installed. */
export const faketime = (): string | null => LIBRARIES.find((file) => existsSync(file)) ?? null;

/** The surroundings of a process whose clock is wrong by so many milliseconds. */
export function skewedEnvironment(skewMs: number): Record<string, string> {
  const library = faketime();
  if (skewMs === 0) return {};
  if (!library) return { STORM_SKEW_MS: String(skewMs) };
  const seconds = skewMs / 1000;
  return {
    LD_PRELOAD: library,
    FAKETIME: `${seconds > 0 ? "+" : ""}${seconds}`,
    // Timers and time limits measure durations, which a wrong clock leaves right.
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}
