import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "@/db/client";
import { AppError } from "@/lib/core/errors";

const FOLDER = fileURLToPath(new URL("../../examples", import.meta.url));

/** Puts the example concerts on sale, once per data directory. One that cannot be (its dates are past) is named and left out. */
export async function importExamples(db: Client, dataDir: string, say: (line: string) => void): Promise<void> {
  const done = path.join(dataDir, "examples-imported");
  const catalog = new URL("../../lib/catalog/import-concert.ts", import.meta.url);
  if (existsSync(done) || !existsSync(fileURLToPath(catalog))) return;
  const { importConcert } = await import(catalog.href);
  const { readImportFile } = await import(new URL("../../lib/catalog/import-file.ts", import.meta.url).href);
  say("Importing the example concerts …");
  for (const file of (await readdir(FOLDER)).filter((name) => name.endsWith(".json")).sort()) {
    try {
      await importConcert(db, readImportFile(await readFile(path.join(FOLDER, file))));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      say(`  ${file} is left out: ${error.message}`);
    }
  }
  await writeFile(done, `${new Date().toISOString()}\n`);
}
