import { findProof } from "./find-nonce";

self.onmessage = async ({ data }: MessageEvent<{ challenge: string; bits: number }>) => {
  self.postMessage(await findProof(data.challenge, data.bits));
};
