import { type ErrorCode, STATUS_BY_CODE } from "@/lib/core/errors";
import { TITLE_BY_CODE } from "@/lib/core/problem";
import { escapeHtml as e, type Schema, schemaHtml } from "./docs-schema";
import { DOCS_STYLE } from "./docs-style";
import type { OpenApiDocument } from "./openapi";

type Parameter = { name: string; in: string; required?: boolean; description?: string; schema?: Schema };
type Content = Record<string, { schema?: Schema }>;
type Operation = {
  method: string;
  path: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: object[];
  parameters?: Parameter[];
  requestBody?: { content?: Content };
  responses: Record<string, { description?: string; content?: Content }>;
};

const METHODS = ["post", "get", "patch", "delete"];

function operationsOf(document: OpenApiDocument): Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = (item as Record<string, Omit<Operation, "method" | "path">>)[method];
      return operation ? [{ ...operation, method: method.toUpperCase(), path }] : [];
    }),
  );
}

const anchor = ({ method, path }: Operation): string => `${method}${path}`.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** Inline code only; everything else is text. */
const inline = (text: string): string => e(text).replace(/`([^`]*)`/g, (_, code: string) => `<code>${code}</code>`);

function prose(text: string): string {
  const blocks = text.split("\n\n").map((block) => {
    const lines = block.split("\n");
    if (!lines.every((line) => line.startsWith("- "))) return `<p>${inline(block)}</p>`;
    return `<ul>${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join("")}</ul>`;
  });
  return blocks.join("");
}

const block = (schema: Schema | undefined): string => `<pre tabindex="0"><code>${schemaHtml(schema)}</code></pre>`;

function parametersHtml(parameters: Parameter[]): string {
  if (parameters.length === 0) return "";
  const rows = parameters.map(
    ({ name, in: place, required, description, schema }) =>
      `<tr><td><code>${e(name)}</code></td><td>${e(place)}${required ? "" : ", optional"}</td><td>${inline(description ?? schema?.description ?? "")}</td></tr>`,
  );
  return `<h4>Parameters</h4><div class="wide"><table class="parameters"><tr><th>Name</th><th>Where</th><th>What</th></tr>${rows.join("")}</table></div>`;
}

function successHtml(status: string, { description = "", content = {} }: Operation["responses"][string]): string {
  const [type, media] = Object.entries(content)[0] ?? [];
  const body =
    media?.schema && type === "application/json" && media.schema.type !== "string" ? block(media.schema) : "";
  const kind = type && body === "" ? ` <span class="quiet">${e(type)}</span>` : "";
  return `<h4>${e(status)}</h4><p>${inline(description)}${kind}</p>${body}`;
}

function problemsHtml(responses: Operation["responses"]): string {
  const rows = Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .map(([status, { content = {} }]) => {
      const { properties = {} } = content["application/problem+json"]?.schema ?? {};
      const codes = (properties.code?.enum ?? [properties.code?.const]) as string[];
      const extras = Object.keys(properties).filter(
        (name) => !["type", "title", "status", "code", "detail"].includes(name),
      );
      const links = codes.map((code) => `<a href="#${e(code)}"><code>${e(code)}</code></a>`).join(" ");
      const also = extras.map((name) => `<code>${e(name)}</code>`).join(" ");
      return `<tr><td>${e(status)}</td><td>${links}</td><td>${also}</td></tr>`;
    });
  return `<h4>Problems</h4><div class="wide"><table><tr><th>Status</th><th>Code</th><th>Says also</th></tr>${rows.join("")}</table></div>`;
}

function callHtml(operation: Operation): string {
  const { method, path, summary = "", description, parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content?.["application/json"]?.schema;
  const who = operation.security?.length ? "Signed in: bearer token or cookie." : "Open to everybody.";
  const successes = Object.entries(responses).filter(([status]) => Number(status) < 400);
  return `<details class="call" id="${anchor(operation)}"><summary><h3><span class="method ${method}">${method}</span> <code>${e(path)}</code></h3><span>${e(summary)}</span></summary><div class="inside">
<p class="quiet">${who}</p>${description ? prose(description) : ""}${parametersHtml(parameters)}
${body ? `<h4>Body</h4>${block(body)}` : ""}${successes.map(([status, response]) => successHtml(status, response)).join("")}${problemsHtml(responses)}</div></details>`;
}

function codesHtml(): string {
  const rows = Object.entries(STATUS_BY_CODE).map(
    ([code, status]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${e(TITLE_BY_CODE[code as ErrorCode])}</td></tr>`,
  );
  return `<div class="wide"><table><tr><th>Code</th><th>Status</th><th>Meaning</th></tr>${rows.join("")}</table></div>`;
}

const slug = (tag: string): string => tag.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** The documentation as one self-contained page: no script, no asset, readable with a keyboard and in the dark. */
export function docsPage(document: OpenApiDocument): string {
  const operations = operationsOf(document);
  const tags = [...new Set(operations.flatMap(({ tags = [] }) => tags))];
  const ofTag = (tag: string) => operations.filter((operation) => operation.tags?.includes(tag));
  const nav = tags.map(
    (tag) =>
      `<strong>${e(tag)}</strong>${ofTag(tag)
        .map((operation) => `<a href="#${anchor(operation)}">${e(operation.summary ?? operation.path)}</a>`)
        .join("")}`,
  );
  const sections = tags.map(
    (tag) => `<section><h2 id="${slug(tag)}">${e(tag)}</h2>${ofTag(tag).map(callHtml).join("")}</section>`,
  );
  const schemas = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) => `<h4 id="schema-${e(name)}">${e(name)}</h4>${block(schema as Schema)}`,
  );
  const { title, description = "" } = document.info;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${e(title)}</title><style>${DOCS_STYLE}</style></head>
<body><div class="frame"><nav aria-label="Calls"><a href="#top">${e(title)}</a>${nav.join("")}<strong>Reference</strong><a href="#codes">Problem codes</a><a href="#schemas">Schemas</a></nav>
<main id="top"><h1>${e(title)}</h1><p class="quiet">Version ${e(document.info.version)} · <a href="/api/openapi.json">OpenAPI 3.1 document</a></p>${prose(description)}
${sections.join("\n")}
<section><h2 id="codes">Problem codes</h2>${codesHtml()}</section>
<section><h2 id="schemas">Schemas</h2>${schemas.join("")}</section></main></div></body></html>`;
}
