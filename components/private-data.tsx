"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { isProblem } from "./api-problem";
import { backoffMs } from "./backoff";
import { useSession } from "./session/session";

const READS_TRIED_AGAIN = 3;

const newQueries = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always",
        retry: (failures, error) => failures < READS_TRIED_AGAIN && isProblem(error) && error.isPassing,
        retryDelay: (attempt, error) =>
          backoffMs({ firstMs: 500, longestMs: 5_000 }, attempt + 1, isProblem(error) ? error.retryAfter : undefined),
      },
      // What is sent again is the API client's business: it keeps the idempotency key.
      mutations: { networkMode: "always", retry: false },
    },
  });

/** Holds what the browser has read of the fan's own data, for the pages inside. Another fan starts with nothing. */
export function PrivateData({ children }: { children: ReactNode }) {
  const [queries] = useState(newQueries);
  const session = useSession();
  const lastUser = useRef<string | null | undefined>(undefined);
  useEffect(() => {
    if (session.status === "loading" || session.status === "unknown") return;
    const user = session.user?.id ?? null;
    if (lastUser.current !== undefined && lastUser.current !== user) void queries.resetQueries();
    lastUser.current = user;
  }, [session, queries]);
  return <QueryClientProvider client={queries}>{children}</QueryClientProvider>;
}
