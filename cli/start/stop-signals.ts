/** A Ctrl-C in a terminal reaches us twice when npm passes it on; a second one on purpose comes later than this. */
const ECHO_MS = 700;

/** Calls `stop` at the first SIGINT or SIGTERM and `force` at the next one. */
export function onStopSignals(stop: (signal: string) => void, force: () => void): void {
  let first = 0;
  const heard = (signal: string) => {
    if (first === 0) {
      first = Date.now();
      stop(signal);
    } else if (Date.now() - first > ECHO_MS) {
      force();
    }
  };
  process.on("SIGINT", heard).on("SIGTERM", heard);
}

/** Calls `stop` when the process that started us is gone: an npm that was killed cannot pass its signal on. */
export function onParentGone(stop: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, 250);
  watch.unref();
}
