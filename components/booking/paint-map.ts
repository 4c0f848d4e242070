import { type Block, cellOf, type Hall, place, rowPitchOf } from "./hall-layout";
import type { MapColors } from "./map-colors";
import { type MapView, overlap, type Size, seen, toScreen } from "./map-view";
import { SEAT, type SeatStore } from "./seat-store";
import { shortName } from "./section-name";

/** Everything one picture of the hall is made from. */
export type MapPicture = {
  hall: Hall;
  store: SeatStore;
  view: MapView;
  size: Size;
  /** Device pixels per CSS pixel. */
  density: number;
  colors: MapColors;
  /** A tier's place in the concert's list, by its name. */
  tierOrdinal: ReadonlyMap<string, number>;
  /** Only this tier is offered; the others step back. */
  onlyTier: string | null;
  selected: ReadonlySet<number>;
  hovered: number | null;
  stageText: string;
  fontFamily: string;
};

/** From so many pixels between two seats on, seats are drawn; below, sections. */
export const SEATS_FROM = 4;
/** From here on each seat has its own shape, and can be picked with a finger. */
export const PICK_FROM = 11;
const NUMBERS_FROM = 19;

/** Paints the hall: sections from afar, seats from near, and only what is on the canvas. Returns the seats painted. */
export function paintMap(context: CanvasRenderingContext2D, picture: MapPicture): number {
  const { hall, view, size, density, colors } = picture;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  paintStage(context, picture);
  const window = seen(view, size);
  let painted = 0;
  for (const block of hall.blocks) {
    if (!overlap(block.bounds, window)) continue;
    const pixels = Math.min(block.placement.pitch, rowPitchOf(block.placement)) * view.scale;
    if (pixels < SEATS_FROM) {
      paintSection(context, picture, block);
    } else {
      painted += block.rows * block.seatsPerRow;
      if (pixels < PICK_FROM && block.placement.kind === "straight") paintRuns(context, picture, block);
      else paintSeats(context, picture, block, pixels);
      context.setTransform(density, 0, 0, density, 0, 0);
      paintSectionName(context, picture, block);
    }
  }
  context.setTransform(density, 0, 0, density, 0, 0);
  context.globalAlpha = 1;
  paintMarked(context, picture, colors);
  return painted;
}

