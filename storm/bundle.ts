import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * The server's program in one file, which starts in a third of the time: a storm starts hundreds of them. It lies where
 * it finds the project's packages. Answers its path and how to take it away again.
 */
export async function bundleServer(): Promise<{ file: string; remove(): Promise<void> }> {
  const folder = path.join(ROOT, "node_modules/.cache", `frontrow-storm-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, "server.mjs");
  await build({
    entryPoints: [path.join(ROOT, "storm/server.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    alias: { "@": ROOT.replace(/\/$/, "") },
    logLevel: "silent",
  });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}
