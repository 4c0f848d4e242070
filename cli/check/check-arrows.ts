import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cycles, importsOf, judge } from "./arrows";

/** Every problem of the tree's imports and of where `process.env` is read, a line each. */
export function checkArrows(): string[] {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts", "*.tsx"], { encoding: "utf8" })
    .split("\n")
    .filter((file) => file !== "");
  const problems: string[] = [];
  const all = [];
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    const imports = importsOf(file, text);
    all.push(...imports);
    for (const one of imports) {
      const problem = judge(one);
      if (problem) problems.push(`${file} imports ${one.to}: ${problem}`);
    }
    if (
      /\bprocess\.env\b/.test(text) &&
      /^(app|components|db|lib)\//.test(file) &&
      file !== "lib/core/env.ts" &&
      !/\.test\.ts$|\/testing\//.test(file)
    )
      problems.push(`${file} reads process.env: only lib/core/env.ts does, which checks it once`);
  }
  for (const circle of cycles(all)) problems.push(`a circle of imports: ${circle.join(" → ")}`);
  return problems;
}
