"use client";

import { useEffect, useState } from "react";

const KEPT = "frontrow.claim";

/** Some browsers refuse storage; then the link has to be opened again after signing in. */
function keep(token: string): void {
  try {
    sessionStorage.setItem(KEPT, token);
  } catch {}
}

function recall(): string | null {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

/** The link was used, or is not wanted any more. */
export function forgetClaimToken(): void {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {}
}

/**
 * What stands behind `#` of this page's address, moved from there into this tab's memory: no server sees it, also not
 * while the fan signs in, nor who looks over the shoulder. Undefined until it is known, null without one.
 */
export function useClaimToken(): string | null | undefined {
  const [token, setToken] = useState<string | null>();
  useEffect(() => {
    const take = () => {
      const given = window.location.hash.slice(1);
      if (given) {
        keep(given);
        window.history.replaceState(window.history.state, "", window.location.pathname + window.location.search);
      }
      setToken(given || recall());
    };
    take();
    window.addEventListener("hashchange", take);
    return () => window.removeEventListener("hashchange", take);
  }, []);
  return token;
}
