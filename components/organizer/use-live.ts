"use client";

import { useCallback, useEffect, useState } from "react";
import { read } from "@/components/api-client";

/**
 * Reads one call again and again while the page is visible; keeps the last answer through failures. A path that is made
 * anew for each reading must be the same function from one rendering to the next.
 */
export function useLive<T>(
  path: string | (() => string),
  everyMs: number,
): { data: T | null; error: unknown; refresh: () => void } {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [asked, setAsked] = useState(0);
  const refresh = useCallback(() => setAsked((count) => count + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` starts the reading anew.
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      if (document.visibilityState === "visible") {
        try {
          setData(await read<T>(typeof path === "string" ? path : path(), { signal: stop.signal }));
          setError(null);
        } catch (problem) {
          if (stop.signal.aborted) return;
          setError(problem);
        }
      }
      timer = setTimeout(ask, everyMs);
    };
    const onVisible = () => {
      if (document.visibilityState !== "visible") return;
      clearTimeout(timer);
      void ask();
    };
    document.addEventListener("visibilitychange", onVisible);
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [path, everyMs, asked]);

  return { data, error, refresh };
}
