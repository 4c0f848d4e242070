"use client";

import { useSyncExternalStore } from "react";

function subscribe(listen: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", listen);
  const choice = new MutationObserver(listen);
  choice.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    system.removeEventListener("change", listen);
    choice.disconnect();
  };
}

function isDark(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Whether the dark theme is in force, for what CSS cannot reach, such as a canvas. */
export const useIsDark = (): boolean => useSyncExternalStore(subscribe, isDark, () => false);
