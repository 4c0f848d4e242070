"use client";

import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { call, read } from "@/components/api-client";
import { type DrawFacts, type DrawVerdict, type PlacesPage, verifyDraw } from "@/lib/queue/draw-rules";
import { browserSha256 } from "./browser-sha256";

const ASK_MS = 5000;

/** What is public of a concert's draw; asked again until it is over. */
export const useDraw = (concertId: string) =>
  useQuery({
    queryKey: ["draw", concertId],
    queryFn: ({ signal }) => read<DrawFacts>(`/concerts/${concertId}/draw`, { signal }),
    refetchInterval: ({ state }) =>
      state.data && state.data.seed === null ? ASK_MS * (1 + Math.random() * 0.2) : false,
  });

/** One page of the places; pages never change, so a cache on the way may have it. */
export const readPlaces = async (concertId: string, cursor: string, signal?: AbortSignal): Promise<PlacesPage> =>
  (await call<PlacesPage>(`/concerts/${concertId}/draw/places?cursor=${cursor}`, { signal })).body;

async function* allPlaces(concertId: string, signal: AbortSignal): AsyncGenerator<PlacesPage> {
  for (let cursor: string | null = "0"; cursor !== null; ) {
    const page: PlacesPage = await readPlaces(concertId, cursor, signal);
    yield page;
    signal.throwIfAborted();
    cursor = page.nextCursor;
  }
}

type Check =
  | { state: "none" }
  | { state: "running"; done: number }
  | { state: "done"; verdict: DrawVerdict }
  | { state: "failed"; error: unknown };

/** Recomputes the whole draw in this browser. */
export function useDrawCheck(concertId: string, facts: DrawFacts, pledged: string | undefined) {
  const [check, setCheck] = useState<Check>({ state: "none" });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = useCallback(async () => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    setCheck({ state: "running", done: 0 });
    try {
      const verdict = await verifyDraw(browserSha256, facts, allPlaces(concertId, signal), {
        ...(pledged ? { pledged } : {}),
        onProgress: (done) => {
          if (!signal.aborted) setCheck({ state: "running", done });
        },
      });
      if (!signal.aborted) setCheck({ state: "done", verdict });
    } catch (error) {
      if (!signal.aborted) setCheck({ state: "failed", error });
    }
  }, [concertId, facts, pledged]);
  return { check, start };
}
