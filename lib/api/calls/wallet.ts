import { AppError } from "@/lib/core/errors";
import { checkQueueToken } from "@/lib/queue/admission";
import { getWallet, listEntries } from "@/lib/wallet/queries";
import { topUpSchema } from "@/lib/wallet/schema";
import { topUp } from "@/lib/wallet/top-up";
import { defineCall, defineIdempotentCall, type Input } from "../call";
import { QUEUE_TOKEN_HEADER, REFUSED_TOKEN } from "../gate";
import { DEFAULT_LIMIT, pageOf, pageQuery, toppedUp, walletEntry, walletSchema } from "../schemas";

const tag = "Wallet";
const token = {
  requestHeaders: { [QUEUE_TOKEN_HEADER]: "Not needed here; one that is sent is checked as at the gate." },
  problems: REFUSED_TOKEN,
};

type Asking = Pick<Input<string, "fan", undefined, undefined>, "db" | "caller" | "header">;

async function checkTokenIfSent({ db, caller, header }: Asking): Promise<void> {
  const sent = header("queue-token");
  if (sent !== undefined) await checkQueueToken(db, { token: sent, userId: caller.userId });
}

/** A session can outlive its account, say in a database that was set up anew. */
function accountIsGone(error: unknown): never {
  if (!(error instanceof AppError && error.code === "not_found")) throw error;
  throw new AppError("unauthenticated", "The account of this session does not exist.");
}

export const walletCalls = [
  defineCall({
    method: "GET",
    path: "/wallet",
    tag,
    summary: "Read the balance",
    access: "fan",
    ...token,
    answers: { 200: { description: "What the fan has.", schema: walletSchema } },
    async handle(input) {
      await checkTokenIfSent(input);
      return { status: 200, body: await getWallet(input.db, input.caller.userId) };
    },
  }),
  defineIdempotentCall({
    method: "PATCH",
    path: "/wallet",
    tag,
    summary: "Top the balance up",
    access: "fan",
    ...token,
    body: topUpSchema,
    answers: { 200: { description: "The balance after it, and its entry.", schema: toppedUp } },
    problems: [...token.problems, "balance_limit_exceeded"],
    before: checkTokenIfSent,
    async handle({ db, caller, body }) {
      return { status: 200, body: await topUp(db, { userId: caller.userId, ...body }).catch(accountIsGone) };
    },
  }),
  defineCall({
    method: "GET",
    path: "/wallet/entries",
    tag,
    summary: "List the wallet's movements",
    description: "Newest first.",
    access: "fan",
    ...token,
    query: pageQuery,
    answers: { 200: { description: "A page of movements.", schema: pageOf(walletEntry) } },
    async handle(input) {
      await checkTokenIfSent(input);
      const { limit = DEFAULT_LIMIT, cursor } = input.query;
      return { status: 200, body: await listEntries(input.db, { userId: input.caller.userId, limit, cursor }) };
    },
  }),
];
