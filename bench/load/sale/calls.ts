import { gunzipSync } from "node:zlib";
import { CALLS, type CallName, type CallReport } from "./job";
import type { Lane } from "./lane";

/** Where a call ends that was told to come back (503, 429, or 409 while its first try still runs) this often. */
const TRIES = 100;
const CUT_PAUSE_MS = 500;

const ETAG = /\r\netag: *([^\r\n]+)/i;
const RETRY_AFTER = /\r\nretry-after: *(\d+)/i;
const GZIPPED = /\r\ncontent-encoding: *gzip/i;

export class Answer {
  constructor(
    readonly status: number,
    private readonly text: string,
  ) {}

  get etag(): string | undefined {
    return ETAG.exec(this.head)?.[1];
  }

  get retryAfterMs(): number {
    return Number(RETRY_AFTER.exec(this.head)?.[1] ?? 1) * 1000;
  }

  json<Body>(): Body {
    const body = Buffer.from(this.text.slice(this.end + 4), "latin1");
    return JSON.parse((GZIPPED.test(this.head) ? gunzipSync(body) : body).toString("utf8")) as Body;
  }

  private get end(): number {
    return this.text.indexOf("\r\n\r\n");
  }

  private get head(): string {
    return this.text.slice(0, this.end);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Makes the calls of all fans and remembers how long they took and what came of them. */
export class Calls {
  readonly problems: Record<string, number> = {};
  readonly #times = new Map<CallName, number[]>(CALLS.map((name) => [name, []]));
  readonly #statuses = new Map<CallName, Record<number, number>>(CALLS.map((name) => [name, {}]));

  /**
   * One call. As a browser does, it obeys 429 and 503, and a write that was cut is sent again under its key. Throws for
   * any other answer than the `wanted` ones.
   */
  async make(lane: Lane, name: CallName, request: string, wanted: number[]): Promise<Answer> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const from = performance.now();
      const raw = await lane.send(request);
      if (!raw) {
        await pause(CUT_PAUSE_MS);
        continue;
      }
      this.#times.get(name)?.push(performance.now() - from);
      const statuses = this.#statuses.get(name) as Record<number, number>;
      statuses[raw.status] = (statuses[raw.status] ?? 0) + 1;
      const answer = new Answer(raw.status, raw.text);
      const code = raw.status >= 400 ? answer.json<{ code: string }>().code : "";
      if (code) this.problems[code] = (this.problems[code] ?? 0) + 1;
      if (raw.status === 503 || raw.status === 429) await pause(answer.retryAfterMs * (0.75 + 0.5 * Math.random()));
      else if (code === "idempotency_in_progress") await pause(200);
      else if (wanted.includes(raw.status)) return answer;
      else throw new Error(`${name} was answered unexpectedly:\n${raw.text.slice(0, 1500)}`);
    }
    throw new Error(`${name} was refused or cut ${TRIES} times.`);
  }

  reports(): Record<CallName, CallReport> {
    const entries = CALLS.map((name): [CallName, CallReport] => {
      const sorted = Float64Array.from(this.#times.get(name) ?? []).sort();
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return [name, { statuses: this.#statuses.get(name) ?? {}, p50: at(0.5), p99: at(0.99), slowest: at(1) }];
    });
    return Object.fromEntries(entries) as Record<CallName, CallReport>;
  }
}
