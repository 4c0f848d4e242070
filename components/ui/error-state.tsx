import type { ReactNode } from "react";

type ErrorStateProps = {
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode /** A short code to quote to support. */;
  code?: string;
};

/** Something failed: what, whether it matters, and the way on. */
export function ErrorState({ title, children, action, code }: ErrorStateProps) {
  return (
    <div role="alert" className="flex flex-col items-start gap-5 py-16 sm:py-24">
      <svg viewBox="0 0 96 24" aria-hidden="true" className="w-28">
        {[10, 35, 60].map((x) => (
          <circle key={x} cx={x} cy="12" r="9" className="fill-line" />
        ))}
        <circle
          cx="85"
          cy="12"
          r="8"
          fill="none"
          className="stroke-accent-ink"
          strokeWidth="2.5"
          strokeDasharray="4 4"
        />
      </svg>
      <h1 className="max-w-xl text-title">{title}</h1>
      {children && <div className="max-w-lg text-lg text-muted">{children}</div>}
      {action && <div className="flex flex-wrap gap-2 pt-1">{action}</div>}
      {code && <p className="font-mono text-muted text-xs">{code}</p>}
    </div>
  );
}
