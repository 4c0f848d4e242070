const KEY = Symbol.for("frontrow.registry");

type Registry = Map<string, unknown>;

/**
 * The one value of its name in this process. Next bundles its own copy of our modules beside the copy that `server.ts`
 * loads, so whatever must exist once per process (pool, snapshots, join batches) is kept here and not in a module.
 */
export function oncePerProcess<T>(name: string, make: () => T): T {
  const holder = globalThis as typeof globalThis & { [KEY]?: Registry };
  holder[KEY] ??= new Map();
  const registry = holder[KEY];
  if (!registry.has(name)) registry.set(name, make());
  return registry.get(name) as T;
}

/** Forgets a value, so that a test or a shutdown can make it anew. */
export function forget(name: string): void {
  (globalThis as typeof globalThis & { [KEY]?: Registry })[KEY]?.delete(name);
}
