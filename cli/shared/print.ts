import type { AppError, InputProblem } from "@/lib/core/errors";

// A file's own words must not steer the terminal that they are printed in.
const unsteer = (text: string): string =>
  text.replace(/(?![\n\t])\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Something for people, on stderr: stdout is for results alone. */
export const say = (text: string): void => void process.stderr.write(`${unsteer(text)}\n`);

/** A result: one line of JSON on stdout. */
export const printResult = (result: unknown): void => void process.stdout.write(`${JSON.stringify(result)}\n`);

/** A refusal in plain words, with every problem on a line of its own. */
export function sayRefusal(what: string, error: AppError): void {
  say(`${what}: ${error.message}`);
  for (const { path, message } of (error.extra.errors as InputProblem[] | undefined) ?? []) {
    say(path ? `  ${path}: ${message}` : `  ${message}`);
  }
}
