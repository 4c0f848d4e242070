import type { LedgerKind } from "@/db/constants";
import { WALLET_TIME_ZONE } from "./rules";
import type { Statement } from "./schema";

const WORDS = {
  ko: {
    head: ["일시", "구분", "금액", "잔액", "예약 번호", "사유"],
    opening: "시작 잔액",
    closing: "마지막 잔액",
    kinds: { top_up: "충전", payment: "티켓 결제", refund: "환불", reversal: "충전 취소", adjustment: "잔액 조정" },
  },
  en: {
    head: ["Time", "What", "Amount", "Balance", "Reservation", "Reason"],
    opening: "Opening balance",
    closing: "Closing balance",
    kinds: {
      top_up: "Top-up",
      payment: "Tickets",
      refund: "Refund",
      reversal: "Top-up taken back",
      adjustment: "Adjustment",
    },
  },
} satisfies Record<
  "ko" | "en",
  { head: string[]; opening: string; closing: string; kinds: Record<LedgerKind, string> }
>;

const time = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: WALLET_TIME_ZONE });

/** One cell. A text that a spreadsheet would take for a formula gets an apostrophe before it. */
function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A statement as RFC 4180 has it; the mark in front tells spreadsheets that it is UTF-8. Times are Korea's. */
export function statementCsv(statement: Statement, locale: "ko" | "en" = "ko"): string {
  const words = WORDS[locale];
  const rows: (string | number)[][] = [
    words.head,
    [statement.from, words.opening, "", statement.opening, "", ""],
    ...statement.lines.map(({ at, kind, amount, balance, reservationId, reason }) => [
      time.format(at),
      words.kinds[kind],
      amount,
      balance,
      reservationId ?? "",
      reason ?? "",
    ]),
    [statement.to, words.closing, "", statement.closing, "", ""],
  ];
  return `\ufeff${rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("")}`;
}

/** Plain ASCII, so that it needs no encoding in a header. */
export const statementFileName = ({ from, to }: Statement): string => `frontrow-wallet-${from}-${to}.csv`;
