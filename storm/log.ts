import { createWriteStream, type WriteStream } from "node:fs";

export type What =
  | "register"
  | "sign in"
  | "join"
  | "poll"
  | "leave"
  | "defer"
  | "replace token"
  | "read"
  | "hold"
  | "top up"
  | "pay"
  | "extend"
  | "change"
  | "give up"
  | "refund"
  | "wait"
  | "stop waiting"
  | "give away"
  | "claim"
  | "check in"
  | "organise";

/**
 * How a call ended for whoever made it: done, refused with nothing done, or nobody knows (no answer, a 5xx, or an
 * earlier call with the same key still under way).
 */
export type Outcome = "ok" | "refused" | "unknown";

export type Answer = {
  outcome: Outcome;
  status: number | null;
  /** The problem's code; what broke, where there was no answer. */
  code: string | null;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a JSON body of any call.
  body: any;
  replayed: boolean;
};

/** One thing that a fan wants done once, under one key, however often it is asked for. */
export type Intent = {
  key: string;
  fan: number;
  what: "hold" | "top up" | "pay" | "extend" | "refund";
  method: "POST" | "PATCH";
  path: string;
  body?: unknown;
  queueToken?: string;
  /** The first certain answer. */
  final: Answer | null;
  /** Whether some attempt ended in nobody knows. */
  wasUnknown: boolean;
};

/** Refusals that are kept with the key: nothing that was asked for will happen under it any more. */
const KEPT = [402, 404, 409, 422];

const isKept = ({ outcome, status }: Answer): boolean => outcome === "ok" || KEPT.includes(status ?? 0);

/**
 * Whether the end of an intent is known. A refusal at the gate says nothing about an earlier attempt of which nothing
 * was heard: that one may have been let through.
 */
export const isCertain = ({ final, wasUnknown }: Intent): boolean => final !== null && (!wasUnknown || isKept(final));

/** Everything that the fans know, kept outside of the database: what they asked for and what they heard. */
export class CallLog {
  readonly counts: Record<Outcome, number> = { ok: 0, refused: 0, unknown: 0 };
  readonly codes = new Map<string, number>();
  readonly intents = new Map<string, Intent>();
  /** Calls without a key that change something: by reservation, ticket code and place in line. */
  readonly givenUp = new Map<string, { fan: number; path: string; outcome: Outcome }>();
  readonly checkIns = new Map<string, { code: string; done: number; unknown: boolean }>();
  readonly places = new Map<string, { fan: number; number: number; left: boolean }>();
  /** The seats that a hold was changed to last; null after a change of which nobody knows. */
  readonly changed = new Map<string, string[] | null>();
  /** By the link of a ticket that was given away: who claimed it, and of whom nobody knows. */
  readonly claims = new Map<string, { ticketId: string; fans: Set<number>; unknown: Set<number> }>();
  readonly accounts: { id: string; email: string }[] = [];
  /** What should never have been answered. */
  readonly violations: string[] = [];
  /** Payments that were heard to be done. */
  paid = 0;
  /** Positions that rose for a fan who had asked sooner than told: another process may have read the line a moment earlier. */
  risen = 0;
  /** Positions compared with the one before, by a fan who had waited as long as told. */
  paced = 0;
  slowestMs = 0;
  hung = 0;
  readonly #file: WriteStream;
  readonly #from = performance.now();

  constructor(file: string) {
    this.#file = createWriteStream(file);
    this.#file.on("error", () => {});
  }

  /** Something that must not be, in words; the first hundred are kept. */
  accuse(what: string): void {
    if (this.violations.length < 100) this.violations.push(what);
  }

  note(
    call: { fan: number; what: What; key?: string | undefined; path: string; server: number },
    answer: Answer,
    ms: number,
  ) {
    const { outcome, status, code } = answer;
    this.counts[outcome] += 1;
    if (call.what === "pay" && outcome === "ok") this.paid += 1;
    const kind = `${call.what}: ${code ?? status}`;
    this.codes.set(kind, (this.codes.get(kind) ?? 0) + 1);
    this.slowestMs = Math.max(this.slowestMs, ms);
    if (code === "internal") this.accuse(`${call.what} was answered 500: ${answer.text.slice(0, 300)}`);
    const at = Math.round(performance.now() - this.#from);
    this.#file.write(`${JSON.stringify({ at, ...call, outcome, status, code, ms: Math.round(ms) })}\n`);
  }

  /** Takes an answer to an intent down, and sees whether it agrees with what was heard before. */
  settle(intent: Intent, answer: Answer): void {
    if (answer.outcome === "unknown") {
      intent.wasUnknown = true;
      return;
    }
    const { final } = intent;
    if (!final || !isKept(final)) {
      if (isKept(answer) || !intent.wasUnknown) intent.final = answer;
      return;
    }
    if (isKept(answer) && answer.text !== final.text) {
      this.accuse(
        `key ${intent.key} (${intent.what}) was answered in two ways: ${final.text.slice(0, 300)} / ${answer.text.slice(0, 300)}`,
      );
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#file.end(resolve));
  }
}
