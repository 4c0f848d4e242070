import { Notice } from "@/components/ui/notice";
import type { Outcome } from "./use-room-action";

/** What came of what an organiser did; read out when it appears. */
export function ActionOutcome({ outcome }: { outcome: Outcome | null }) {
  if (!outcome) return null;
  return (
    <Notice tone={outcome.ok ? "info" : "error"} live>
      {outcome.text}
    </Notice>
  );
}
