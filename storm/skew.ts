/** Puts this process's clock wrong, before anything else is loaded: what `libfaketime` does where it is installed. */
const skew = Number(process.env.STORM_SKEW_MS ?? 0);

if (skew !== 0) {
  const now = Date.now.bind(Date);
  const skewed = () => now() + skew;
  globalThis.Date = new Proxy(Date, {
    construct: (target, words, made) => Reflect.construct(target, words.length === 0 ? [skewed()] : words, made),
    apply: (target) => new target(skewed()).toString(),
    get: (target, name) => (name === "now" ? skewed : Reflect.get(target, name)),
  });
}
