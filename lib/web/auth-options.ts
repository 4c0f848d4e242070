import type { NextAuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { getDb } from "@/db/client";
import { isRevoked, revokeSession } from "@/lib/auth/revocations";
import { SESSION_SECONDS } from "@/lib/auth/rules";
import { readEnv } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { log } from "@/lib/core/log";
import type { SessionClaims } from "./session-claims";
import { signInWith } from "./sign-in";

/** next-auth's logger, as our lines; a session that is over is no fault. */
const logger: NextAuthOptions["logger"] = {
  error(code, metadata) {
    if (code === "JWT_SESSION_ERROR") return;
    const error = metadata instanceof Error ? metadata : metadata.error;
    log("warn", "auth.fault", { code, error: error?.message });
  },
  warn(code) {
    log("warn", "auth.warning", { code });
  },
  debug() {},
};

/**
 * next-auth for browsers: credentials, a signed and encrypted session cookie (no table of sessions), ended early by
 * its `sid`. Read at each request, since address and secret are known only when the server runs. Cookies carry the
 * `__Secure-` and `__Host-` prefixes when the site's address is https.
 */
export function authOptions(address: string | null): NextAuthOptions {
  const secret = readEnv().authSecret;
  if (!secret) throw new Error("AUTH_SECRET is not set.");
  return {
    secret,
    session: { strategy: "jwt", maxAge: SESSION_SECONDS },
    pages: { signIn: "/sign-in", signOut: "/", error: "/sign-in" },
    providers: [
      Credentials({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: (form) => signInWith(form, address),
      }),
    ],
    callbacks: {
      jwt({ token, user }) {
        // A new id at each sign-in: a session that somebody planted before is not carried over.
        if (user) return { ...token, sub: user.id, role: user.role, sid: newId() };
        if (isRevoked((token as SessionClaims).sid)) throw new Error("The session was ended.");
        return token;
      },
      session({ session, token }) {
        const { sub, name, email, role } = token as SessionClaims;
        return { ...session, user: { id: sub, name: name ?? "", email: email ?? "", role } };
      },
      redirect({ url, baseUrl }) {
        // Only our own host, whatever the text makes a browser believe (`//evil`, `/\evil`, `javascript:`).
        const target = URL.canParse(url, baseUrl) ? new URL(url, baseUrl) : null;
        return target && target.origin === new URL(baseUrl).origin ? target.href : baseUrl;
      },
    },
    events: {
      async signOut({ token }) {
        if (!token) return;
        // Every reading of the session prolongs its cookie, so copies of it may live as long as one made just now.
        const expiresAt = new Date(Date.now() + SESSION_SECONDS * 1000);
        const { sub, sid } = token as SessionClaims;
        await revokeSession(getDb(), { userId: sub, sessionId: sid, expiresAt });
      },
    },
    logger,
  };
}
