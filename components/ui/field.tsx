import type { ComponentProps, ReactNode } from "react";

const INPUT =
  "block min-h-12 w-full rounded-control border border-line-strong bg-surface px-4 text-base text-ink placeholder:text-muted/80 transition-colors hover:border-ink focus-visible:border-accent-ink focus-visible:outline-offset-0 disabled:bg-sunken disabled:text-muted aria-invalid:border-bad";

/** A text input in the house's look. Inside a `Field`, give it the field's `id`. */
export function Input({ className = "", ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={`${INPUT} ${className}`} />;
}

/** A text of several lines in the house's look. */
export function TextArea({ className = "", ...rest }: ComponentProps<"textarea">) {
  return <textarea rows={3} {...rest} className={`${INPUT} py-3 ${className}`} />;
}

/** A native select in the house's look. */
export function Select({ className = "", ...rest }: ComponentProps<"select">) {
  return <select {...rest} className={`${INPUT} ${className}`} />;
}

type FieldProps = {
  /** The input's id; hint and error get `<id>-hint` and `<id>-error`. */
  id: string;
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  children: ReactNode;
};

/** Label above, hint and error below; the error is announced when it appears. */
export function Field({ id, label, hint, error, children }: FieldProps) {
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block font-semibold text-sm">
        {label}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-muted text-sm">
          {hint}
        </p>
      )}
      <p id={`${id}-error`} role="alert" className="mt-1.5 font-medium text-bad text-sm empty:hidden">
        {error}
      </p>
    </div>
  );
}

/** The attributes that tie an input to its `Field`. */
export function fieldProps(id: string, { hint, error }: { hint?: unknown; error?: unknown } = {}) {
  const described = [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter(Boolean).join(" ");
  return { id, "aria-invalid": error ? true : undefined, "aria-describedby": described || undefined } as const;
}
