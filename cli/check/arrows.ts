import path from "node:path";

/** One import: who imports what, as paths from the project's root without an ending. */
export type Import = { from: string; to: string; isType: boolean };

/** The domain's modules, each with the modules that it may import besides itself. */
const MODULES: Record<string, string[]> = {
  catalog: [],
  queue: ["catalog"],
  booking: ["catalog", "queue"],
  tickets: ["catalog", "queue", "booking"],
  waitlist: ["catalog", "queue", "booking"],
  wallet: [],
  payment: ["catalog", "queue", "booking", "tickets", "wallet"],
  auth: [],
  idempotency: [],
  // Looks at everybody's tables and is seen by doors and commands alone.
  invariants: ["catalog", "queue", "booking", "waitlist", "tickets", "wallet", "payment", "auth", "idempotency"],
};

/** Packages that the domain must not know. */
const FRAMEWORKS = /^(next|react|react-dom|hono|next-auth|next-intl|@hono\/.*|@tanstack\/.*)(\/|$)/;

const BROWSER_SAFE = /^(lib\/[a-z]+\/(schema|([a-z-]+-)?rules)|lib\/core\/(money|errors)|db\/constants)$/;

const moduleOf = (file: string): string | null => {
  const name = /^lib\/([a-z]+)\//.exec(file)?.[1];
  return name !== undefined && name in MODULES ? name : null;
};

const isTest = (file: string): boolean => /\.test$|\/testing\//.test(file) || file.startsWith("e2e/");

const isOurs = (target: string): boolean =>
  /^(app|components|db|lib|cli|bench|storm|e2e|i18n|messages|server|proxy)(\/|$)/.test(target);

/** What is wrong with one import, in words that say where the code belongs; null if nothing is. */
export function judge({ from, to, isType }: Import): string | null {
  if (isTest(from) || from === "playwright.config") return null;
  if (/^(db\/testing|e2e)\//.test(to)) return "only tests use what is made for tests";
  const module = moduleOf(from);
  if (from.startsWith("lib/core/") && isOurs(to) && !to.startsWith("lib/core/"))
    return "lib/core knows nobody: what needs a module or the database belongs into that module";
  if (from.startsWith("db/") && isOurs(to) && !/^(db|lib\/core)\//.test(to))
    return "the database's files see lib/core only: a decision of the domain belongs into lib/<module>";
  if (module) {
    if (FRAMEWORKS.test(to))
      return "the domain knows no framework: pages live in app, the HTTP contract in lib/api, sessions in lib/web";
    const target = moduleOf(to);
    if (target && target !== module && !MODULES[module]?.includes(target))
      return `lib/${module} must not see lib/${target}: what joins the two belongs further right (catalog ← queue ← booking ← tickets ← payment, wallet ← payment)`;
    if (isOurs(to) && !target && !/^(db|lib\/core)\//.test(to)) return "the domain sees db and lib/core only";
    if (/\/(schema|([a-z-]+-)?rules)$/.test(from) && /^(db\/(?!constants)|drizzle-orm|pg$|node:)/.test(to) && !isType)
      return "schema.ts and rules.ts reach the browser: reads belong into queries.ts, writes into a file of their verb";
  }
  if (/^lib\/(api|web)\//.test(from) && /^(app|components|cli|bench|storm)\//.test(to))
    return "lib/api and lib/web are doors: they see the domain, never pages or commands";
  if (
    from.startsWith("components/") &&
    isOurs(to) &&
    !/^(components|i18n|messages)\//.test(to) &&
    !BROWSER_SAFE.test(to) &&
    !isType
  )
    return "components see lib/*/schema, lib/*/rules, lib/core/money and db/constants: the page reads, the component shows";
  if (/^(drizzle-orm|pg)(\/|$)/.test(to) && !/^(db\/|lib\/|cli\/|bench\/|storm\/)/.test(from))
    return "SQL belongs into db or lib/<module>";
  if (/^drizzle-orm/.test(to) && from.startsWith("lib/") && !module && !isType)
    return "SQL belongs into db or lib/<module>";
  if (to.startsWith("app/") && !from.startsWith("app/")) return "nobody imports app";
  return null;
}

/** The imports of one file's text. Relative and `@/` targets become paths from the root; packages keep their names. */
export function importsOf(file: string, text: string): Import[] {
  const from = file.replace(/\.[cm]?[jt]sx?$/, "");
  const found: Import[] = [];
  const pattern =
    /^\s*(?:import|export)\s+(type\s)?[^"';]*?from\s+["']([^"']+)["']|^\s*import\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;
  for (const match of text.matchAll(pattern)) {
    const target = match[2] ?? match[3] ?? match[4] ?? "";
    const to = target.startsWith("@/")
      ? target.slice(2)
      : target.startsWith(".")
        ? path.posix.join(path.posix.dirname(from), target)
        : target;
    found.push({ from, to: to.replace(/\.[cm]?[jt]sx?$/, ""), isType: match[1] !== undefined });
  }
  return found;
}

/** Circles among files, each as its members in order; type imports do not count. */
export function cycles(imports: Import[]): string[][] {
  const graph = new Map<string, string[]>();
  for (const { from, to, isType } of imports) if (!isType) graph.set(from, [...(graph.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[][] = [];
  const walk = (file: string, trail: string[]) => {
    const at = trail.indexOf(file);
    if (at >= 0) {
      found.push([...trail.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) walk(next, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) walk(file, []);
  return found;
}
