import type { z } from "zod";
import { type InputProblem, invalidRequest } from "@/lib/core/errors";
import { problemOfText } from "./strict-json";

/** A list longer than this helps nobody. */
const MAX_PROBLEMS = 1000;

/** What a schema found wrong, one line per place; unknown keys are named one by one. */
export function problemsOf(error: z.ZodError): InputProblem[] {
  const problems = error.issues.flatMap((issue): InputProblem[] => {
    const path = issue.path.map(String).join(".");
    if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({ path: path === "" ? key : `${path}.${key}`, message: "is not a known key" }));
  });
  if (problems.length <= MAX_PROBLEMS) return problems;
  const more = problems.length - MAX_PROBLEMS;
  return [...problems.slice(0, MAX_PROBLEMS), { path: "", message: `and ${more} more problems` }];
}

/** A value as the schema makes it, or `invalid_request`. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw invalidRequest(problemsOf(result.error));
  return result.data;
}

/** Query parameters as a plain object; one that is given twice or cannot be text is `invalid_request`. */
export function readQuery(url: string): Record<string, string> {
  const mark = url.indexOf("?");
  if (mark === -1) return {};
  const values = new Map<string, string>();
  const problems: InputProblem[] = [];
  for (const [name, value] of new URLSearchParams(url.slice(mark))) {
    const message = values.has(name) ? "is given twice" : (problemOfText(value) ?? problemOfText(name));
    if (message) problems.push({ path: name.replaceAll("\0", ""), message });
    values.set(name, value);
  }
  if (problems.length > 0) throw invalidRequest(problems);
  return Object.fromEntries(values);
}
