// Timers of a page in the background fire once a minute; a worker's go on as asked.
const timers = new Map<number, ReturnType<typeof setTimeout>>();

self.onmessage = ({ data }: MessageEvent<{ id: number; ms: number | null }>) => {
  clearTimeout(timers.get(data.id));
  timers.delete(data.id);
  if (data.ms === null) return;
  timers.set(
    data.id,
    setTimeout(() => {
      timers.delete(data.id);
      self.postMessage(data.id);
    }, data.ms),
  );
};
