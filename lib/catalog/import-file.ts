import { AppError, invalidRequest } from "@/lib/core/errors";
import { invalidInput } from "@/lib/core/problems";
import { findJsonFault } from "./json-fault";
import { type ImportDocument, importDocumentSchema } from "./schema";

/** Far above the largest document that the schema allows. */
export const MAX_IMPORT_BYTES = 8 * 1024 * 1024;

/**
 * Reads an import document from a file's bytes: UTF-8 (with or without a byte order mark), JSON, then the schema.
 * Throws `invalid_request` with every problem and its path, `too_large` for more than 8 MiB.
 */
export function readImportFile(bytes: Uint8Array): ImportDocument {
  if (bytes.length > MAX_IMPORT_BYTES) throw new AppError("too_large", "The file is larger than 8 MiB.");
  const text = decode(bytes);
  const fault = findJsonFault(text);
  if (fault) {
    const message = `line ${fault.line}, column ${fault.column}: ${fault.message}`;
    throw invalidRequest([{ path: fault.path, message }], "The file is not valid JSON.");
  }
  const parsed = importDocumentSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw invalidInput(parsed.error, "The file does not describe a concert that can go on sale.");
  return parsed.data;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalidRequest([{ path: "", message: "is not UTF-8 text" }], "The file is not UTF-8 text.");
  }
}
