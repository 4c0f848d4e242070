"use client";

import { useState } from "react";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";

export type Outcome = { ok: boolean; text: string };

/**
 * One thing that an organiser does at a time: whether it is under way, and what came of it. The work answers the words
 * to say on success, or nothing; `invalid` are the words for values that the server refuses.
 */
export function useRoomAction(invalid?: string) {
  const problemText = useProblemText();
  const [pending, setPending] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  async function run(work: () => Promise<string | null>): Promise<boolean> {
    if (pending) return false;
    setPending(true);
    setOutcome(null);
    try {
      const text = await work();
      setOutcome(text === null ? null : { ok: true, text });
      return true;
    } catch (error) {
      const isInvalid = invalid !== undefined && isProblem(error, "invalid_request");
      setOutcome({ ok: false, text: isInvalid ? invalid : problemText(error) });
      return false;
    } finally {
      setPending(false);
    }
  }
  return { pending, outcome, run };
}
