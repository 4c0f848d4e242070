import type { Box, Point } from "./hall-layout";

/** What of the hall is seen: the hall's point in the middle of the canvas, and pixels per unit. */
export type MapView = { x: number; y: number; scale: number };
export type Size = { width: number; height: number };

/** The view that shows a whole box with `padding` pixels around it, at most at `most` pixels per unit. */
export function fitView(box: Box, size: Size, padding = 16, most = 48): MapView {
  const width = Math.max(0.001, box.right - box.left);
  const height = Math.max(0.001, box.bottom - box.top);
  const scale = Math.min(
    most,
    Math.max(0.05, Math.min((size.width - padding * 2) / width, (size.height - padding * 2) / height)),
  );
  return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2, scale };
}

export const toScreen = (view: MapView, size: Size, point: Point): Point => ({
  x: (point.x - view.x) * view.scale + size.width / 2,
  y: (point.y - view.y) * view.scale + size.height / 2,
});

export const toHall = (view: MapView, size: Size, point: Point): Point => ({
  x: (point.x - size.width / 2) / view.scale + view.x,
  y: (point.y - size.height / 2) / view.scale + view.y,
});

/** Zooms so that the hall's point under `at` (pixels) stays under it. */
export function zoomAt(view: MapView, size: Size, at: Point, factor: number, limits: [number, number]): MapView {
  const scale = Math.min(limits[1], Math.max(limits[0], view.scale * factor));
  const fixed = toHall(view, size, at);
  return {
    x: fixed.x - (at.x - size.width / 2) / scale,
    y: fixed.y - (at.y - size.height / 2) / scale,
    scale,
  };
}

/** Moves the hall with the finger by pixels. */
export const pan = (view: MapView, dx: number, dy: number): MapView => ({
  ...view,
  x: view.x - dx / view.scale,
  y: view.y - dy / view.scale,
});

/** Keeps the middle of the canvas over the hall, so that it cannot be lost from sight. */
export function keepInSight(view: MapView, bounds: Box): MapView {
  return {
    ...view,
    x: Math.min(bounds.right, Math.max(bounds.left, view.x)),
    y: Math.min(bounds.bottom, Math.max(bounds.top, view.y)),
  };
}

/** The view a share (0 to 1) of the way between two, eased; the scale moves by ratio, as the eye expects. */
export function between(from: MapView, to: MapView, share: number): MapView {
  const eased = 1 - (1 - share) ** 3;
  const scale = from.scale * (to.scale / from.scale) ** eased;
  // Moves in step with the scale, so that the target comes closer in a straight line.
  const moved = to.scale === from.scale ? eased : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale);
  return { x: from.x + (to.x - from.x) * moved, y: from.y + (to.y - from.y) * moved, scale };
}

/** The part of the hall that is on the canvas. */
export function seen(view: MapView, size: Size): Box {
  const half = { width: size.width / 2 / view.scale, height: size.height / 2 / view.scale };
  return {
    left: view.x - half.width,
    right: view.x + half.width,
    top: view.y - half.height,
    bottom: view.y + half.height,
  };
}

export const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