function paintStage(
  context: CanvasRenderingContext2D,
  { hall, view, size, colors, stageText, fontFamily }: MapPicture,
) {
  const from = toScreen(view, size, { x: hall.stage.left, y: hall.stage.top });
  const to = toScreen(view, size, { x: hall.stage.right, y: hall.stage.bottom });
  const width = to.x - from.x;
  const height = to.y - from.y;
  context.fillStyle = colors.stage;
  context.beginPath();
  context.roundRect(from.x, from.y, width, height, Math.min(14, height / 4));
  context.fill();
  const text = Math.min(22, height * 0.4, width / 7);
  if (text < 7) return;
  context.fillStyle = colors.onStage;
  context.font = `700 ${text}px ${fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(stageText, (from.x + to.x) / 2, (from.y + to.y) / 2);
}

const colorOf = ({ colors, tierOrdinal }: MapPicture, block: Block): string =>
  colors.tiers[(tierOrdinal.get(block.tier) ?? 0) % colors.tiers.length] ?? colors.muted;

const stepsBack = ({ onlyTier }: MapPicture, block: Block) => onlyTier !== null && onlyTier !== block.tier;

function traceOutline(context: CanvasRenderingContext2D, { view, size }: MapPicture, block: Block): void {
  context.beginPath();
  for (let i = 0; i < block.outline.length; i += 2) {
    const point = toScreen(view, size, { x: block.outline[i] ?? 0, y: block.outline[i + 1] ?? 0 });
    if (i === 0) context.moveTo(point.x, point.y);
    else context.lineTo(point.x, point.y);
  }
  context.closePath();
}

/** A section from afar: its colour as full as its seats are free. */
function paintSection(context: CanvasRenderingContext2D, picture: MapPicture, block: Block): void {
  const { store, colors, view, size, fontFamily } = picture;
  const seats = block.rows * block.seatsPerRow;
  const known = store.version > 0;
  const left = store.left[block.section] ?? 0;
  const free = known ? left / seats : 1;
  const off = stepsBack(picture, block) || (known && left === 0);
  traceOutline(context, picture, block);
  context.globalAlpha = 1;
  context.fillStyle = colors.taken;
  context.fill();
  if (!off) {
    context.globalAlpha = known ? 0.55 + 0.45 * free : 0.35;
    context.fillStyle = colorOf(picture, block);
    context.fill();
  }
  context.globalAlpha = 1;
  const label = shortName(block.name);
  const width = block.columns * block.placement.pitch * view.scale;
  const depth = block.lines * rowPitchOf(block.placement) * view.scale;
  const turn = block.placement.kind === "straight" ? block.placement.turn : block.placement.angle;
  // The name stands upright: what counts is the room across the turned block.
  const room = Math.min(
    Math.abs(Math.cos(turn)) > 0.01 ? width / Math.abs(Math.cos(turn)) : Number.POSITIVE_INFINITY,
    Math.abs(Math.sin(turn)) > 0.01 ? depth / Math.abs(Math.sin(turn)) : Number.POSITIVE_INFINITY,
  );
  const text = Math.min(20, Math.min(width, depth) * 0.7, (room * 0.86) / (0.62 * Math.max(1, label.length)));
  if (text < 6.5) return;
  const at = toScreen(view, size, block.middle);
  context.fillStyle = off ? colors.muted : colors.onTier;
  context.font = `700 ${text}px ${fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(label, at.x, at.y);
}

/** Puts the block's own grid under the pen: seat (column, line) is the unit square at that place. */
function enterBlock(context: CanvasRenderingContext2D, { view, size, density }: MapPicture, block: Block): void {
  if (block.placement.kind !== "straight") return;
  const { x, y, turn, pitch } = block.placement;
  const rowPitch = rowPitchOf(block.placement);
  const front = toScreen(view, size, { x, y });
  const across = view.scale * pitch * density;
  const deep = view.scale * rowPitch * density;
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const half = block.columns / 2;
  context.setTransform(
    cos * across,
    sin * across,
    -sin * deep,
    cos * deep,
    front.x * density - cos * across * half,
    front.y * density - sin * across * half,
  );
}

/** Seats from the middle distance: runs of free seats in one stroke each, then the gaps as a grid over them. */
function paintRuns(context: CanvasRenderingContext2D, picture: MapPicture, block: Block): void {
  const { store, colors } = picture;
  enterBlock(context, picture, block);
  const seats = block.rows * block.seatsPerRow;
  context.globalAlpha = 1;
  context.fillStyle = colors.taken;
  const fullLines = Math.floor(seats / block.columns);
  context.fillRect(0, 0, block.columns, fullLines);
  if (seats % block.columns > 0) context.fillRect(0, fullLines, seats % block.columns, 1);
  if (!stepsBack(picture, block)) {
    context.fillStyle = colorOf(picture, block);
    if ((store.left[block.section] ?? 0) === seats) {
      context.fillRect(0, 0, block.columns, fullLines);
      if (seats % block.columns > 0) context.fillRect(0, fullLines, seats % block.columns, 1);
    } else {
      for (let line = 0; line < block.lines; line++) {
        let from = -1;
        for (let column = 0; column <= block.columns; column++) {
          const inside = line * block.columns + column;
          const free =
            column < block.columns && inside < seats && store.states[block.firstSeat + inside] === SEAT.available;
          if (free && from < 0) from = column;
          if (!free && from >= 0) {
            context.fillRect(from, line, column - from, 1);
            from = -1;
          }
        }
      }
    }
  }
  context.strokeStyle = colors.paper;
  context.lineWidth = 0.26;
  context.beginPath();
  for (let column = 0; column <= block.columns; column++) {
    context.moveTo(column, 0);
    context.lineTo(column, block.lines);
  }
  for (let line = 0; line <= block.lines; line++) {
    context.moveTo(0, line);
    context.lineTo(block.columns, line);
  }
  context.stroke();
}

/** Seats from near: a shape for each, taken ones flat and smaller, numbers once they can be read. */
function paintSeats(context: CanvasRenderingContext2D, picture: MapPicture, block: Block, pixels: number): void {
  const { store, colors, view, size, density, fontFamily } = picture;
  const window = seen(view, size);
  const pitch = block.placement.pitch;
  const room = {
    left: window.left - pitch,
    right: window.right + pitch,
    top: window.top - pitch,
    bottom: window.bottom + pitch,
  };
  context.setTransform(density, 0, 0, density, 0, 0);
  context.globalAlpha = 1;
  const seats = block.rows * block.seatsPerRow;
  const off = stepsBack(picture, block);
  const numbers: { text: string; x: number; y: number }[] = [];
  const free = new Path2D();
  const taken = new Path2D();
  const round = pixels * 0.4;
  const small = pixels * 0.22;
  for (let inside = 0; inside < seats; inside++) {
    const { column, line } = cellOf(block, inside);
    const point = place(block, column, line);
    if (point.x < room.left || point.x > room.right || point.y < room.top || point.y > room.bottom) continue;
    const { x, y } = toScreen(view, size, point);
    if (store.states[block.firstSeat + inside] === SEAT.available && !off) {
      free.moveTo(x + round, y);
      free.arc(x, y, round, 0, Math.PI * 2);
      if (pixels >= NUMBERS_FROM) numbers.push({ text: String((inside % block.seatsPerRow) + 1), x, y });
    } else {
      taken.moveTo(x + small, y);
      taken.arc(x, y, small, 0, Math.PI * 2);
    }
  }
  context.fillStyle = colors.taken;
  context.fill(taken);
  context.fillStyle = colorOf(picture, block);
  context.fill(free);
  if (numbers.length > 0) {
    context.fillStyle = colors.onTier;
    context.font = `600 ${Math.min(15, pixels * 0.42)}px ${fontFamily}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const { text, x, y } of numbers) context.fillText(text, x, y + 0.5);
  }
  if (pixels >= NUMBERS_FROM && block.rows > 1) paintRowNumbers(context, picture, block, pixels);
}

function paintRowNumbers(context: CanvasRenderingContext2D, picture: MapPicture, block: Block, pixels: number): void {
  const { view, size, colors, fontFamily } = picture;
  context.fillStyle = colors.muted;
  context.font = `600 ${Math.min(13, pixels * 0.4)}px ${fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let row = 0; row < block.rows; row++) {
    const { x, y } = toScreen(view, size, place(block, -1.05, row));
    if (x > -20 && x < size.width + 20 && y > -20 && y < size.height + 20) context.fillText(String(row + 1), x, y);
  }
}

/** The section's name at its back edge, once its middle belongs to the seats. */
function paintSectionName(context: CanvasRenderingContext2D, picture: MapPicture, block: Block): void {
  const { view, size, colors, fontFamily } = picture;
  const gap = Math.min(1.1, 9 / (view.scale * rowPitchOf(block.placement)));
  const { x, y } = toScreen(view, size, place(block, (block.columns - 1) / 2, block.lines - 0.4 + gap));
  context.font = `700 12px ${fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 4;
  context.strokeStyle = colors.paper;
  context.strokeText(block.name, x, y);
  context.fillStyle = colors.ink;
  context.fillText(block.name, x, y);
}

/** The fan's own seats and the one under the mouse, above everything else and visible from any distance. */
function paintMarked(context: CanvasRenderingContext2D, picture: MapPicture, colors: MapColors): void {
  const { hall, view, size, selected, hovered } = picture;
  const mark = (index: number, chosen: boolean) => {
    const block = hall.blocks.findLast(({ firstSeat }) => firstSeat <= index);
    if (!block) return;
    const cell = cellOf(block, index - block.firstSeat);
    const { x, y } = toScreen(view, size, place(block, cell.column, cell.line));
    const radius = Math.max(chosen ? 5 : 3, block.placement.pitch * view.scale * 0.46);
    context.beginPath();
    context.arc(x, y, radius, 0, Math.PI * 2);
    if (chosen) {
      context.fillStyle = colors.selected;
      context.fill();
      context.lineWidth = Math.max(2, radius * 0.18);
      context.strokeStyle = colors.onSelected;
      context.stroke();
      context.beginPath();
      context.moveTo(x - radius * 0.38, y + radius * 0.02);
      context.lineTo(x - radius * 0.08, y + radius * 0.32);
      context.lineTo(x + radius * 0.4, y - radius * 0.28);
      context.strokeStyle = colors.onSelected;
      context.lineWidth = Math.max(1.5, radius * 0.22);
      context.lineCap = "round";
      context.lineJoin = "round";
      context.stroke();
    } else {
      context.strokeStyle = colors.ink;
      context.lineWidth = 2;
      context.stroke();
    }
  };
  if (hovered !== null && !selected.has(hovered)) mark(hovered, false);
  for (const index of selected) mark(index, true);
}
