import type { ComponentProps } from "react";

/** A raised sheet with a hairline. */
export function Card({ className = "", ...rest }: ComponentProps<"div">) {
  return <div {...rest} className={`rounded-card border border-line bg-surface p-5 sm:p-7 ${className}`} />;
}

/** A sunken area for what belongs together but needs no frame. */
export function Panel({ className = "", ...rest }: ComponentProps<"div">) {
  return <div {...rest} className={`rounded-card bg-sunken p-5 sm:p-6 ${className}`} />;
}
