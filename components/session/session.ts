"use client";

import { useSyncExternalStore } from "react";
import type { Role } from "@/db/constants";

export type SessionUser = { id: string; name: string; email: string; role: Role };

/** `loading` until the server was asked; `unknown` when it could not be reached. */
export type Session =
  | { status: "loading" | "unknown"; user: null }
  | { status: "signed-out"; user: null }
  | { status: "signed-in"; user: SessionUser };

const LOADING: Session = { status: "loading", user: null };

let current: Session = LOADING;
let asked = false;
const listeners = new Set<() => void>();

function tell(next: Session): void {
  current = next;
  for (const listen of listeners) listen();
}

/** Asks the server who is signed in, and tells every component that shows it. Pages themselves stay the same for all. */
export async function refreshSession(): Promise<Session> {
  asked = true;
  try {
    const answer = await fetch("/api/auth/session", { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const { user } = ((await answer.json()) ?? {}) as { user?: SessionUser };
    tell(user ? { status: "signed-in", user } : { status: "signed-out", user: null });
  } catch {
    tell({ status: "unknown", user: null });
  }
  return current;
}

function subscribe(listen: () => void): () => void {
  listeners.add(listen);
  if (!asked) void refreshSession();
  return () => listeners.delete(listen);
}

/** Who is signed in, known only in the browser. One request per page load, shared by every caller. */
export function useSession(): Session {
  return useSyncExternalStore(
    subscribe,
    () => current,
    () => LOADING,
  );
}
