import { createHash } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { BARE_POLICY, needsWebAssembly, policyOf } from "@/lib/web/security-headers";
import { isLightPage, type LightScript, lighten } from "./light-pages";

type Encoding = "br" | "gzip" | "identity";

const compressors: Record<Exclude<Encoding, "identity">, (body: Buffer) => Promise<Buffer>> = {
  br: (body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (body) => promisify(gzip)(body),
};

/** What makes a page at its path different from another with the same body. */
type Treatment = { webAssembly: boolean; light: LightScript | null };

/** One page body with all that was worked out for it. */
class FinishedPage {
  readonly etag: string;
  readonly policy: string;
  readonly #bodies = new Map<Encoding, Promise<Buffer>>();

  constructor(body: Buffer, digest: string, { webAssembly, light }: Treatment) {
    this.etag = `"${digest.slice(0, 22)}"`;
    const html = light ? lighten(body.toString(), light) : body.toString();
    this.policy = policyOf(html, webAssembly);
    this.#bodies.set("identity", Promise.resolve(Buffer.from(html)));
  }

  body(encoding: Encoding): Promise<Buffer> {
    let made = this.#bodies.get(encoding);
    if (!made) {
      const compress = compressors[encoding as Exclude<Encoding, "identity">];
      made = (this.#bodies.get("identity") as Promise<Buffer>).then(compress);
      this.#bodies.set(encoding, made);
    }
    return made;
  }
}

/** The pages seen last, by the digest of their body: static pages are hashed and compressed once. */
class PageCache {
  readonly #pages = new Map<string, FinishedPage>();
  readonly #limit = 400;

  find(body: Buffer, treatment: Treatment): FinishedPage {
    const kind = `${treatment.webAssembly} ${treatment.light?.src}\n`;
    const digest = createHash("sha256").update(kind).update(body).digest("base64url");
    const page = this.#pages.get(digest) ?? new FinishedPage(body, digest, treatment);
    this.#pages.delete(digest);
    this.#pages.set(digest, page);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > this.#limit && oldest !== undefined) this.#pages.delete(oldest);
    return page;
  }
}

const cache = new PageCache();

/** Next answers every failure with 500; this one says in its data that the database is away (`lib/web/or-unavailable`). */
const UNAVAILABLE = Buffer.from('{\\"digest\\":\\"unavailable\\"}');

const RETRY_AFTER_SECONDS = 2;

function encodingFor(accepted: string): Encoding {
  const words = accepted.split(",").map((word) => word.trim());
  const takes = (name: string) => words.some((word) => word.startsWith(name) && !/;\s*q=0(\.0*)?$/.test(word));
  return takes("br") ? "br" : takes("gzip") ? "gzip" : "identity";
}

/**
 * Holds back what Next writes for a page until the page is whole, and then sends it with the policy that names its
 * inline scripts by hash, an ETag and compression; a light page with `lightScript` alone. Whatever turns out not to be HTML passes through untouched. To be
 * called before Next sees the request.
 */
export function finishPages(req: IncomingMessage, res: ServerResponse, lightScript: LightScript | null = null): void {
  const encoding = encodingFor(String(req.headers["accept-encoding"] ?? ""));
  const known = req.headers["if-none-match"];
  const path = req.url?.split("?")[0] ?? "";
  const treatment = { webAssembly: needsWebAssembly(path), light: isLightPage(path) ? lightScript : null };
  // Next neither compresses nor answers 304 itself: both belong to the finished page.
  req.headers["accept-encoding"] = "identity";
  delete req.headers["if-none-match"];

  const plain = { writeHead: res.writeHead, write: res.write, end: res.end, flushHeaders: res.flushHeaders };
  const chunks: Buffer[] = [];
  let held: boolean | null = null;

  /** Decides once, when the status and headers are there. */
  const holds = (): boolean => {
    held ??= req.method === "GET" && String(res.getHeader("content-type") ?? "").startsWith("text/html");
    return held;
  };
  const keep = (chunk: unknown, charset: unknown): void => {
    if (chunk === undefined || chunk === null || typeof chunk === "function") return;
    chunks.push(
      typeof chunk === "string"
        ? Buffer.from(chunk, typeof charset === "string" ? (charset as BufferEncoding) : "utf8")
        : Buffer.from(chunk as Uint8Array),
    );
  };
  const callbackOf = (words: unknown[]) => words.find((word) => typeof word === "function") as (() => void) | undefined;

  res.writeHead = ((status: number, ...words: unknown[]) => {
    res.statusCode = status;
    const headers = words.at(-1) as OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined;
    if (headers && typeof headers === "object" && !Array.isArray(headers)) {
      for (const [name, value] of Object.entries(headers)) if (value !== undefined) res.setHeader(name, value);
    }
    if (holds()) return res;
    res.setHeader("Content-Security-Policy", BARE_POLICY);
    return plain.writeHead.call(res, status);
  }) as typeof res.writeHead;

  res.flushHeaders = () => {
    if (!holds()) plain.flushHeaders.call(res);
  };

  res.write = ((chunk: unknown, ...words: unknown[]) => {
    if (!holds()) return plain.write.call(res, chunk as Buffer, ...(words as [BufferEncoding]));
    keep(chunk, words[0]);
    callbackOf(words)?.();
    return true;
  }) as typeof res.write;

  res.end = ((...words: unknown[]) => {
    if (!holds()) return plain.end.call(res, ...(words as [Buffer, BufferEncoding]));
    keep(words[0], words[1]);
    const done = callbackOf(words);
    void (async () => {
      const whole = Buffer.concat(chunks);
      if (res.statusCode === 500 && whole.includes(UNAVAILABLE)) {
        res.statusCode = 503;
        res.setHeader("Retry-After", RETRY_AFTER_SECONDS);
      }
      const page = cache.find(whole, treatment);
      const body = await page.body(encoding);
      res.setHeader("Content-Security-Policy", page.policy);
      const vary = String(res.getHeader("Vary") ?? "");
      if (!/accept-encoding/i.test(vary)) res.setHeader("Vary", vary ? `${vary}, Accept-Encoding` : "Accept-Encoding");
      res.removeHeader("Transfer-Encoding");
      if (res.statusCode === 200) res.setHeader("ETag", page.etag);
      const unchanged =
        res.statusCode === 200 && known?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === page.etag);
      if (unchanged) {
        res.removeHeader("Content-Length");
        res.removeHeader("Content-Type");
        plain.writeHead.call(res, 304);
        plain.end.call(res, undefined, "utf8", done);
        return;
      }
      if (encoding !== "identity") res.setHeader("Content-Encoding", encoding);
      res.setHeader("Content-Length", body.length);
      plain.writeHead.call(res, res.statusCode);
      plain.end.call(res, body, "utf8", done);
    })().catch(() => res.destroy());
    return res;
  }) as typeof res.end;
}
