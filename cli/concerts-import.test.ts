import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { makeImportDocument } from "@/db/testing/factories";
import { findConcert, listConcerts } from "@/lib/catalog/queries";

let test: TestDatabase;
let dir: string;
beforeAll(async () => {
  test = await cloneDatabase(4);
  dir = await mkdtemp(path.join(tmpdir(), "frontrow-import-"));
});
afterAll(async () => {
  await test.drop();
  await rm(dir, { recursive: true, force: true });
});

type Outcome = { code: number; lines: Record<string, unknown>[]; out: string; err: string };

const run = (args: string[], env: Record<string, string> = {}): Promise<Outcome> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--import", "tsx", "cli/concerts-import.ts", ...args],
      { env: { ...process.env, DATABASE_URL: test.url, ...env } },
      (error, out, err) => {
        const lines = out.startsWith("{") ? out.trim().split("\n") : [];
        resolve({ code: Number(error?.code ?? 0), lines: lines.map((line) => JSON.parse(line)), out, err });
      },
    );
  });

const write = async (name: string, content: unknown): Promise<string> => {
  const file = path.join(dir, name);
  await writeFile(file, typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return file;
};

describe("concerts:import", () => {
  it("prints a line of JSON per concert, and changes nothing the second time", async () => {
    const documents = [makeImportDocument(), makeImportDocument()];
    const files = await Promise.all(documents.map((document, index) => write(`${index}.json`, document)));
    const first = await run(files);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.lines).toMatchObject(
      documents.map(({ slug }, index) => ({ file: files[index], slug, created: true, seats: 10 })),
    );
    const second = await run(files);
    expect(second).toMatchObject({ code: 0, err: "" });
    expect(second.lines).toEqual(first.lines.map((line) => ({ ...line, created: false })));
  });

  it("names every problem with its file and path, imports the other files, and ends with 1", async () => {
    const good = makeImportDocument();
    const bad = { ...makeImportDocument(), tittle: "\u001b[31m", sections: [] };
    const before = (await listConcerts(test.db, { limit: 100 })).items.length;
    const files = [
      await write("bad.json", bad),
      await write("broken.json", '{"slug": }'),
      await write("latin.json", Buffer.from([0x22, 0xe9, 0x22])),
      path.join(dir, "missing.json"),
      dir,
      await write("good.json", good),
    ];
    const { code, lines, err } = await run(files);
    expect(code).toBe(1);
    expect(lines).toMatchObject([{ slug: good.slug, created: true }]);
    for (const words of [
      `${files[0]}: The file does not describe`,
      "  sections: must name at least one section",
      "  tittle: is not a known field",
      `${files[1]}: The file is not valid JSON.`,
      '  slug: line 1, column 10: "}" stands where a value should',
      `${files[2]}: The file is not UTF-8 text.`,
      `${files[3]}: there is no such file`,
      `${files[4]}: is a folder`,
    ]) {
      expect(err).toContain(words);
    }
    expect(err).not.toContain("\u001b");
    expect((await listConcerts(test.db, { limit: 100 })).items).toHaveLength(before + 1);
    expect(await findConcert(test.db, bad.slug)).toBeNull();
  });

  it("says how it is used", async () => {
    expect(await run(["--help"])).toMatchObject({ code: 0, out: expect.stringContaining("FILE…"), err: "" });
    expect(await run([])).toMatchObject({ code: 1, out: "", err: expect.stringContaining("--help") });
    expect(await run(["--force"])).toMatchObject({ code: 1, out: "", err: expect.stringContaining("--force") });
  });

  it("says in one line that the database cannot be used", async () => {
    const file = await write("one.json", makeImportDocument());
    for (const DATABASE_URL of ["postgres://a:b@127.0.0.1:1/x", "mysql://x", test.url.replace(/\w+$/, "nothing")]) {
      const { code, err } = await run([file], { DATABASE_URL });
      expect(code).toBe(1);
      expect(err).toMatch(/^DATABASE_URL.*\n$/);
    }
    const { err } = await run([file], { DATABASE_URL: test.url.replace(/\w+$/, "postgres") });
    expect(err).toBe("The database has no tables yet, or old ones: npm run db:migrate\n");
  });
});
