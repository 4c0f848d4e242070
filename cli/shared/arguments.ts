import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageFault } from "./run";

type Options = NonNullable<ParseArgsConfig["options"]>;

type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; strict: true; allowPositionals: true }>
>;

/**
 * Reads a command's arguments. With `--help` or `-h` it prints `help` on stdout and ends the process. Throws
 * `UsageFault` for an option that the command does not know, and for words if it takes none.
 */
export function readArguments<const O extends Options>(
  { help, options, words }: { help: string; options: O; words?: boolean },
  args: string[] = process.argv.slice(2),
): Parsed<O> {
  // Before anything is checked: who asks for help needs it.
  const ended = args.indexOf("--");
  const own = ended === -1 ? args : args.slice(0, ended);
  if (own.includes("--help") || own.includes("-h")) {
    process.stdout.write(`${help.trim()}\n`);
    process.exit(0);
  }
  try {
    const parsed = parseArgs({ args, options, strict: true, allowPositionals: true }) as Parsed<O>;
    if (!words && parsed.positionals.length > 0) throw new Error(`Unexpected argument '${parsed.positionals[0]}'.`);
    return parsed;
  } catch (error) {
    throw new UsageFault((error as Error).message);
  }
}
