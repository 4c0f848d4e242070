import { z } from "@hono/zod-openapi";
import { AppError } from "@/lib/core/errors";
import { paymentProvider } from "@/lib/payment/providers/configured";
import { checkQueueToken } from "@/lib/queue/admission";
import { getWallet, listEntries } from "@/lib/wallet/queries";
import { readStatement } from "@/lib/wallet/read-statement";
import { statementSpanSchema, topUpSchema } from "@/lib/wallet/schema";
import { statementCsv, statementFileName } from "@/lib/wallet/statement-csv";
import { topUp } from "@/lib/wallet/top-up";
import { topUpTogether } from "@/lib/wallet/top-up-together";
import { accountIsGone } from "../account-is-gone";
import { defineCall, defineIdempotentCall, type Input } from "../call";
import { QUEUE_TOKEN_HEADER, REFUSED_TOKEN } from "../gate";
import { checked } from "../input";
import { DEFAULT_LIMIT, pageOf, pageQuery, toppedUp, walletEntry, walletSchema } from "../schemas";

const tag = "Wallet";
const token = {
  requestHeaders: { [QUEUE_TOKEN_HEADER]: "Not needed here; one that is sent is checked as at the gate." },
  problems: REFUSED_TOKEN,
};

const statementQuery = z.strictObject({
  from: z.string().max(10).openapi({ format: "date", description: "The first day, as 2027-01-31." }),
  to: z.string().max(10).openapi({ format: "date", description: "The last day." }),
  locale: z.enum(["ko", "en"]).optional().openapi({ description: "Of the headings; `ko` unless given." }),
});

type Asking = Pick<Input<string, "fan", undefined, undefined>, "db" | "caller" | "header">;

async function checkTokenIfSent({ db, caller, header }: Asking): Promise<void> {
  const sent = header("queue-token");
  if (sent !== undefined) await checkQueueToken(db, { token: sent, userId: caller.userId });
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
    async before(input) {
      await checkTokenIfSent(input);
      if (paymentProvider().name === "demo") return;
      throw new AppError("forbidden", "Balances are topped up by card here: POST /api/wallet/top-ups.");
    },
    together: {
      kindOf: () => "top-up",
      async run(tx, inputs) {
        const added = await topUpTogether(
          tx,
          inputs.map(({ caller, body }) => ({ userId: caller.userId, ...body })),
        );
        return added.map((body) => body && { status: 200, body });
      },
    },
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
  defineCall({
    method: "GET",
    path: "/wallet/statement.csv",
    tag,
    summary: "The wallet's statement",
    description: "The movements of some days (of Korea, both included), oldest first, with the balance after each.",
    access: "fan",
    ...token,
    query: statementQuery,
    answers: { 200: { description: "A table for spreadsheets, UTF-8.", type: "text/csv" } },
    async handle(input) {
      await checkTokenIfSent(input);
      const { locale, ...span } = input.query;
      const statement = await readStatement(input.db, {
        userId: input.caller.userId,
        ...checked(statementSpanSchema, span),
      });
      return {
        status: 200,
        text: statementCsv(statement, locale),
        type: "text/csv; charset=utf-8",
        headers: { "Content-Disposition": `attachment; filename="${statementFileName(statement)}"` },
      };
    },
  }),
];
