"use client";

import { refreshSession } from "./session";

export type SignInOutcome = "signed-in" | "wrong-credentials" | "rate-limited" | "unavailable";

async function csrfToken(): Promise<string> {
  const answer = await fetch("/api/auth/csrf", { cache: "no-store" });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return ((await answer.json()) as { csrfToken: string }).csrfToken;
}

const form = (fields: Record<string, string>): RequestInit => ({
  method: "POST",
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({ ...fields, json: "true" }),
});

/** Signs in with next-auth's credentials flow; its own browser package is ten times the size of these lines. */
export async function signIn(credentials: { email: string; password: string }): Promise<SignInOutcome> {
  try {
    const answer = await fetch(
      "/api/auth/callback/credentials",
      form({ ...credentials, csrfToken: await csrfToken(), callbackUrl: window.location.origin }),
    );
    if (answer.status === 429) return "rate-limited";
    if (answer.status >= 500) return "unavailable";
    const { url } = (await answer.json()) as { url?: string };
    const refused = url ? new URL(url, window.location.origin).searchParams.get("error") : "CredentialsSignin";
    if (refused?.includes("rate_limited")) return "rate-limited";
    if (refused?.includes("unavailable")) return "unavailable";
    if (refused) return "wrong-credentials";
  } catch {
    return "unavailable";
  }
  const session = await refreshSession();
  return session.status === "signed-in" ? "signed-in" : "unavailable";
}

/** Ends the session here and on the server. */
export async function signOut(): Promise<void> {
  await fetch("/api/auth/signout", form({ csrfToken: await csrfToken(), callbackUrl: window.location.origin }));
  await refreshSession();
}
