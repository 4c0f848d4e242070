"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ApiProblem } from "./api-problem";

/** A clear refusal is an answer; only what may pass is asked again. */
const retry = (failures: number, error: unknown): boolean =>
  failures < 4 && error instanceof ApiProblem && error.isPassing;

const retryDelay = (failures: number, error: unknown): number =>
  Math.max((error instanceof ApiProblem ? (error.retryAfter ?? 0) : 0) * 1000, Math.min(8_000, 500 * 2 ** failures)) *
  (0.85 + Math.random() * 0.3);

/** A client of its own for each page load. Nothing is asked while the device has no network. */
export const makeQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: { retry, retryDelay, staleTime: 5_000 },
      mutations: { retry: false, networkMode: "always" },
    },
  });

/** For pages that read the fan's own data. Not in the root layout: the waiting room stays light without it. */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(makeQueryClient);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
