"use client";

import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useProblemText } from "./problem-text";

type MoreButtonProps = {
  list: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError: boolean;
    error: unknown;
    fetchNextPage: () => unknown;
  };
};

/** Fetches a list's next page; nothing once all of it is there. */
export function MoreButton({ list }: MoreButtonProps) {
  const t = useTranslations("common");
  const problemText = useProblemText();
  if (!list.hasNextPage) return null;
  return (
    <div className="mt-6 space-y-3">
      {list.isFetchNextPageError && <Notice tone="error">{problemText(list.error)}</Notice>}
      <Button variant="outline" block pending={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
        {t("more")}
      </Button>
    </div>
  );
}
