/** Calls a fan whose turn came while the tab was out of sight: title, icon, notification, sound, vibration. */

let audio: AudioContext | null = null;

/** Readies the sound; browsers allow it only from a press. A short tone says that it works. */
export function readySound(): void {
  audio ??= new AudioContext();
  void audio.resume().then(() => ring([880], 0.12));
}

function ring(tones: readonly number[], volume: number): void {
  if (!audio) return;
  tones.forEach((frequency, i) => {
    if (!audio) return;
    const from = audio.currentTime + i * 0.22;
    const tone = audio.createOscillator();
    const level = audio.createGain();
    tone.frequency.value = frequency;
    level.gain.setValueAtTime(0, from);
    level.gain.linearRampToValueAtTime(volume, from + 0.02);
    level.gain.exponentialRampToValueAtTime(0.001, from + 0.2);
    tone.connect(level).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 0.22);
  });
}

/** Whether this browser can notify at all. */
export const canNotify = (): boolean => typeof Notification !== "undefined";

/** Asks for leave to notify; call it from a press only. */
export const askToNotify = async (): Promise<NotificationPermission> =>
  canNotify() ? Notification.requestPermission() : "denied";

/** Says it everywhere that is allowed. `sound` is the fan's choice. */
export function callFan(words: { title: string; body: string; tag: string; sound: boolean }): void {
  if (words.sound) ring([659, 784, 988, 784, 988], 0.25);
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([200, 100, 200]);
  if (!canNotify() || Notification.permission !== "granted" || document.visibilityState === "visible") return;
  try {
    const note = new Notification(words.title, { body: words.body, tag: words.tag, requireInteraction: true });
    note.onclick = () => {
      window.focus();
      note.close();
    };
  } catch {
    // Some phones notify only through a service worker: title and sound must do.
  }
}

const TURN_ICON = "/turn-icon.svg";

/** Shows another icon in the tab; returns how to take it back. */
export function markIcon(): () => void {
  const icons = [...document.querySelectorAll<HTMLLinkElement>("link[rel~='icon']")];
  const before = icons.map((icon) => ({ icon, href: icon.href, type: icon.type }));
  for (const { icon } of before) {
    icon.type = "image/svg+xml";
    icon.href = TURN_ICON;
  }
  const added = before.length > 0 ? null : document.createElement("link");
  if (added) {
    added.rel = "icon";
    added.href = TURN_ICON;
    document.head.append(added);
  }
  return () => {
    added?.remove();
    for (const { icon, href, type } of before) {
      icon.type = type;
      icon.href = href;
    }
  };
}
