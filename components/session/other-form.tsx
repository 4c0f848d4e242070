"use client";

import { Link, useRouter } from "@/i18n/navigation";
import { keepNext } from "./go-on";

/** The way to the other of the two forms; `?next=` goes along. */
export function OtherForm({ href, question, link }: { href: string; question: string; link: string }) {
  const router = useRouter();
  return (
    <p className="pt-2 text-center text-muted">
      {question}{" "}
      <Link
        href={href}
        onClick={(press) => {
          if (press.metaKey || press.ctrlKey) return;
          press.preventDefault();
          router.push(keepNext(href));
        }}
        className="inline-flex min-h-11 items-center font-semibold text-accent-ink underline underline-offset-4"
      >
        {link}
      </Link>
    </p>
  );
}
