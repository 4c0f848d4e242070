import type { ReactNode } from "react";

type PageHeadingProps = { eyebrow?: ReactNode; title: ReactNode; lead?: ReactNode; actions?: ReactNode };

/** The page's one `<h1>`, with what stands above, below and beside it. */
export function PageHeading({ eyebrow, title, lead, actions }: PageHeadingProps) {
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-5 pt-8 pb-7 sm:pt-14 sm:pb-10">
      <div className="max-w-2xl">
        {eyebrow && <p className="mb-2 font-semibold text-muted text-sm">{eyebrow}</p>}
        <h1 className="text-title">{title}</h1>
        {lead && <p className="mt-3 text-lg text-muted leading-relaxed">{lead}</p>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
