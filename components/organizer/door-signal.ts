"use client";

const KEPT = "frontrow.door-signal";

let audio: AudioContext | null = null;

/** Whether the door makes itself heard and felt; as chosen on this device, else yes. */
export function isSignalOn(): boolean {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

export function keepSignal(on: boolean): void {
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {}
}

/** Browsers let a page be heard only after somebody touched it. */
export function wakeSignal(): void {
  audio ??= typeof AudioContext === "function" ? new AudioContext() : null;
  void audio?.resume().catch(() => {});
}

function beep(context: AudioContext, frequency: number, from: number, seconds: number): void {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0.2, context.currentTime + from);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + from + seconds);
  tone.connect(volume).connect(context.destination);
  tone.start(context.currentTime + from);
  tone.stop(context.currentTime + from + seconds);
}

/** One high tone and a short buzz for a good ticket, two low ones and two long buzzes for any other. */
export function signal(good: boolean): void {
  if (!isSignalOn()) return;
  if (audio?.state === "running") {
    if (good) beep(audio, 1320, 0, 0.18);
    else for (const from of [0, 0.25]) beep(audio, 220, from, 0.2);
  }
  navigator.vibrate?.(good ? 60 : [180, 90, 180]);
}
