"use client";

import { Camera, CameraOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { type CodeDetector, needsReload, openDetector } from "./code-detector";

/** The same ticket held before the camera is not sent again for this long. */
const SAME_CODE_MS = 4000;
const EVERY_MS = 150;

type Problem = "noCamera" | "refusedCamera" | "noDetector";

/** Reads QR codes from the phone's camera, with the browser's own detector or ours. */
export function CodeCamera({ onCode }: { onCode: (code: string) => void }) {
  const t = useTranslations("door");
  const video = useRef<HTMLVideoElement>(null);
  const told = useRef(onCode);
  const [on, setOn] = useState(false);
  const [looking, setLooking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  // A new function on every render must not restart the camera.
  useEffect(() => {
    told.current = onCode;
  }, [onCode]);

  // Before anything is chosen or typed here.
  useEffect(() => {
    void needsReload().then((needed) => needed && window.location.reload());
  }, []);

  useEffect(() => {
    if (!on) return;
    const stop = new AbortController();
    const fail = (what: Problem) => {
      if (stop.signal.aborted) return;
      setProblem(what);
      setOn(false);
    };
    void watch(video, told, stop.signal, () => setLooking(true)).catch((error) => {
      if (error instanceof NoCamera) fail(error.why);
      else fail("noDetector");
    });
    return () => {
      stop.abort();
      setLooking(false);
    };
  }, [on]);

  return (
    <div className="space-y-3">
      {on && (
        <div className="relative overflow-hidden rounded-card bg-black">
          <video ref={video} muted playsInline className="aspect-square w-full object-cover" />
          <div
            aria-hidden="true"
            className={`absolute inset-[18%] rounded-card border-4 ${looking ? "border-white" : "border-white/30"}`}
          />
          <p
            role="status"
            className="absolute inset-x-0 bottom-0 bg-black/60 p-3 text-center font-semibold text-sm text-white"
          >
            {looking ? t("looking") : t("starting")}
          </p>
        </div>
      )}
      {problem && <Notice tone="warn">{t(problem)}</Notice>}
      <Button
        variant={on ? "outline" : "primary"}
        size="lg"
        block
        onClick={() => {
          setProblem(null);
          setOn(!on);
        }}
      >
        {on ? <CameraOff aria-hidden="true" className="size-5" /> : <Camera aria-hidden="true" className="size-5" />}
        {on ? t("stopCamera") : t("camera")}
      </Button>
    </div>
  );
}

class NoCamera extends Error {
  constructor(readonly why: "noCamera" | "refusedCamera") {
    super(why);
  }
}

async function openCamera(): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) throw new NoCamera("noCamera");
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  } catch (error) {
    throw new NoCamera((error as Error).name === "NotFoundError" ? "noCamera" : "refusedCamera");
  }
}

type Ref<T> = { readonly current: T };

/** Shows the camera and tells every code that comes before it, until `signal`. */
async function watch(
  video: Ref<HTMLVideoElement | null>,
  told: Ref<(code: string) => void>,
  signal: AbortSignal,
  onReady: () => void,
): Promise<void> {
  const stream = await openCamera();
  const close = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  signal.addEventListener("abort", close);
  const screen = video.current;
  if (signal.aborted || !screen) return close();
  screen.srcObject = stream;
  const [detect] = await Promise.all([openDetector(), screen.play()]).catch((error) => {
    close();
    throw error;
  });
  onReady();
  await readCodes(screen, detect, told, signal);
}

async function readCodes(
  screen: HTMLVideoElement,
  detect: CodeDetector,
  told: Ref<(code: string) => void>,
  signal: AbortSignal,
): Promise<void> {
  let last = { code: "", at: 0 };
  while (!signal.aborted) {
    const code = await detect(screen).catch(() => null);
    if (signal.aborted) return;
    const now = Date.now();
    if (code && (code !== last.code || now - last.at > SAME_CODE_MS)) told.current(code);
    // As long as it is held there it is the same showing.
    if (code) last = { code, at: now };
    await new Promise((done) => setTimeout(done, EVERY_MS));
  }
}
