import { readFile } from "node:fs/promises";
import path from "node:path";

/**
 * Gives Next its settings as the build resolved them, in the way of its own standalone server. Otherwise it reads
 * `next.config.ts` anew at every start and loads three compilers for that, which stay: 100 MB of each process's memory.
 */
export async function useBuiltSettings(output: string): Promise<void> {
  const built = await readFile(path.join(output, "required-server-files.json"), "utf8").catch(() => null);
  if (built) process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(JSON.parse(built).config);
}
