"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/**
 * A page rendered long ago is shown at once, then replaced: whoever comes first after a quiet hour would otherwise read
 * an hour-old state. `renderedAt` in milliseconds.
 */
export function RefreshStale({ renderedAt, afterSeconds = 15 }: { renderedAt: number; afterSeconds?: number }) {
  const router = useRouter();
  useEffect(() => {
    if (Date.now() - renderedAt < afterSeconds * 1000) return;
    // The visit itself has set the server to work; a moment later its answer is fresh.
    const timer = setTimeout(() => router.refresh(), 600);
    return () => clearTimeout(timer);
  }, [renderedAt, afterSeconds, router]);
  return null;
}
