import type { Point } from "./hall-layout";

/** What the fan does with the map, in pixels of its canvas. */
export type MapGestures = {
  pan: (dx: number, dy: number) => void;
  zoom: (at: Point, factor: number) => void;
  tap: (at: Point) => void;
  hover: (at: Point | null) => void;
};

/** A finger that moved less than this has tapped. */
const TAP_SLOP = 8;

/** Listens to fingers, mouse and wheel on the canvas. Returns how to stop. */
export function listenToMap(canvas: HTMLCanvasElement, gestures: MapGestures): () => void {
  const down = new Map<number, Point>();
  let started: Point | null = null;
  let moved = false;
  const at = (event: PointerEvent | WheelEvent): Point => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, at(event));
    if (down.size === 1) {
      started = at(event);
      moved = false;
    } else {
      moved = true;
    }
    gestures.hover(null);
  };
  const onMove = (event: PointerEvent) => {
    const before = down.get(event.pointerId);
    const now = at(event);
    if (!before) {
      if (event.pointerType === "mouse") gestures.hover(now);
      return;
    }
    if (down.size === 1) {
      if (!moved && started && Math.hypot(now.x - started.x, now.y - started.y) < TAP_SLOP) return;
      moved = true;
      gestures.pan(now.x - before.x, now.y - before.y);
    } else {
      const other = [...down.entries()].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const spread = Math.hypot(now.x - other.x, now.y - other.y);
        const spreadBefore = Math.hypot(before.x - other.x, before.y - other.y);
        const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
        gestures.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
        if (spreadBefore > 0) gestures.zoom(middle, spread / spreadBefore);
      }
    }
    down.set(event.pointerId, now);
  };
  const onUp = (event: PointerEvent) => {
    if (!down.delete(event.pointerId)) return;
    if (event.type === "pointerup" && !moved && down.size === 0) gestures.tap(at(event));
    // What remains of a pinch pans on, and is no tap.
    started = null;
  };
  const onLeave = () => gestures.hover(null);
  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const step = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    // A pinch on a touchpad arrives as small steps with the control key.
    gestures.zoom(at(event), Math.exp(-step * (event.ctrlKey ? 0.01 : 0.0022)));
  };
  canvas.addEventListener("pointerdown", onDown);
  canvas.addEventListener("pointermove", onMove);
  canvas.addEventListener("pointerup", onUp);
  canvas.addEventListener("pointercancel", onUp);
  canvas.addEventListener("pointerleave", onLeave);
  canvas.addEventListener("wheel", onWheel, { passive: false });
  return () => {
    canvas.removeEventListener("pointerdown", onDown);
    canvas.removeEventListener("pointermove", onMove);
    canvas.removeEventListener("pointerup", onUp);
    canvas.removeEventListener("pointercancel", onUp);
    canvas.removeEventListener("pointerleave", onLeave);
    canvas.removeEventListener("wheel", onWheel);
  };
}
