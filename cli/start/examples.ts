import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "@/db/client";
import { importConcert } from "@/lib/catalog/import-concert";
import { readImportFile } from "@/lib/catalog/import-file";
import { AppError } from "@/lib/core/errors";

const FOLDER = fileURLToPath(new URL("../../examples", import.meta.url));

/** Puts the example concerts on sale, once per data directory. One that cannot be (its dates are past) is named and left out. */
export async function importExamples(db: Client, dataDir: string, say: (line: string) => void): Promise<void> {
  const done = path.join(dataDir, "examples-imported");
  if (existsSync(done)) return;
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
