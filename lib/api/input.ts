import type { z } from "zod";
import { type InputProblem, invalidRequest, notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import { invalidInput } from "@/lib/core/problems";
import { problemOfText } from "./strict-json";

/** A value as the schema makes it, or `invalid_request`. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw invalidInput(result.error);
  return result.data;
}

/** An id from a path in its one spelling; any other text names nothing: `not_found`. */
export function idOf(text: string, what: string): string {
  if (!isId(text)) throw notFound(what);
  return text.toLowerCase();
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
