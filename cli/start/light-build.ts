import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { StartFault } from "@/lib/core/start-fault";
import type { LightScript } from "./light-pages";

const ENTRY = "components/light/start.tsx";
const FOLDER = "light";

const COMMON = {
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  logLevel: "silent",
} satisfies BuildOptions;

type Files = Map<string, Uint8Array>;

/** Names a file by its content and keeps it to be written; answers where it will be served. */
function keep(files: Files, name: string, bytes: Uint8Array): string {
  const file = `${name}-${createHash("sha256").update(bytes).digest("hex").slice(0, 13)}.js`;
  files.set(file, bytes);
  return `/_next/static/${FOLDER}/${file}`;
}

const WORKER = /new URL\("(\.\/[\w-]+\.worker\.ts)", import\.meta\.url\)/g;

/** Workers, which Next's bundler finds by the same words. */
const workers = (files: Files): Plugin => ({
  name: "workers",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]components[\\/].*\.tsx?$/ }, async ({ path: file }) => {
      let contents = await readFile(file, "utf8");
      for (const [words, worker] of contents.matchAll(WORKER)) {
        const entry = path.resolve(path.dirname(file), worker as string);
        const { outputFiles } = await build({ ...COMMON, entryPoints: [entry] });
        const src = keep(files, path.basename(entry, ".worker.ts"), outputFiles[0]?.contents as Uint8Array);
        contents = contents.replace(words, JSON.stringify(src));
      }
      return { contents, loader: file.endsWith("x") ? "tsx" : "ts" };
    });
  },
});

/**
 * Makes the one script that light pages have in place of Next's, below `staticFolder`. Throws `StartFault` when a
 * component of theirs needs Next.
 */
export async function buildLightScript(staticFolder: string): Promise<LightScript> {
  const files: Files = new Map();
  const { outputFiles, metafile } = await build({
    ...COMMON,
    entryPoints: [ENTRY],
    outdir: "out",
    metafile: true,
    jsx: "automatic",
    define: {
      "process.env.NODE_ENV": '"production"',
      "process.env._next_intl_trailing_slash": "undefined",
      "process.env._next_intl_base_path": "undefined",
    },
    alias: {
      "@/i18n/navigation": "./components/light/navigation.tsx",
      // The messages come compiled, as everywhere.
      "use-intl/format-message": "use-intl/format-message/format-only",
    },
    plugins: [workers(files)],
  });
  const foreign = Object.entries(metafile.inputs).flatMap(([file, { imports }]) =>
    imports.filter((one) => one.path.startsWith("node_modules/next/")).map((one) => `${file} imports ${one.path}`),
  );
  if (foreign.length > 0) {
    throw new StartFault(`The waiting room's page is served without Next, but ${foreign.join("; ")}.`);
  }
  const script = outputFiles[0]?.contents as Uint8Array;
  const src = keep(files, "start", script);
  const folder = path.join(staticFolder, FOLDER);
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(path.join(folder, name), bytes);
  return { src, integrity: `sha384-${createHash("sha384").update(script).digest("base64")}` };
}
