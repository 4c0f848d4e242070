import { useTranslations } from "next-intl";
import type { QueueView } from "@/lib/queue/schema";
import { waitWords } from "./place";

/** How long it may take, between which bounds, in words. */
export function Wait({ view }: { view: QueueView }) {
  const t = useTranslations("queue.wait");
  const words = waitWords(view);
  switch (words.kind) {
    case "within":
      return t("within", { to: words.to });
    case "minutes":
      return t("minutes", { from: words.from, to: words.to });
    case "hours":
      return t("hours", { from: words.from, to: words.to });
    default:
      return t(words.kind);
  }
}
