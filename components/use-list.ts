"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { read } from "./api-client";

type Page<Item> = { items: Item[]; nextCursor: string | null };

/** A list of the API, page by page through its cursor. `key` names it in the cache. */
export function useList<Item>(key: readonly string[], path: string) {
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      read<Page<Item>>(pageParam ? `${path}?cursor=${encodeURIComponent(pageParam)}` : path, { signal }),
    initialPageParam: "",
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  return { ...list, items: list.data?.pages.flatMap(({ items }) => items) };
}
