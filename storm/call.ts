import { Agent, request } from "node:http";
import type { Answer, CallLog, Outcome, What } from "./log";

export type Call = {
  fan: number;
  what: What;
  method: string;
  path: string;
  bearer?: string | undefined;
  queueToken?: string | undefined;
  key?: string | undefined;
  body?: unknown;
  /** Which of the two servers, if it is there. */
  server: number;
};

/** Longer than any server may take (10 s) and be frozen (2 s). */
const PATIENCE_MS = 20_000;

/** Makes calls over HTTP as a fan's app does, by way of the servers' proxies, and logs each with its outcome. */
export class Caller {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 400, maxFreeSockets: 400 });

  constructor(
    private readonly servers: readonly { address: number; isUp: boolean }[],
    private readonly log: CallLog,
  ) {}

  async call(call: Call): Promise<Answer> {
    const from = performance.now();
    // A load balancer leaves out a server that is not there.
    const server = this.servers[call.server]?.isUp ? call.server : 1 - call.server;
    const answer = await this.#send({ ...call, server });
    const { fan, what, key, path } = call;
    this.log.note({ fan, what, key, path, server }, answer, performance.now() - from);
    return answer;
  }

  close(): void {
    this.#agent.destroy();
  }

  #send({ method, path, bearer, queueToken, key, body, server }: Call): Promise<Answer> {
    const json = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve) => {
      const lost = (code: string) =>
        resolve({ outcome: "unknown", status: null, code, text: "", body: null, replayed: false });
      const sent = request(
        {
          agent: this.#agent,
          host: "127.0.0.1",
          port: this.servers[server]?.address as number,
          method,
          path: `/api${path}`,
          timeout: PATIENCE_MS,
          headers: {
            ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
            ...(queueToken ? { "Queue-Token": queueToken } : {}),
            ...(key ? { "Idempotency-Key": key } : {}),
            ...(json === undefined
              ? {}
              : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(json) }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", (error: NodeJS.ErrnoException) => lost(error.code ?? error.message));
          response.on("end", () => {
            if (!response.complete) return lost("cut");
            const text = Buffer.concat(chunks).toString();
            const replayed = response.headers["idempotent-replayed"] === "true";
            resolve(judge(response.statusCode as number, text, replayed));
          });
        },
      );
      sent.on("timeout", () => {
        this.log.hung += 1;
        sent.destroy(new Error("no answer"));
      });
      sent.on("error", (error: NodeJS.ErrnoException) => lost(error.code ?? error.message));
      sent.end(json);
    });
  }
}

function judge(status: number, text: string, replayed: boolean): Answer {
  let body = null;
  try {
    body = text === "" ? null : JSON.parse(text);
  } catch {
    // Some answers are no JSON.
  }
  const code = status >= 400 ? (body?.code ?? "no code") : null;
  const isUnknown = status >= 500 || code === "idempotency_in_progress";
  const outcome: Outcome = isUnknown ? "unknown" : status >= 400 ? "refused" : "ok";
  return { outcome, status, code, text, body, replayed };
}
