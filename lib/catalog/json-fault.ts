/** The first place where a text stops being JSON. */
export type JsonFault = {
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units. */
  column: number;
  message: string;
  /** What was being written there (`sections.3.name`). */
  path: string;
};

/** Deeper nesting than any document of ours has; a guard for the call stack. */
const MAX_DEPTH = 50;

class Fault extends Error {
  constructor(
    readonly at: number,
    message: string,
  ) {
    super(message);
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;
// Everything up to the closing quote; the first character that may not stand in a string ends it too.
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;

/**
 * Looks for what makes a text not JSON, or JSON that says one thing twice: `JSON.parse` tells no place for half of its
 * errors and keeps the last of two equal keys without a word. Null: `JSON.parse` will take it.
 */
export function findJsonFault(text: string): JsonFault | null {
  const path: (string | number)[] = [];
  let at = 0;

  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) return null;
    at += found[0].length;
    return found[0];
  };
  const skipSpace = () => void match(SPACE);
  const expected = (what: string): Fault => {
    if (at >= text.length) return new Fault(at, `the text ends where ${what} should stand`);
    const found = JSON.stringify(String.fromCodePoint(text.codePointAt(at) as number));
    return new Fault(at, `${found} stands where ${what} should`);
  };

  const string = (what: string): string => {
    const from = at;
    if (text[at] !== '"') throw expected(what);
    match(STRING);
    if (text[at] !== '"') {
      if (at >= text.length) throw new Fault(from, "the text that begins here has no closing quote");
      throw new Fault(at, text[at] === "\\" ? "is not a known escape" : "a control character must be escaped");
    }
    at++;
    return JSON.parse(text.slice(from, at)) as string;
  };

  const members = (close: "}" | "]", member: (index: number) => void) => {
    at++;
    skipSpace();
    if (text[at] === close) return void at++;
    for (let index = 0; ; index++) {
      skipSpace();
      member(index);
      skipSpace();
      if (text[at] === close) return void at++;
      if (text[at] !== ",") throw expected(`"," or "${close}"`);
      at++;
    }
  };

  const object = () => {
    const keys = new Set<string>();
    members("}", () => {
      const from = at;
      const key = string("a field's name in double quotes");
      path.push(key);
      if (keys.has(key)) throw new Fault(from, "is here a second time");
      keys.add(key);
      skipSpace();
      if (text[at] !== ":") throw expected('":"');
      at++;
      value();
      path.pop();
    });
  };

  const array = () =>
    members("]", (index) => {
      path.push(index);
      value();
      path.pop();
    });

  const value = () => {
    skipSpace();
    if (path.length > MAX_DEPTH) throw new Fault(at, "is nested too deeply");
    if (text[at] === "{") object();
    else if (text[at] === "[") array();
    else if (text[at] === '"') string("a text");
    else if (!match(NUMBER) && !match(WORD)) throw expected("a value");
  };

  try {
    value();
    skipSpace();
    if (at < text.length) throw expected("the end");
    return null;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const before = text.slice(0, error.at);
    const line = before.split("\n").length;
    const column = error.at - before.lastIndexOf("\n");
    return { line, column, message: error.message, path: path.join(".") };
  }
}
