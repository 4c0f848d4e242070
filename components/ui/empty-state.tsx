import type { ReactNode } from "react";

type EmptyStateProps = { title: ReactNode; children?: ReactNode; action?: ReactNode };

/** There is nothing here, why, and what to do about it. The row of empty seats is decoration. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center rounded-card bg-sunken px-6 py-16 text-center sm:py-24">
      <svg viewBox="0 0 120 28" aria-hidden="true" className="mb-7 w-36 text-line-strong">
        {[8, 34, 60, 86, 112].map((x, i) => (
          <circle
            key={x}
            cx={x}
            cy={14 + (i - 2) ** 2 * -1.6 + 4}
            r="6.5"
            fill="none"
            stroke="currentColor"
            strokeWidth="2"
            strokeDasharray={i === 2 ? "3 3" : undefined}
          />
        ))}
      </svg>
      <h2 className="text-heading">{title}</h2>
      {children && <div className="mt-2 max-w-md text-muted">{children}</div>}
      {action && <div className="mt-7">{action}</div>}
    </div>
  );
}
