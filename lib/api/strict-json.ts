import { findJsonFault } from "@/lib/catalog/json-fault";
import { type InputProblem, invalidRequest } from "@/lib/core/errors";

const MAX_DEPTH = 64;

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads JSON as the contract wants it: valid UTF-8, whole, no key twice, no NUL and no half of a surrogate pair in any
 * text, at most 64 levels deep. Throws `invalid_request` with every problem and its path.
 */
export function readStrictJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw invalidRequest([{ path: "", message: "is not valid UTF-8" }], "The body is not valid UTF-8.");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const fault = findJsonFault(text);
    const message = fault ? `line ${fault.line}, column ${fault.column}: ${fault.message}` : "is not valid JSON";
    throw invalidRequest([{ path: fault?.path ?? "", message }], "The body is not valid JSON.");
  }
  const problems = problemsOfShape(text);
  // Such characters reach JSON only as escapes: raw ones fail above.
  if (text.includes("\\u")) problems.push(...problemsOfTexts(value));
  if (problems.length > 0) throw invalidRequest(problems);
  return value;
}

/** A level of the value that is being scanned: where it stands and, in an object, the keys so far. */
type Level = { keys: Set<string> | null; step: string | number; atKey: boolean };

const pathOf = (levels: Level[]): string => levels.map((level) => level.step).join(".");

/** Duplicate keys, which `JSON.parse` does not report; throws at too much depth. Expects text that it has accepted. */
function problemsOfShape(text: string): InputProblem[] {
  const problems: InputProblem[] = [];
  const levels: Level[] = [];
  for (let at = 0; at < text.length; at++) {
    const top = levels.at(-1);
    switch (text.charAt(at)) {
      case "{":
        levels.push({ keys: new Set(), step: "", atKey: true });
        break;
      case "[":
        levels.push({ keys: null, step: 0, atKey: false });
        break;
      case "}":
      case "]":
        levels.pop();
        break;
      case ",":
        if (top?.keys) top.atKey = true;
        else if (top) top.step = Number(top.step) + 1;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (top?.keys && top.atKey) {
          const key = JSON.parse(text.slice(at, end + 1)) as string;
          top.step = key;
          top.atKey = false;
          if (top.keys.has(key)) problems.push({ path: pathOf(levels), message: "stands here twice" });
          top.keys.add(key);
        }
        at = end;
        break;
      }
    }
    if (levels.length > MAX_DEPTH) {
      throw invalidRequest([{ path: "", message: `is nested more than ${MAX_DEPTH} levels deep` }]);
    }
  }
  return problems;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return at;
}

/** Why a text cannot be kept: PostgreSQL takes no NUL, UTF-8 no lone surrogate. Null if it can. */
export function problemOfText(text: string): string | null {
  if (text.includes("\0")) return "contains a NUL character";
  return /\p{Cs}/u.test(text) ? "contains half of a surrogate pair" : null;
}

function problemsOfTexts(value: unknown, path = ""): InputProblem[] {
  if (typeof value === "string") {
    const message = problemOfText(value);
    return message ? [{ path, message }] : [];
  }
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const message = problemOfText(key);
    if (message) return [{ path, message: `has a key that ${message}` }];
    return problemsOfTexts(inner, path === "" ? key : `${path}.${key}`);
  });
}
