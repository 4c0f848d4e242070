import { z } from "@hono/zod-openapi";
import { findUserByEmail, getUser } from "@/lib/auth/queries";
import { emailSchema } from "@/lib/auth/schema";
import { adjustWallet } from "@/lib/wallet/adjust-wallet";
import { getWallet, listEntries, readOwedAmount } from "@/lib/wallet/queries";
import { adjustmentSchema } from "@/lib/wallet/schema";
import { defineCall, defineIdempotentCall } from "../call";
import { idOf } from "../input";
import { fansWallet, toppedUp } from "../schemas";

const tag = "Organisers";

/** The last movements are enough to see what an adjustment is about. */
const SHOWN = 20;

const fanQuery = z.strictObject({ email: emailSchema.openapi({ description: "The fan's e-mail address." }) });

export const walletAdminCalls = [
  defineCall({
    method: "GET",
    path: "/admin/wallets",
    tag,
    summary: "Find a fan's wallet",
    description: "By the e-mail address; with its last movements.",
    access: "organizer",
    query: fanQuery,
    answers: { 200: { description: "Whose it is and what is in it.", schema: fansWallet } },
    problems: ["not_found"],
    async handle({ db, query }) {
      const { id: userId, email, name } = await findUserByEmail(db, query.email);
      const [wallet, owed, { items: entries }] = await Promise.all([
        getWallet(db, userId),
        readOwedAmount(db, userId),
        listEntries(db, { userId, limit: SHOWN }),
      ]);
      return { status: 200, body: { userId, email, name, ...wallet, owed, entries } };
    },
  }),
  defineIdempotentCall({
    method: "POST",
    path: "/admin/wallets/{userId}/adjustments",
    tag,
    summary: "Adjust a fan's wallet",
    description:
      "Adds the amount, or takes it where it is negative, but never below zero. The fan reads the reason; who made it stays in the books.",
    access: "organizer",
    body: adjustmentSchema,
    answers: { 201: { description: "The balance after it, and its entry.", schema: toppedUp } },
    problems: ["insufficient_balance", "balance_limit_exceeded"],
    before: async ({ db, params }) => (await getUser(db, idOf(params.userId, "account"))).id,
    async handle({ db, caller, body, pass: userId }) {
      return { status: 201, body: await adjustWallet(db, { userId, ...body, madeBy: caller.userId }) };
    },
  }),
];
