import { useEffect, useRef } from "react";
import { read } from "./api-client";

/**
 * Tries again by itself while `away`, whenever the server is well: what is on the page stays until then, and a page of the
 * server's is not loaded anew just to fail again.
 */
export function useRecovery(away: boolean, onRetry: () => void): void {
  const retry = useRef(onRetry);
  useEffect(() => {
    retry.current = onRetry;
  }, [onRetry]);
  useEffect(() => {
    if (!away) return;
    let isGone = false;
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      const isWell = await read("/health/ready").then(
        () => true,
        () => false,
      );
      if (isGone) return;
      if (isWell) retry.current();
      later();
    };
    const later = () => {
      timer = setTimeout(look, 3000 + Math.random() * 3000);
    };
    later();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [away]);
}
