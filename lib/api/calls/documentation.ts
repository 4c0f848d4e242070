import { type Call, defineCall } from "../call";
import { DOCS_POLICY } from "../docs-style";

const tag = "Documentation";

/** The two calls that tell of all others; `rendered` is asked when they are made, after everything is described. */
export const documentationCalls = (
  rendered: () => { json: Buffer<ArrayBuffer>; page: Buffer<ArrayBuffer> },
): Call[] => [
  defineCall({
    method: "GET",
    path: "/openapi.json",
    tag,
    summary: "This documentation as OpenAPI 3.1",
    access: "public",
    cache: "public, max-age=60",
    answers: { 200: { description: "The document.", type: "application/json" } },
    handle: () => ({ status: 200, text: rendered().json }),
  }),
  defineCall({
    method: "GET",
    path: "/docs",
    tag,
    summary: "This documentation as a page",
    access: "public",
    cache: "public, max-age=60",
    answers: { 200: { description: "The page.", type: "text/html" } },
    handle: () => ({
      status: 200,
      text: rendered().page,
      type: "text/html; charset=utf-8",
      headers: { "Content-Security-Policy": DOCS_POLICY },
    }),
  }),
];
