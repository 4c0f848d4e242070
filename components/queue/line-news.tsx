"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import type { QueueView } from "@/lib/queue/schema";

/** A place in line is read out at most this often. */
const QUIET_MS = 30_000;

/** Tells a screen reader what matters, politely and rarely: the place now and then, a change of state at once. */
export function LineNews({ view }: { view: QueueView | null }) {
  const t = useTranslations("queue.news");
  const [news, setNews] = useState("");
  const told = useRef({ status: "", position: 0, at: 0 });
  useEffect(() => {
    if (!view) return;
    const { status, position } = view;
    const before = told.current;
    const changed = status !== before.status;
    const moved = status === "waiting" && position !== null && position !== before.position;
    if (!changed && !(moved && Date.now() - before.at >= QUIET_MS)) return;
    told.current = { status, position: position ?? 0, at: Date.now() };
    if (status === "waiting" && position !== null) setNews(t("waiting", { position }));
    else if (status === "admitted") setNews(t("admitted"));
    else if (status === "lobby") setNews(t("lobby"));
    else setNews(t("over"));
  }, [view, t]);
  return (
    <p aria-live="polite" className="sr-only">
      {news}
    </p>
  );
}
