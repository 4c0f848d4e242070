"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";

type Detector = { detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]> };
type DetectorClass = new (options: { formats: string[] }) => Detector;

/** The same ticket held before the camera is not sent again for this long. */
const SAME_CODE_MS = 4000;
const EVERY_MS = 250;

/** Reads QR codes from the phone's camera, where the browser has a detector of its own. */
export function CodeCamera({ onCode }: { onCode: (code: string) => void }) {
  const t = useTranslations("organizer.checkIn");
  const video = useRef<HTMLVideoElement>(null);
  const told = useRef(onCode);
  const [on, setOn] = useState(false);
  const [problem, setProblem] = useState<"noCamera" | "refusedCamera" | null>(null);

  // A new function on every render must not restart the camera.
  useEffect(() => {
    told.current = onCode;
  }, [onCode]);

  useEffect(() => {
    if (!on) return;
    const { BarcodeDetector } = window as unknown as { BarcodeDetector?: DetectorClass };
    if (!BarcodeDetector || !navigator.mediaDevices) {
      setProblem("noCamera");
      setOn(false);
      return;
    }
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    let stream: MediaStream | null = null;
    let timer: ReturnType<typeof setTimeout>;
    let stopped = false;
    let last = { code: "", at: 0 };
    const look = async () => {
      const screen = video.current;
      if (stopped || !screen) return;
      const [found] = await detector.detect(screen).catch(() => []);
      const now = Date.now();
      if (found && (found.rawValue !== last.code || now - last.at > SAME_CODE_MS)) {
        last = { code: found.rawValue, at: now };
        told.current(found.rawValue);
      }
      timer = setTimeout(look, EVERY_MS);
    };
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(
      async (opened) => {
        stream = opened;
        if (stopped || !video.current) {
          for (const track of opened.getTracks()) track.stop();
          return;
        }
        video.current.srcObject = opened;
        await video.current.play();
        void look();
      },
      () => {
        setProblem("refusedCamera");
        setOn(false);
      },
    );
    return () => {
      stopped = true;
      clearTimeout(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, [on]);

  return (
    <div className="space-y-3">
      {on && (
        <video ref={video} muted playsInline className="aspect-square w-full rounded-card bg-black object-cover" />
      )}
      {problem && <Notice tone="warn">{t(problem)}</Notice>}
      <Button
        variant="outline"
        block
        onClick={() => {
          setProblem(null);
          setOn(!on);
        }}
      >
        {on ? t("stopCamera") : t("camera")}
      </Button>
    </div>
  );
}
