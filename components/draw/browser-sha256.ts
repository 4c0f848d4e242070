import type { Sha256 } from "@/lib/queue/draw-rules";

const encoder = new TextEncoder();

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Browsers hash only on pages that came over https (or from this machine). */
export const canHash = (): boolean => typeof crypto !== "undefined" && crypto.subtle !== undefined;

/** SHA-256 by the browser itself, so that nobody's server has to be believed. */
export const browserSha256: Sha256 = (texts) =>
  Promise.all(texts.map(async (text) => hex(await crypto.subtle.digest("SHA-256", encoder.encode(text)))));
