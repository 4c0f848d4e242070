import type { ComponentProps, ReactNode } from "react";
import { Link } from "@/i18n/navigation";
import { Spinner } from "./spinner";

export type ButtonLook = {
  /** `primary` is the accent: at most one on a screen. */
  variant?: "primary" | "solid" | "outline" | "ghost" | "danger";
  size?: "sm" | "md" | "lg";
  /** As wide as its container. */
  block?: boolean;
};

const BASE =
  "inline-flex select-none items-center justify-center gap-2 whitespace-nowrap rounded-control font-semibold no-underline transition-[background-color,border-color,color,scale] duration-150 active:scale-[0.985] disabled:pointer-events-none disabled:opacity-50 aria-disabled:pointer-events-none aria-disabled:opacity-50";

const VARIANT = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover",
  solid: "bg-ink text-paper hover:bg-ink/85",
  outline: "border border-line-strong bg-transparent text-ink hover:bg-sunken",
  ghost: "bg-transparent text-ink hover:bg-sunken",
  danger: "border border-bad bg-bad-wash text-bad hover:bg-bad hover:text-paper",
} as const;

const SIZE = {
  sm: "min-h-11 px-4 text-sm",
  md: "min-h-12 px-5 text-base",
  lg: "min-h-14 px-7 text-lg",
} as const;

/** The classes of a button, for elements that are neither `<button>` nor a link of ours. */
export function buttonClass({ variant = "solid", size = "md", block = false }: ButtonLook = {}): string {
  return `${BASE} ${VARIANT[variant]} ${SIZE[size]} ${block ? "w-full" : ""}`;
}

type ButtonProps = ComponentProps<"button"> &
  ButtonLook & {
    /** While true: a spinner, no second press, and still in the tab order. */
    pending?: boolean;
    children: ReactNode;
  };

/** A button at least 44 px high. `type` is `button` unless said otherwise. */
export function Button({ variant, size, block, pending = false, className = "", children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={pending || undefined}
      aria-busy={pending || undefined}
      onClick={pending ? (press) => press.preventDefault() : rest.onClick}
      className={`${buttonClass({ variant, size, block })} ${className}`}
    >
      {pending && <Spinner />}
      {children}
    </button>
  );
}

type LinkButtonProps = ComponentProps<typeof Link> & ButtonLook;

/** A link within the site that looks like a button; `href` without the locale. */
export function LinkButton({ variant, size, block, className = "", ...rest }: LinkButtonProps) {
  return <Link {...rest} className={`${buttonClass({ variant, size, block })} ${className}`} />;
}
