/** The name, with the last o as a taken seat: yours. */
export function Wordmark({ className = "text-[1.375rem]" }: { className?: string }) {
  return (
    <span className={`inline-flex items-baseline font-extrabold leading-none tracking-[-0.055em] ${className}`}>
      <span className="sr-only">Frontrow</span>
      <span aria-hidden="true">frontr</span>
      <span aria-hidden="true" className="mx-[0.045em] inline-block size-[0.54em] rounded-full bg-accent-ink" />
      <span aria-hidden="true">w</span>
    </span>
  );
}
