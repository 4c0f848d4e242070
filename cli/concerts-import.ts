import { open } from "node:fs/promises";
import type { Client } from "@/db/client";
import { importConcert } from "@/lib/catalog/import-concert";
import { MAX_IMPORT_BYTES, readImportFile } from "@/lib/catalog/import-file";
import type { ImportDocument } from "@/lib/catalog/schema";
import { AppError } from "@/lib/core/errors";
import { readArguments } from "./shared/arguments";
import { withDatabase } from "./shared/database";
import { printResult, say, sayRefusal } from "./shared/print";
import { Progress } from "./shared/progress";
import { runCommand, UsageFault } from "./shared/run";

const NAME = "concerts:import";

const HELP = `
npm run concerts:import -- FILE…

Puts concerts on sale from import documents (JSON, UTF-8; examples/ has four), one file each. Prints a line of JSON per
concert: { "file", "id", "slug", "created", "performances", "seats" }.

The same file again changes nothing. A changed file updates what may still change: texts, times, limits, prices of seats
that nobody has, more sections and performances. A file with a problem is refused whole, with every problem named; the
other files are imported all the same. Ends with 1 if any file was refused.

  -h, --help   this text

DATABASE_URL names the database; without it, the embedded one in DATA_DIR (.data), also while the server runs.
`;

const FILE_FAULTS: Record<string, string> = {
  ENOENT: "there is no such file",
  EISDIR: "is a folder",
  EACCES: "cannot be read: no permission",
};

/** A file's bytes; one byte more than an import may have is enough to refuse it. */
async function readBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    while (size <= MAX_IMPORT_BYTES) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(1024 * 1024));
      if (bytesRead === 0) break;
      size += bytesRead;
      chunks.push(buffer.subarray(0, bytesRead));
    }
    return Buffer.concat(chunks);
  } finally {
    await handle.close();
  }
}

/** The checked document, or null after saying what is wrong with it. */
async function readDocument(file: string): Promise<ImportDocument | null> {
  try {
    return readImportFile(await readBytes(file));
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (error instanceof AppError) sayRefusal(file, error);
    else if (FILE_FAULTS[code]) say(`${file}: ${FILE_FAULTS[code]}`);
    else throw error;
    return null;
  }
}

async function importAll(db: Client, documents: { file: string; document: ImportDocument }[]): Promise<number> {
  const progress = new Progress("seats");
  let refused = 0;
  for (const { file, document } of documents) {
    try {
      const onProgress = (done: number, total: number) => progress.update(document.slug, done, total);
      const concert = await importConcert(db, document, { onProgress });
      progress.stop();
      printResult({ file, ...concert });
    } catch (error) {
      progress.stop();
      if (!(error instanceof AppError)) throw error;
      sayRefusal(file, error);
      refused++;
    }
  }
  return refused;
}

await runCommand(NAME, async () => {
  const { positionals: files } = readArguments({ help: HELP, options: {}, words: true });
  if (files.length === 0) throw new UsageFault("Which file?");
  const documents: { file: string; document: ImportDocument }[] = [];
  for (const file of files) {
    const document = await readDocument(file);
    if (document) documents.push({ file, document });
  }
  let refused = files.length - documents.length;
  if (documents.length > 0) refused += await withDatabase(`npm run ${NAME}`, (db) => importAll(db, documents));
  return refused > 0 ? 1 : 0;
});
