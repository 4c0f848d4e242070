const KEY = Symbol.for("frontrow.registry");

const holder = globalThis as typeof globalThis & { [KEY]?: Map<string, unknown> };
holder[KEY] ??= new Map();
const registry = holder[KEY];

/**
 * The one value of its name in this process. Next bundles its own copy of our modules beside the copy that `server.ts`
 * loads, so whatever must exist once per process (pool, snapshots, join batches) is kept here and not in a module.
 */
export function oncePerProcess<T>(name: string, make: () => T): T {
  const known = registry.get(name);
  if (known !== undefined) return known as T;
  const made = make();
  registry.set(name, made);
  return made;
}

/** Forgets a value, so that a test or a shutdown can make it anew. */
export function forget(name: string): void {
  registry.delete(name);
}
