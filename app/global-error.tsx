"use client";

import "./globals.css";

/** The last resort, when the layout itself failed: no messages are at hand, so it speaks both languages. */
export default function GlobalError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="ko">
      <body className="grid min-h-dvh place-items-center p-6">
        <title>Frontrow</title>
        <main className="max-w-lg space-y-5">
          <h1 className="text-title">문제가 생겼어요</h1>
          <p className="text-lg text-muted">잠시 후 다시 시도해 주세요.</p>
          <p lang="en" className="text-lg text-muted">
            Something went wrong. Please try again in a moment.
          </p>
          <button
            type="button"
            onClick={() => retry()}
            className="min-h-12 rounded-control bg-ink px-5 font-semibold text-paper"
          >
            다시 시도 · <span lang="en">Try again</span>
          </button>
        </main>
      </body>
    </html>
  );
}
