import { setMode } from "@/lib/core/env";
import { readArguments } from "./shared/arguments";
import { say } from "./shared/print";
import { runCommand } from "./shared/run";
import { build, isBuilt } from "./start/build";
import { bundle } from "./start/bundle.mjs";

const HELP = `
npm run build -- [--force]

Builds the pages and the server's program for production. npm start does it by itself whenever the sources changed; do it before, say in an
image, to make the first start quick. It needs no database.

  --force      also if nothing changed
  -h, --help   this text
`;

await runCommand("build", async () => {
  const { values } = readArguments({ help: HELP, options: { force: { type: "boolean" } } });
  setMode("production");
  if (!values.force && (await isBuilt())) {
    say("The pages are built already.");
    return 0;
  }
  const began = Date.now();
  say("Building the pages …");
  await build();
  await bundle("server.ts");
  say(`Built in ${Math.round((Date.now() - began) / 1000)} s.`);
  return 0;
});
