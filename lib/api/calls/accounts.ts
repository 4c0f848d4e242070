import { spendAttempts } from "@/lib/auth/rate-limit";
import { registerFan } from "@/lib/auth/register-fan";
import { revokeSession } from "@/lib/auth/revocations";
import { credentialsSchema, registrationSchema } from "@/lib/auth/schema";
import { issueSession } from "@/lib/auth/session-token";
import { signIn } from "@/lib/auth/sign-in";
import { defineCall } from "../call";
import { accountOf } from "../caller";
import { account, me, session } from "../schemas";

const tag = "Accounts";

/** Enough for a family at one address and for forgotten passwords, too few to guess by. */
const REGISTRATIONS = {
  address: { limit: 60, windowSeconds: 600 },
  account: { limit: 10, windowSeconds: 600 },
};

export const accountCalls = [
  defineCall({
    method: "POST",
    path: "/users",
    tag,
    summary: "Register",
    access: "public",
    body: registrationSchema,
    cache: "no-store",
    answers: { 201: { description: "The new account.", schema: account } },
    problems: ["conflict", "rate_limited"],
    async handle({ db, body, address }) {
      await spendAttempts(db, "register", { address, account: body.email }, REGISTRATIONS);
      return { status: 201, body: await registerFan(db, body) };
    },
  }),
  defineCall({
    method: "POST",
    path: "/sessions",
    tag,
    summary: "Sign in (apps and scripts)",
    description:
      "The token goes into `Authorization: Bearer …`. Browsers sign in with next-auth and send its cookie instead. A wrong address and a wrong password get the same answer in the same time.",
    access: "public",
    body: credentialsSchema,
    cache: "no-store",
    answers: { 201: { description: "A session of 30 days.", schema: session } },
    problems: ["unauthenticated", "rate_limited"],
    async handle({ db, body, address }) {
      const user = await signIn(db, body, address);
      const { token, expiresAt } = issueSession({ userId: user.id, role: user.role });
      return { status: 201, body: { token, expiresAt } };
    },
  }),
  defineCall({
    method: "DELETE",
    path: "/sessions/current",
    tag,
    summary: "Sign out",
    description: "The session is over on this server at once, on every other within two seconds.",
    access: "fan",
    answers: { 204: { description: "The session is over." } },
    async handle({ db, caller }) {
      await revokeSession(db, caller);
      return { status: 204 };
    },
  }),
  defineCall({
    method: "GET",
    path: "/me",
    tag,
    summary: "Who am I?",
    access: "fan",
    answers: { 200: { description: "The signed-in account.", schema: me } },
    handle: async ({ db, caller }) => ({ status: 200, body: await accountOf(db, caller) }),
  }),
];
