import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { startProduct } from "@/cli/testing/product";
import { removeDataDir } from "@/db/embedded";

test("a server that serves pages has loaded no compiler", async () => {
  test.skip(process.platform !== "linux", "Only Linux shows what a process has loaded.");
  test.setTimeout(180_000);
  const dataDir = await mkdtemp(path.join(tmpdir(), "frontrow-lean-"));
  await writeFile(path.join(dataDir, "examples-imported"), "");
  const product = await startProduct({ dataDir });
  try {
    const page = await fetch(`${product.url}/en`);
    expect([page.status, page.headers.get("x-powered-by")]).toEqual([200, null]);
    const loaded = await readFile(`/proc/${product.pid}/maps`, "utf8");
    expect(loaded).toMatch(/\bnode\b/);
    // Each of Next's and next-intl's is called so; they occupied 100 MB.
    expect(loaded).not.toMatch(/swc/);
  } finally {
    await product.stop();
    await removeDataDir(dataDir);
  }
});
