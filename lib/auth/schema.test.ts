import { describe, expect, it } from "vitest";
import { credentialsSchema, emailSchema, nameSchema, passwordSchema, registrationSchema } from "./schema";

const takes = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe("emailSchema", () => {
  it.each(["fan@example.com", "a.b+c@x.co", "o'hara@mail.example.co.kr", "1@1.kr", "x_y-z@xn--3e0b707e.kr"])(
    "takes %s",
    (email) => {
      expect(emailSchema.parse(email)).toBe(email);
    },
  );

  it("keeps one spelling", () => {
    expect(emailSchema.parse("Fan.One@Example.COM")).toBe("fan.one@example.com");
  });

  it.each([
    '"e@evil"@victim.com',
    "a＠b.com",
    "a@b＠c.com",
    "a@b@c.com",
    "fan@example.com\n",
    "fan@example.com\r\nBcc: all@example.com",
    "fan\u0000@example.com",
    " fan@example.com",
    "fan @example.com",
    "\u212aelvin@example.com",
    "팬@example.com",
    "fan@exämple.com",
    "fan@localhost",
    "fan@-example.com",
    "fan@example..com",
    ".fan@example.com",
    "fan.@example.com",
    "f..an@example.com",
    "fan@[127.0.0.1]",
    "fan@127.0.0.1",
    "<fan@example.com>",
    "fan,other@example.com",
    "fan%victim.com@evil.com",
    "@example.com",
    "fan@",
    "",
    `${"a".repeat(65)}@example.com`,
    `a@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.${"f".repeat(20)}.com`,
  ])("refuses %j", (email) => {
    expect(takes(emailSchema, email)).toBe(false);
  });

  it("does not slow down on hostile input", () => {
    const start = performance.now();
    takes(emailSchema, `${"a.".repeat(120)}@`);
    takes(emailSchema, `a@${"a-".repeat(120)}`);
    takes(emailSchema, `a@${"a.".repeat(125)}!`);
    expect(performance.now() - start).toBeLessThan(50);
  });
});

describe("passwordSchema and nameSchema", () => {
  it("take what people choose", () => {
    expect(passwordSchema.parse("  비밀번호입니다 ")).toBe("  비밀번호입니다 ");
    expect(takes(passwordSchema, "x".repeat(200))).toBe(true);
    expect(nameSchema.parse("  김 지우 👩‍👩‍👧 ")).toBe("김 지우 👩‍👩‍👧");
    expect(nameSchema.parse("한".normalize("NFD"))).toBe("한");
  });

  it.each(["short77", "x".repeat(201), "eight888\0", "lone \ud800 half", 12345678, null])(
    "refuse the password %j",
    (password) => {
      expect(takes(passwordSchema, password)).toBe(false);
    },
  );

  it.each(["", "   ", "x".repeat(81), "a\nb", "a\0b", "a\u202eb", "a\u2028b", "\udc00", 7])(
    "refuse the name %j",
    (name) => {
      expect(takes(nameSchema, name)).toBe(false);
    },
  );
});

describe("bodies", () => {
  it("refuse unknown keys, a role above all", () => {
    const body = { email: "fan@example.com", password: "eight888", name: "Fan" };
    expect(takes(registrationSchema, body)).toBe(true);
    expect(takes(registrationSchema, { ...body, role: "admin" })).toBe(false);
    expect(takes(credentialsSchema, { email: "anything", password: "x" })).toBe(true);
    expect(takes(credentialsSchema, { email: "anything", password: "x", userId: "1" })).toBe(false);
    expect(takes(credentialsSchema, { email: "a\0", password: "x" })).toBe(false);
    expect(takes(credentialsSchema, { email: "a", password: "x".repeat(1_000_000) })).toBe(false);
  });
});
