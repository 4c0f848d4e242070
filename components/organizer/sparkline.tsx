const WIDTH = 300;
const HEIGHT = 56;

/** The last values as a line; its meaning in words stands beside it. */
export function Sparkline({ values, label }: { values: number[]; label: string }) {
  const most = Math.max(1, ...values);
  const step = values.length > 1 ? WIDTH / (values.length - 1) : 0;
  const points = values.map((value, at) => `${at * step},${HEIGHT - 3 - (value / most) * (HEIGHT - 6)}`).join(" ");
  return (
    <figure className="mt-5">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="h-14 w-full" aria-hidden="true">
        <line x1="0" x2={WIDTH} y1={HEIGHT - 1} y2={HEIGHT - 1} className="stroke-line" />
        {values.length > 1 && (
          <polyline
            points={points}
            fill="none"
            strokeWidth="2"
            vectorEffect="non-scaling-stroke"
            className="stroke-accent-ink"
          />
        )}
      </svg>
      <figcaption className="mt-1 text-muted text-xs">{label}</figcaption>
    </figure>
  );
}
