"use client";

import type { ReactNode } from "react";

/** What every page's client components share. */
export function Providers({ children }: { children: ReactNode }) {
  return children;
}
