import { describe, expect, it } from "vitest";
import { STATUS_BY_CODE } from "@/lib/core/errors";
import { createApi } from "./app";
import { codesByStatus } from "./describe";
import { DOCS_POLICY } from "./docs-style";

const api = createApi({
  db: () => {
    throw new Error("Nothing here needs the database.");
  },
});

/** The contract's calls, copied from it by hand. */
const CONTRACT = [
  "POST /api/users",
  "POST /api/sessions",
  "DELETE /api/sessions/current",
  "POST /api/concerts/{concertId}/queue",
  "GET /api/concerts/{concertId}/queue",
  "DELETE /api/concerts/{concertId}/queue",
  "GET /api/concerts/{concertId}/queue/pulse",
  "GET /api/concerts",
  "GET /api/concerts/{concertId}",
  "GET /api/concerts/{concertId}/performances",
  "GET /api/concerts/{concertId}/performances/{performanceId}/seats",
  "POST /api/concerts/{concertId}/reservations",
  "GET /api/concerts/{concertId}/reservations/{reservationId}",
  "DELETE /api/concerts/{concertId}/reservations/{reservationId}",
  "GET /api/reservations",
  "GET /api/wallet",
  "PATCH /api/wallet",
  "GET /api/wallet/entries",
  "POST /api/concerts/{concertId}/reservations/{reservationId}/payment",
  "GET /api/tickets",
  "GET /api/tickets/{ticketId}",
  "GET /api/tickets/{ticketId}.svg",
  "GET /api/tickets/{ticketId}.ics",
  "GET /api/tickets/{ticketId}.pdf",
  "POST /api/admin/concerts",
  "PATCH /api/admin/concerts/{concertId}/waiting-room",
  "GET /api/admin/concerts/{concertId}/stats",
  "POST /api/admin/check-ins",
  "GET /api/health/live",
  "GET /api/health/ready",
];

type Media = { schema?: { properties?: { code?: { enum?: string[] } } } };
type Operation = {
  summary?: string;
  tags?: string[];
  security?: object[];
  requestBody?: object;
  parameters?: { name: string; in: string; required?: boolean }[];
  responses: Record<string, { description: string; headers: Record<string, unknown>; content?: Record<string, Media> }>;
};

async function operations(): Promise<Map<string, Operation>> {
  const response = await api.request("/api/openapi.json");
  expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  const document = (await response.json()) as { openapi: string; paths: Record<string, Record<string, Operation>> };
  expect(document.openapi).toBe("3.1.0");
  return new Map(
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    ),
  );
}

describe("/api/openapi.json", () => {
  it("knows every call of the contract", async () => {
    const known = await operations();
    for (const call of CONTRACT) expect([...known.keys()]).toContain(call);
  });

  it("is complete: whatever the app serves is in it, and the other way round", async () => {
    const known = [...(await operations()).keys()].map((call) => call.replaceAll(/\{\w+\}/g, "*")).sort();
    const served = api.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replaceAll(/:\w+(\{\[\^\/\]\+\\(\.\w+)\})?/g, "*$2")}`)
      .sort();
    expect(served).toEqual(known);
  });

  it("says of every call its statuses and codes, parameters and who may make it", async () => {
    const known = await operations();
    for (const call of api.calls) {
      const operation = known.get(`${call.method} /api${call.path}`)!;
      const where = `${call.method} ${call.path}`;
      const expected = [...Object.keys(call.answers), ...[...codesByStatus(call).keys()].map(String)].sort();
      expect(Object.keys(operation.responses).sort(), where).toEqual(expected);
      for (const [status, codes] of codesByStatus(call)) {
        const { content, headers } = operation.responses[status]!;
        expect(content?.["application/problem+json"]?.schema?.properties?.code?.enum, where).toEqual(codes);
        if (status === 429 || status === 503) expect(headers).toHaveProperty("Retry-After");
      }
      for (const { description, headers } of Object.values(operation.responses)) {
        expect(description, where).not.toBe("");
        expect(headers, where).toHaveProperty("Request-Id");
      }
      expect(operation.security, where).toHaveLength(call.access === "public" ? 0 : 2);
      expect(Boolean(operation.requestBody), where).toBe(Boolean(call.body || call.rawBody));
      const inPath = operation.parameters?.filter((parameter) => parameter.in === "path").map(({ name }) => name) ?? [];
      expect(inPath, where).toEqual([...call.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      const headers =
        operation.parameters?.filter((parameter) => parameter.in === "header").map(({ name }) => name) ?? [];
      if (call.idempotent) expect(headers, where).toContain("Idempotency-Key");
      const token = operation.parameters?.find(({ name }) => name === "Queue-Token");
      expect(token?.required ?? false, where).toBe(call.problems.includes("queue_token_required"));
    }
  });

  it("uses every code of the closed list", () => {
    const used = new Set(api.calls.flatMap((call) => call.problems));
    expect([...used].sort()).toEqual(Object.keys(STATUS_BY_CODE).sort());
  });
});

describe("/api/docs", () => {
  it("is one page without scripts or assets, which its policy also forbids", async () => {
    const response = await api.request("/api/docs");
    const page = await response.text();
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("content-security-policy")).toBe(DOCS_POLICY);
    expect(DOCS_POLICY).not.toContain("unsafe");
    expect(page).not.toMatch(/<(script|link|img|iframe|object|svg)|<[^>]* (style|src|on\w+)=/);
    expect(page).not.toMatch(/(@import|url\(|href="http)/);
    for (const code of Object.keys(STATUS_BY_CODE)) expect(page).toContain(`id="${code}"`);
    for (const call of api.calls) expect(page).toContain(`/api${call.path}`);
    const ids = new Set([...page.matchAll(/id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, anchor] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(anchor);
  });
});
