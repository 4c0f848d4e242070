"use client";

import { queryOptions } from "@tanstack/react-query";
import { read } from "@/components/api-client";
import type { WaitlistEntry } from "@/lib/waitlist/schema";

type Page = { items: WaitlistEntry[]; nextCursor: string | null };

export const isLive = ({ status }: Pick<WaitlistEntry, "status">): boolean =>
  status === "waiting" || status === "offered";

/** The fan's places on waitlists, newest first; asked for again while any of them may change by itself. */
export const waitlistQuery = () =>
  queryOptions({
    queryKey: ["waitlist"],
    queryFn: ({ signal }) => read<Page>("/waitlist?limit=100", { signal }),
    refetchInterval: ({ state }) => (state.data?.items.some(isLive) ? 10_000 : false),
  });
