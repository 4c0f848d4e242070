import { read } from "@/components/api-client";
import { ApiProblem } from "@/components/api-problem";
import type { Challenge, QueueView } from "@/lib/queue/schema";
import { findProof } from "./find-nonce";

/** A challenge may lapse or the crowd come and go while one is worked on. */
const PROOFS = 3;

/** Joins a line; where the door asks for proof of work, does the work beside the page and joins with it. */
export async function joinLine(path: string, onProving: (proving: boolean) => void): Promise<QueueView> {
  let proof: string | null = null;
  for (let proofs = 0; ; proofs += 1) {
    try {
      return await read<QueueView>(path, { method: "POST", ...(proof ? { headers: { "Proof-Of-Work": proof } } : {}) });
    } catch (error) {
      const challenge = challengeOf(error);
      if (!challenge || proofs === PROOFS || !globalThis.crypto?.subtle) throw error;
      onProving(true);
      proof = await work(challenge).finally(() => onProving(false));
    }
  }
}

/** The challenge that a refusal comes with, if any. */
export function challengeOf(error: unknown): Challenge | null {
  if (!(error instanceof ApiProblem)) return null;
  const { challenge } = error.extra as { challenge?: Challenge };
  return typeof challenge?.text === "string" && typeof challenge.bits === "number" ? challenge : null;
}

function work({ text, bits }: Challenge): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const worker = new Worker(new URL("./find-nonce.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<string>) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = () => {
      worker.terminate();
      reject(new Error("no worker"));
    };
    worker.postMessage({ challenge: text, bits });
    // Where workers are refused, the page does it itself.
  }).catch(() => findProof(text, bits));
}
