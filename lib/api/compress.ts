import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { errorFields, log } from "@/lib/core/log";
import { oncePerProcess } from "@/lib/core/registry";

const compress = promisify(gzip);

/** Below this a packet or two carries it anyway. */
const WORTH_IT = 4096;

/** Compression shares its threads with password hashing; what would have to wait goes out as it is. */
const AT_ONCE = 2;

type State = { running: number; made: WeakMap<Uint8Array, Promise<Buffer<ArrayBuffer> | null>> };

const state = () => oncePerProcess<State>("api.compression", () => ({ running: 0, made: new WeakMap() }));

/** Whether a caller takes gzip. */
export const takesGzip = (acceptEncoding: string | undefined): boolean =>
  acceptEncoding !== undefined && /(^|,)\s*(gzip|\*)\s*(;\s*q=(1|0\.\d*[1-9])\d*\s*)?(,|$)/i.test(acceptEncoding);

/**
 * The same bytes compressed, made once for each buffer that is kept and sent again (a hall's seats, the documentation);
 * null where it is not worth it or too much is being compressed already.
 */
export function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Buffer<ArrayBuffer> | null> | null {
  if (bytes.byteLength < WORTH_IT) return null;
  const ours = state();
  const known = ours.made.get(bytes);
  if (known) return known;
  if (ours.running >= AT_ONCE) return null;
  ours.running += 1;
  const making = compress(bytes, { level: 4 })
    .catch((error: unknown) => {
      log("warn", "api.not-compressed", errorFields(error));
      return null;
    })
    .finally(() => {
      ours.running -= 1;
    });
  ours.made.set(bytes, making);
  return making;
}
