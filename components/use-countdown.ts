"use client";

import { useEffect, useState } from "react";
import { serverClock } from "./server-clock";

/**
 * Whole seconds until an instant by the server's clock, 0 from then on; null without an instant and while the page is
 * being put together.
 */
export function useCountdown(until: string | null | undefined): number | null {
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    if (!until) {
      setLeft(null);
      return;
    }
    const end = Date.parse(until);
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      const ms = end - serverClock.now();
      setLeft(Math.max(0, Math.ceil(ms / 1000)));
      // Just past the next whole second; a sleeping device catches up when it wakes.
      if (ms > 0) timer = setTimeout(tick, (ms % 1000) + 15);
    };
    tick();
    const onVisible = () => {
      clearTimeout(timer);
      tick();
    };
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [until]);
  return left;
}
