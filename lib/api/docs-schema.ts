/** As much of JSON Schema as the OpenAPI document uses. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: boolean | Schema;
  description?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  default?: unknown;
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const INDENT = "  ";

/** What a value may be beyond its type, in a few words. */
function limitsOf(schema: Schema): string {
  const range = (least: number | undefined, most: number | undefined, unit: string) => {
    if (least === undefined && most === undefined) return [];
    if (most === undefined || most >= Number.MAX_SAFE_INTEGER)
      return least === undefined ? [] : [`at least ${least}${unit}`];
    return [least === undefined ? `at most ${most}${unit}` : `${least} to ${most}${unit}`];
  };
  // Counts are never negative; saying so at each of them helps nobody.
  const trivial = schema.minimum === 0 && (schema.maximum ?? Number.MAX_SAFE_INTEGER) >= Number.MAX_SAFE_INTEGER;
  const least = trivial || (schema.minimum ?? 0) <= Number.MIN_SAFE_INTEGER ? undefined : schema.minimum;
  const words = [
    ...(schema.description ? [schema.description] : []),
    ...range(least, schema.maximum, ""),
    ...range(schema.minLength, schema.maxLength, " characters"),
    ...range(schema.minItems, schema.maxItems, " items"),
    ...(schema.default === undefined ? [] : [`${JSON.stringify(schema.default)} unless given`]),
  ];
  return words.join("; ");
}

const note = (schema: Schema): string => {
  const limits = limitsOf(schema);
  return limits === "" ? "" : `  <span class="note">// ${escapeHtml(limits)}</span>`;
};

/** A schema in the notation of TypeScript, as HTML; named schemas are links. */
export function schemaHtml(schema: Schema | undefined, indent = ""): string {
  if (!schema) return "unknown";
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return `<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>`;
  }
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return either.map((one) => schemaHtml(one, indent)).join(" | ");
  if (schema.allOf) return schema.allOf.map((one) => schemaHtml(one, indent)).join(" &amp; ");
  if (schema.const !== undefined) return escapeHtml(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((value) => escapeHtml(JSON.stringify(value))).join(" | ");
  const types = [schema.type ?? "unknown"].flat();
  return types.map((type) => typeHtml(type, schema, indent)).join(" | ");
}

function typeHtml(type: string, schema: Schema, indent: string): string {
  if (type === "array") {
    const inner = schemaHtml(schema.items, indent);
    return inner.includes(" | ") && !inner.startsWith("{") ? `(${inner})[]` : `${inner}[]`;
  }
  if (type === "object") return objectHtml(schema, indent);
  if (type === "string" && schema.format === "date-time") return "time";
  return escapeHtml(type);
}

function objectHtml(schema: Schema, indent: string): string {
  const deeper = indent + INDENT;
  const lines = Object.entries(schema.properties ?? {}).map(([name, inner]) => {
    const optional = schema.required?.includes(name) ? "" : "?";
    return `${deeper}${escapeHtml(name)}${optional}: ${schemaHtml(inner, deeper)}${note(inner)}`;
  });
  return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n${indent}}`;
}
