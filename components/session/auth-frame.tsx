import type { ReactNode } from "react";
import { Poster } from "@/components/poster/poster";

type AuthFrameProps = { title: string; lead: string; poster: { slug: string; title: string }; children: ReactNode };

/** A form with its heading; on wide screens a poster of the house beside it. */
export function AuthFrame({ title, lead, poster, children }: AuthFrameProps) {
  return (
    <div className="page-width grid items-center gap-x-20 md:grid-cols-[minmax(0,1fr)_minmax(0,22rem)] lg:grid-cols-[minmax(0,1fr)_minmax(0,29rem)]">
      <div className="mx-auto w-full max-w-md pt-10 pb-4 sm:py-16">
        <h1 className="text-title">{title}</h1>
        <p className="mt-3 mb-9 text-lg text-muted">{lead}</p>
        {children}
      </div>
      <Poster concert={{ ...poster, artist: "Frontrow" }} className="my-12 h-auto w-full rounded-card max-md:hidden" />
    </div>
  );
}
