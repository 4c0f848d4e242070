import { describe, expect, it } from "vitest";
import { makeImportDocument } from "@/db/testing/factories";
import type { AppError } from "@/lib/core/errors";
import { MAX_IMPORT_BYTES, readImportFile } from "./import-file";
import { findJsonFault } from "./json-fault";

const bytes = (text: string) => Buffer.from(text);

const refusal = (input: Uint8Array) => {
  try {
    readImportFile(input);
  } catch (error) {
    const { code, message, extra } = error as AppError;
    return { code, message, errors: extra.errors };
  }
  return expect.fail("was not refused");
};

describe("readImportFile", () => {
  it("reads a document, with or without a byte order mark", () => {
    const document = makeImportDocument();
    expect(readImportFile(bytes(JSON.stringify(document)))).toEqual(document);
    expect(readImportFile(bytes(`\ufeff${JSON.stringify(document, null, 2)}\r\n`))).toEqual(document);
  });

  it("says that a file is not UTF-8", () => {
    const koreanInEucKr = Uint8Array.from([0x22, 0xc8, 0xab, 0xb4, 0xeb, 0x22]);
    const wide = Buffer.from(JSON.stringify(makeImportDocument({ title: "홍대" })), "utf16le");
    expect(refusal(koreanInEucKr)).toEqual({
      code: "invalid_request",
      message: "The file is not UTF-8 text.",
      errors: [{ path: "", message: "is not UTF-8 text" }],
    });
    expect(refusal(wide).code).toBe("invalid_request");
  });

  it("says in which line and column the JSON breaks", () => {
    expect(refusal(bytes('{\n  "slug": "a",\n  "tiers": [{ "name": "R", }]\n}'))).toEqual({
      code: "invalid_request",
      message: "The file is not valid JSON.",
      errors: [
        { path: "tiers.0", message: `line 3, column 28: "}" stands where a field's name in double quotes should` },
      ],
    });
  });

  it("lists what the schema finds, with its paths", () => {
    const { code, errors } = refusal(bytes(JSON.stringify({ ...makeImportDocument(), slug: "No", extra: 1 })));
    expect(code).toBe("invalid_request");
    expect(errors).toEqual([
      { path: "slug", message: "must be lower-case letters, digits and single hyphens between them" },
      { path: "extra", message: "is not a known field" },
    ]);
  });

  it("refuses what is far too large, empty or a bomb of brackets", () => {
    expect(refusal(new Uint8Array(MAX_IMPORT_BYTES + 1)).code).toBe("too_large");
    expect(refusal(new Uint8Array(0)).code).toBe("invalid_request");
    expect(refusal(bytes("[".repeat(1_000_000))).code).toBe("invalid_request");
    expect(refusal(bytes(`{"title":"${"a".repeat(8_000_000)}`)).code).toBe("invalid_request");
  });
});

describe("findJsonFault", () => {
  it.each([
    "{}",
    "[]",
    "null",
    " [1, -0.5e+3, true, false, null, {}] ",
    '{"a":{"a":1},"b":[{"a":"\\u00e9\\n"}]}',
    '"\\\\\\""',
    '"\u2028 홍대 🎻"',
  ])("takes %s, as JSON.parse does", (text) => {
    expect(findJsonFault(text)).toBeNull();
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it.each([
    ["", 1, 1],
    ["{", 1, 2],
    ["[1,]", 1, 4],
    ["[1 2]", 1, 4],
    ["{a:1}", 1, 2],
    ["{'a':1}", 1, 2],
    ['{"a" 1}', 1, 6],
    ['\n\n{"a":01}', 3, 7],
    ['{"a":1}}', 1, 8],
    ['"abc', 1, 1],
    ['"a\nb"', 1, 3],
    ['"\\x"', 1, 2],
    ["NaN", 1, 1],
    ["1.", 1, 2],
    ["// no", 1, 1],
    ["\u00a0{}", 1, 1],
  ])("finds the fault of %j", (text, line, column) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(findJsonFault(text)).toMatchObject({ line, column });
  });

  it("finds a field that is there twice, in its own object only", () => {
    expect(findJsonFault('{"a":{"b":1},"c":{"b":1}}')).toBeNull();
    expect(findJsonFault('{"a":[{"b":1,\n"b":2}]}')).toEqual({
      line: 2,
      column: 1,
      message: "is here a second time",
      path: "a.0.b",
    });
  });
});
