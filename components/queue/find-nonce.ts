import { leadingZeroBits, proofText } from "@/lib/queue/rules";

/** Hashes under way at one time: each is a turn of the event loop, and the browser works on several. */
const TOGETHER = 256;

/**
 * The text that answers a challenge: it with a number, found by trial, whose SHA-256 starts with `bits` zero bits.
 * Each bit doubles the work; 16 are about 65,000 hashes.
 */
export async function findProof(challenge: string, bits: number): Promise<string> {
  const encoder = new TextEncoder();
  for (let from = 0; ; from += TOGETHER) {
    const texts = Array.from({ length: TOGETHER }, (_, at) => proofText(challenge, from + at));
    const hashes = await Promise.all(texts.map((text) => crypto.subtle.digest("SHA-256", encoder.encode(text))));
    const found = hashes.findIndex((hash) => leadingZeroBits(new Uint8Array(hash)) >= bits);
    if (found >= 0) return texts[found] as string;
  }
}
