import { afterEach, beforeEach, expect, vi } from "vitest";
import { provideEnv } from "@/lib/core/env";

provideEnv({ authSecret: "a-secret-for-tests-only-0123456789abcdef" });

// A stray console.error is a failure that nobody looked at.
let errors: unknown[][] = [];
beforeEach(() => {
  errors = [];
  vi.spyOn(console, "error").mockImplementation((...words) => {
    errors.push(words);
  });
});
afterEach(() => {
  expect(errors, "console.error was called").toEqual([]);
});
