"use client";

import { useId, useSyncExternalStore } from "react";
import { THEME_KEY } from "./theme-script.js";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

const CHANGED = "frontrow:theme";

function chosen(): Theme {
  const kept = document.documentElement.dataset.theme;
  return kept === "light" || kept === "dark" ? kept : "system";
}

function choose(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(THEME_KEY);
    else localStorage.setItem(THEME_KEY, theme);
  } catch {
    // Storage is off: the choice holds until the page is left.
  }
  window.dispatchEvent(new Event(CHANGED));
}

function subscribe(listen: () => void): () => void {
  window.addEventListener(CHANGED, listen);
  return () => window.removeEventListener(CHANGED, listen);
}

/** System, light or dark. Its words come as props, so that no page ships messages for it. */
export function ThemeSwitch({ label, names }: { label: string; names: Record<Theme, string> }) {
  const theme = useSyncExternalStore(subscribe, chosen, () => "system" as const);
  const group = useId();
  return (
    <fieldset className="flex rounded-full bg-sunken p-1">
      <legend className="sr-only">{label}</legend>
      {THEMES.map((name) => (
        <label
          key={name}
          className="flex min-h-11 flex-1 cursor-pointer items-center justify-center rounded-full px-3 font-medium text-muted text-sm hover:text-ink has-checked:bg-surface has-checked:text-ink has-checked:shadow-sm has-focus-visible:outline-3 has-focus-visible:outline-accent-ink"
        >
          <input
            type="radio"
            name={group}
            value={name}
            checked={theme === name}
            onChange={() => choose(name)}
            className="sr-only"
          />
          {names[name]}
        </label>
      ))}
    </fieldset>
  );
}
