"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";

type OpensInProps = { at: number; label: string; openNow: string /** `{n}` stands for the days. */; days: string };

const two = (n: number): string => String(n).padStart(2, "0");

/** Counts down to the sale and, when it is there, asks for the page as it then is. `at` in milliseconds. */
export function OpensIn({ at, label, openNow, days }: OpensInProps) {
  const router = useRouter();
  const [left, setLeft] = useState<number | null>(null);
  const open = left !== null && left <= 0;

  useEffect(() => {
    const tick = () => setLeft(Math.max(0, Math.ceil((at - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [at]);

  useEffect(() => {
    if (!open) return;
    // Everybody's countdown ends in the same second; spread what follows.
    const timer = setTimeout(() => router.refresh(), 500 + Math.random() * 3000);
    return () => clearTimeout(timer);
  }, [open, router]);

  if (open) return <p className="font-bold text-2xl">{openNow}</p>;
  const seconds = left ?? 0;
  const wholeDays = Math.floor(seconds / 86_400);
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return (
    <div role="timer" aria-label={label} className={left === null ? "invisible" : ""}>
      <p className="text-muted text-sm">{label}</p>
      <p className="font-extrabold text-4xl tabular-nums tracking-tight">
        {wholeDays > 0 && <span className="mr-3">{days.replace("{n}", String(wholeDays))}</span>}
        {clock}
      </p>
    </div>
  );
}
