import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

const LOOK = {
  info: { frame: "bg-sunken text-ink", mark: "text-accent-ink", Icon: Info },
  warn: { frame: "bg-warn-wash text-ink", mark: "text-warn", Icon: TriangleAlert },
  error: { frame: "bg-bad-wash text-ink", mark: "text-bad", Icon: CircleAlert },
} as const;

type NoticeProps = {
  tone?: keyof typeof LOOK;
  title?: ReactNode;
  children?: ReactNode;
  /** Read out when it appears: on for errors, which answer something the fan just did. */
  live?: boolean;
  className?: string;
};

/** Something the reader should know, inside the page's flow. */
export function Notice({ tone = "info", title, children, live = tone === "error", className = "" }: NoticeProps) {
  const { frame, mark, Icon } = LOOK[tone];
  return (
    <div role={live ? "alert" : undefined} className={`flex gap-3 rounded-control p-4 ${frame} ${className}`}>
      <Icon aria-hidden="true" className={`mt-0.5 size-5 shrink-0 ${mark}`} />
      <div className="min-w-0 space-y-1 text-[0.9375rem] leading-relaxed">
        {title && <p className="font-semibold">{title}</p>}
        {children && <div className="text-ink/85">{children}</div>}
      </div>
    </div>
  );
}
