"use client";

import { Volume2, VolumeX } from "lucide-react";
import { useTranslations } from "next-intl";
import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { read } from "@/components/api-client";
import { Button } from "@/components/ui/button";
import { Field, fieldProps, Input } from "@/components/ui/field";
import type { Wire } from "@/components/wire";
import type { CheckIn } from "@/lib/tickets/schema";
import { CodeCamera } from "./code-camera";
import { type Door, DoorChoice } from "./door-choice";
import { isSignalOn, keepSignal, signal, wakeSignal } from "./door-signal";
import { goodOutcome, type Outcome, refusedOutcome, type Scan } from "./scan";
import { ScanList, ScanResult } from "./scan-result";

/** The list is for looking back a moment, not for keeping. */
const SCANS_SHOWN = 20;

/** The door: one code after the other, by camera or by hand, and an answer that can be read from afar. */
export function CheckInDesk() {
  const t = useTranslations("door");
  const [door, setDoor] = useState<Door | null>(null);
  const [scans, setScans] = useState<Scan[]>([]);
  const [pending, setPending] = useState(0);
  const [heard, setHeard] = useState(true);
  const input = useRef<HTMLInputElement>(null);
  const count = useRef(0);
  const performanceId = door?.performanceId;
  // The hall's clock, or this device's where the door takes any ticket.
  const timeZone = door?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

  useEffect(() => setHeard(isSignalOn()), []);

  const check = useCallback(
    async (code: string) => {
      setPending((so) => so + 1);
      let outcome: Outcome;
      try {
        const body = performanceId ? { code, performanceId } : { code };
        outcome = goodOutcome(await read<Wire<CheckIn>>("/admin/check-ins", { method: "POST", body }));
      } catch (error) {
        outcome = refusedOutcome(error);
      }
      signal(outcome.kind === "good");
      count.current += 1;
      const scan = { id: count.current, at: Date.now(), outcome };
      setScans((before) => [scan, ...before].slice(0, SCANS_SHOWN));
      setPending((so) => so - 1);
    },
    [performanceId],
  );

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const code = input.current?.value.trim() ?? "";
    if (code === "") return;
    wakeSignal();
    // A hand scanner types the next code while this one is on its way.
    if (input.current) input.current.value = "";
    await check(code);
    input.current?.focus();
  }

  const toggle = () => {
    keepSignal(!heard);
    setHeard(!heard);
    wakeSignal();
  };

  return (
    <div className="grid items-start gap-x-12 gap-y-6 lg:grid-cols-2">
      <div className="max-lg:sticky max-lg:top-20 max-lg:z-10 lg:col-start-2">
        <ScanResult scan={scans[0]} timeZone={timeZone} />
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: any press in here lets the page be heard. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: pressing a key on a button in here is a click too. */}
      <div className="space-y-6 lg:col-start-1 lg:row-span-2 lg:row-start-1" onClick={wakeSignal}>
        <DoorChoice door={door} onChoose={setDoor} />
        <CodeCamera onCode={check} />
        <form onSubmit={submit} className="space-y-3">
          <Field id="code" label={t("code")} hint={t("codeHint")}>
            <Input
              {...fieldProps("code", { hint: true })}
              ref={input}
              name="code"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              maxLength={200}
              required
            />
          </Field>
          <Button type="submit" variant="outline" block pending={pending > 0}>
            {t("submit")}
          </Button>
        </form>
        <Button variant="ghost" size="sm" onClick={toggle}>
          {heard ? (
            <Volume2 aria-hidden="true" className="size-5" />
          ) : (
            <VolumeX aria-hidden="true" className="size-5" />
          )}
          {heard ? t("signalOn") : t("signalOff")}
        </Button>
      </div>
      <div className="lg:col-start-2">
        <ScanList scans={scans} timeZone={timeZone} />
      </div>
    </div>
  );
}
