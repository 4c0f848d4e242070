import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { between, fitView, keepInSight, pan, seen, toHall, toScreen, zoomAt } from "./map-view";

const size = { width: 390, height: 600 };
const bounds = { left: -200, top: -30, right: 200, bottom: 400 };

describe("the map's view", () => {
  it("fits the hall with room at the sides", () => {
    const view = fitView(bounds, size, 10);
    const corner = toScreen(view, size, { x: bounds.left, y: bounds.top });
    expect(corner.x).toBeCloseTo(10);
    expect(corner.y).toBeGreaterThan(10);
    expect(seen(view, size).right).toBeGreaterThan(bounds.right);
  });

  it("keeps the point under the finger while zooming, within the limits", () => {
    const pixel = fc.record({ x: fc.integer({ min: 0, max: 390 }), y: fc.integer({ min: 0, max: 600 }) });
    fc.assert(
      fc.property(pixel, fc.double({ min: 0.1, max: 10, noNaN: true }), (at, factor) => {
        const view = fitView(bounds, size);
        const zoomed = zoomAt(view, size, at, factor, [0.5, 40]);
        const before = toHall(view, size, at);
        const after = toHall(zoomed, size, at);
        expect(after.x).toBeCloseTo(before.x, 6);
        expect(after.y).toBeCloseTo(before.y, 6);
        expect(zoomed.scale).toBeGreaterThanOrEqual(0.5);
        expect(zoomed.scale).toBeLessThanOrEqual(40);
      }),
    );
  });

  it("moves with the finger and never loses the hall", () => {
    const view = fitView(bounds, size);
    const moved = pan(view, 50, 0);
    expect(toScreen(moved, size, { x: 0, y: 0 }).x - toScreen(view, size, { x: 0, y: 0 }).x).toBeCloseTo(50);
    expect(keepInSight(pan(view, 99_999, 99_999), bounds)).toMatchObject({ x: bounds.left, y: bounds.top });
  });

  it("glides from one view to another", () => {
    const from = fitView(bounds, size);
    const to = { x: 50, y: 90, scale: 20 };
    expect(between(from, to, 0)).toEqual(from);
    const end = between(from, to, 1);
    expect(end.x).toBeCloseTo(50);
    expect(end.scale).toBeCloseTo(20);
  });
});
