"use client";

import { type ReactNode, useEffect, useId, useRef } from "react";

type DialogProps = {
  open: boolean;
  /** Called on Escape and on a press beside the sheet, unless `locked`. */
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
  /** Buttons, the confirming one last. */
  actions?: ReactNode;
  /** Cannot be left without an answer. */
  locked?: boolean;
};

/** A modal sheet on the browser's own `<dialog>`: focus trap, Escape and inert background come from there. */
export function Dialog({ open, onClose, title, children, actions, locked = false }: DialogProps) {
  const sheet = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = sheet.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the press beside the sheet is an extra; Escape comes with the element.
    <dialog
      ref={sheet}
      aria-labelledby={titleId}
      onCancel={(cancel) => {
        cancel.preventDefault();
        if (!locked) onClose();
      }}
      onClick={(press) => {
        if (press.target === sheet.current && !locked) onClose();
      }}
      className="m-auto w-[min(30rem,calc(100vw-2rem))] rounded-card border border-line bg-surface p-0 text-ink shadow-2xl open:animate-rise max-sm:mb-4"
    >
      <div className="space-y-4 p-6 sm:p-7">
        <h2 id={titleId} className="text-heading">
          {title}
        </h2>
        <div className="space-y-3 text-muted">{children}</div>
        {actions && <div className="flex flex-col-reverse gap-2 pt-2 sm:flex-row sm:justify-end">{actions}</div>}
      </div>
    </dialog>
  );
}
