import type { z } from "zod";
import { AppError, type InputProblem } from "./errors";

/** How many problems one answer lists; whoever sends thousands needs no list of all. */
const MOST = 100;

type Issue = z.core.$ZodIssue;

function* flatten(
  issues: readonly Issue[],
  before: PropertyKey[],
): Generator<{ path: PropertyKey[]; message: string }> {
  for (const issue of issues) {
    const path = [...before, ...issue.path];
    // Zod names the object that has unknown keys; the reader looks for the keys.
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) yield { path: [...path, key], message: "is not a known field" };
    } else if (issue.code === "invalid_union" && issue.errors.some((branch) => branch.length > 0)) {
      // The branch that came closest says most.
      const closest = [...issue.errors].filter((branch) => branch.length > 0).sort((a, b) => a.length - b.length)[0];
      yield* flatten(closest ?? [], path);
    } else {
      yield { path, message: issue.message };
    }
  }
}

/** Every problem that zod found, each with the place it stands at (`sections.3.name`; the whole input is ""). */
export function problemsOf(error: z.ZodError): InputProblem[] {
  const problems: InputProblem[] = [];
  for (const { path, message } of flatten(error.issues, [])) {
    problems.push({ path: path.map(String).join("."), message });
    if (problems.length === MOST) {
      problems.push({ path: "", message: `has more problems than the ${MOST} listed` });
      break;
    }
  }
  return problems;
}

/** `invalid_request` that lists what zod found. */
export function invalidInput(error: z.ZodError, detail?: string): AppError {
  const problems = problemsOf(error);
  return new AppError("invalid_request", detail ?? "The request is not valid.", { errors: problems });
}
