import { byNaturalName, levelOf } from "./section-name";

/** A section as the concert names it; the order of the list is the order of seat indexes. */
export type HallSection = { name: string; tier: string; rows: number; seatsPerRow: number; map?: MapBlock | undefined };

/** A block as an organiser drew it: its upper left corner before turning, and the turn round its middle in degrees. */
export type MapBlock = { x: number; y: number; width: number; height: number; rotation?: number | undefined };

/** The organiser's drawing that the sections' `map` belong to. */
export type SeatMap = { width: number; height: number; stage?: MapBlock | undefined };

/** Where one section stands. A unit is the distance between two neighbouring seats; y grows away from the stage. */
export type Placement =
  /** Rows are straight: the middle of the front edge, and the turn (radians, clockwise) that faces the stage. */
  | { kind: "straight"; x: number; y: number; turn: number; pitch: number; rowPitch?: number }
  /** Rows bend round a point: its place, the front row's radius, the middle's angle from straight down. */
  | { kind: "bent"; x: number; y: number; radius: number; angle: number; pitch: number };

export type Block = {
  section: number;
  name: string;
  tier: string;
  rows: number;
  seatsPerRow: number;
  /** Index of its first seat in the hall; seats follow row by row. */
  firstSeat: number;
  /** Seats drawn side by side: fewer than `seatsPerRow` where one long row is folded into lines. */
  columns: number;
  lines: number;
  placement: Placement;
  /** Corners of its outline, clockwise from the front left: x, y, x, y, … */
  outline: number[];
  bounds: Box;
  /** The middle, where its name stands. */
  middle: Point;
};

export type Point = { x: number; y: number };
export type Box = { left: number; top: number; right: number; bottom: number };
export type Hall = { blocks: Block[]; seats: number; stage: Box; bounds: Box };

const AISLE = 2;
const RING_GAP = 6;
/** From the stage to the first row. */
const STAGE_GAP = 4;
/** A level with more sections than this goes round the floor; fewer stand side by side like a theatre's. */
const THEATRE_SECTIONS = 7;
/** Chairs on a floor stand wider than fixed seats, within this. */
const FLOOR_PITCH_MOST = 2;
const FOLD_OVER = 20;

type Sized = { index: number; section: HallSection; columns: number; lines: number; width: number; depth: number };
type Placed = { sized: Sized; placement: Placement };

/**
 * Lays out a believable hall from nothing but its sections: the stage on top, floor blocks in a grid before it, tiers
 * bending round it level by level. Pure: the same sections always give the same hall.
 */
export function layoutHall(sections: readonly HallSection[], seatMap?: SeatMap): Hall {
  if (seatMap && sections.every(({ map }) => map)) return drawnHall(sections, seatMap);
  const only = sections.length === 1;
  const all = sections.map((section, index) => sizeOf(section, index, only));
  const floor = all.filter(({ section }) => levelOf(section.name) === 0);
  const loose = all.filter(({ section }) => levelOf(section.name) === null);
  const tiers = groupByLevel(all);

  const placed: Placed[] = [];
  let stageWidth: number;
  const round = tiers.some((tier) => tier.length > THEATRE_SECTIONS);
  if (round) {
    stageWidth = placeArena([...floor, ...loose], tiers, placed);
  } else if (only && (sections[0]?.rows ?? 0) === 1) {
    stageWidth = placeGrid(all, 1, placed, 2).width * 0.8;
  } else if (tiers.length > 0 || (loose.length > 0 && loose.length <= THEATRE_SECTIONS && floor.length === 0)) {
    stageWidth = placeTheatre([...(floor.length ? [floor] : []), ...(loose.length ? [loose] : []), ...tiers], placed);
  } else {
    stageWidth = placeGrid([...floor, ...loose], 1, placed).width * 0.6;
  }
  return finish(sections, placed, stageOf(stageWidth));
}

function stageOf(width: number): Box {
  return { left: -width / 2, right: width / 2, top: -Math.max(2, width * 0.16), bottom: 0 };
}

/** The hall as its organiser drew it, in units of the usual distance between its seats. */
function drawnHall(sections: readonly HallSection[], seatMap: SeatMap): Hall {
  const pitches = sections
    .map(({ map, rows, seatsPerRow }) => (map ? Math.min(map.width / seatsPerRow, map.height / rows) : 1))
    .sort((a, b) => a - b);
  const unit = pitches[pitches.length >> 1] ?? 1;
  const placed = sections.flatMap((section, index): Placed[] => {
    const { map, rows, seatsPerRow } = section;
    if (!map) return [];
    const turn = ((map.rotation ?? 0) * Math.PI) / 180;
    // From the middle, round which it is turned, forward to the front edge.
    const x = map.x + map.width / 2 + (Math.sin(turn) * map.height) / 2;
    const y = map.y + map.height / 2 - (Math.cos(turn) * map.height) / 2;
    const placement: Placement = {
      kind: "straight",
      x: x / unit,
      y: y / unit,
      turn,
      pitch: map.width / seatsPerRow / unit,
      rowPitch: map.height / rows / unit,
    };
    const sized = { index, section, columns: seatsPerRow, lines: rows, width: seatsPerRow, depth: rows };
    return [{ sized, placement }];
  });
  const { stage } = seatMap;
  const box = stage
    ? {
        left: stage.x / unit,
        top: stage.y / unit,
        right: (stage.x + stage.width) / unit,
        bottom: (stage.y + stage.height) / unit,
      }
    : { ...stageOf((seatMap.width / unit) * 0.4) };
  if (!stage) {
    const middle = seatMap.width / unit / 2;
    box.left += middle;
    box.right += middle;
  }
  return finish(sections, placed, box);
}

function sizeOf(section: HallSection, index: number, only: boolean): Sized {
  let columns = section.seatsPerRow;
  let lines = section.rows;
  // One long row is a room's whole floor: folded into lines it looks like the room and fits a phone.
  if (only && section.rows === 1 && section.seatsPerRow > FOLD_OVER) {
    columns = Math.max(5, Math.min(14, Math.round(Math.sqrt(section.seatsPerRow * 2) / 5) * 5));
    lines = Math.ceil(section.seatsPerRow / columns);
  }
  return { index, section, columns, lines, width: columns, depth: lines };
}

function groupByLevel(all: Sized[]): Sized[][] {
  const levels = new Map<number, Sized[]>();
  for (const one of all) {
    const level = levelOf(one.section.name);
    if (level === null || level === 0) continue;
    levels.set(level, [...(levels.get(level) ?? []), one]);
  }
  return [...levels.entries()].sort(([a], [b]) => a - b).map(([, tier]) => inOrder(tier));
}

const inOrder = (list: Sized[]) => [...list].sort((a, b) => byNaturalName(a.section, b.section));

const widest = (list: Sized[]) => Math.max(0, ...list.map(({ width }) => width));
const deepest = (list: Sized[]) => Math.max(0, ...list.map(({ depth }) => depth));

/** Columns of a floor grid: even rows of blocks, about as wide as deep. */
export function gridColumns(count: number, width: number, depth: number): number {
  let best = 1;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const ratio = (columns * (width + AISLE)) / (rows * (depth + AISLE));
    const cost = Math.abs(Math.log(ratio / 1.25)) + (rows * columns - count) * 0.25;
    if (cost < bestCost) {
      bestCost = cost;
      best = columns;
    }
  }
  return best;
}

/** Blocks before the stage in reading order; the grid's size in units. */
function placeGrid(
  list: Sized[],
  pitch: number,
  placed: Placed[],
  stageGap = STAGE_GAP,
): { width: number; depth: number } {
  if (list.length === 0) return { width: 0, depth: 0 };
  const ordered = inOrder(list);
  const columns = gridColumns(ordered.length, widest(ordered), deepest(ordered));
  const cellWidth = (widest(ordered) + AISLE) * pitch;
  let y = stageGap;
  for (let start = 0; start < ordered.length; start += columns) {
    const line = ordered.slice(start, start + columns);
    line.forEach((sized, i) => {
      const x = (i - (line.length - 1) / 2) * cellWidth;
      placed.push({ sized, placement: { kind: "straight", x, y, turn: 0, pitch } });
    });
    y += (deepest(line) + AISLE) * pitch;
  }
  return { width: columns * cellWidth, depth: y };
}

/** Levels side by side on arcs round the stage; the stage's width. */
function placeTheatre(levels: Sized[][], placed: Placed[]): number {
  const widths = levels.map((level) => level.reduce((sum, { width }) => sum + width + AISLE, 0));
  const widestLevel = Math.max(...widths);
  // The widest level spans about 57°, so that outer blocks turn to the stage and stay behind its edge.
  const centre = Math.max(widestLevel, 14);
  let front = centre;
  for (const [i, level] of levels.entries()) {
    const ordered = inOrder(level);
    let along = -(widths[i] ?? 0) / 2;
    for (const sized of ordered) {
      const middle = along + (sized.width + AISLE) / 2;
      // Measured at the front row: further back the blocks drift apart and the aisles widen.
      const angle = middle / front;
      placed.push({ sized, placement: { kind: "bent", x: 0, y: STAGE_GAP - centre, radius: front, angle, pitch: 1 } });
      along += sized.width + AISLE;
    }
    front += deepest(ordered) + RING_GAP * 0.7;
  }
  const first = levels[0] ?? [];
  return Math.min(40, Math.max(9, first.reduce((sum, { width }) => sum + width, 0) * 0.6));
}

/** A horseshoe's parts as shares of half its inner width: straight sides, round corners, straight far end. */
const SIDE = 0.85;
const CORNER = 0.7;
const END = 2 * (1 - CORNER);

/**
 * A floor and tiers on horseshoes round it: down the left side, along the far end, up the right side. The stage's width.
 */
function placeArena(floor: Sized[], tiers: Sized[][], placed: Placed[]): number {
  const grid: Placed[] = [];
  const size = placeGrid(floor, 1, grid);
  const offsets: number[] = [];
  let offset = 0;
  for (const tier of tiers) {
    offsets.push(offset);
    offset += deepest(tier) + RING_GAP;
  }
  // Half the inner width: wide enough for the floor, and for the level that needs the longest way round.
  let half = Math.max(size.width / 2 + RING_GAP, (size.depth + RING_GAP) / (SIDE + CORNER), 20);
  for (const [i, tier] of tiers.entries()) {
    half = Math.max(half, (neededBy(tier) - Math.PI * (offsets[i] ?? 0)) / (2 * SIDE + Math.PI * CORNER + END));
  }
  const roomy = Math.min((1.6 * half) / size.width, ((SIDE + CORNER) * 0.85 * half) / size.depth);
  const pitch = floor.length === 0 ? 1 : Math.max(1, Math.min(FLOOR_PITCH_MOST, roomy));
  for (const { sized, placement } of grid) {
    const y = STAGE_GAP + (placement.y - STAGE_GAP) * pitch;
    placed.push({ sized, placement: { ...placement, x: placement.x * pitch, y, pitch } });
  }
  for (const [i, tier] of tiers.entries()) placeRing(tier, half, offsets[i] ?? 0, placed);
  return Math.min(half * 0.9, Math.max(24, size.width * pitch * 0.6));
}

const neededBy = (tier: Sized[]) => tier.reduce((sum, { width }) => sum + width + AISLE, 0);

function placeRing(tier: Sized[], half: number, offset: number, placed: Placed[]): void {
  const length = 2 * SIDE * half + Math.PI * (CORNER * half + offset) + END * half;
  const needed = neededBy(tier);
  // Spread to fill the way round, unless the level is too short for that: then it gathers at the far end.
  const stretch = Math.max(1, Math.min(length / needed, 1.6));
  let along = (length - needed * stretch) / 2;
  for (const sized of tier) {
    const share = (sized.width + AISLE) * stretch;
    placed.push({ sized, placement: onHorseshoe(along + share / 2, half, offset) });
    along += share;
  }
}

/** The point `along` a horseshoe that starts beside the stage on the left; blocks there face inwards. */
function onHorseshoe(along: number, half: number, offset: number): Placement {
  const side = SIDE * half;
  const radius = CORNER * half + offset;
  const corner = (Math.PI / 2) * radius;
  const end = END * half;
  const at = (x: number, y: number, turn: number): Placement => ({ kind: "straight", x, y, turn, pitch: 1 });
  const round = (sign: 1 | -1, angle: number) =>
    at(sign * (end / 2 + Math.sin(angle) * radius), side + Math.cos(angle) * radius, -sign * angle);
  if (along < side) return at(-half - offset, along, Math.PI / 2);
  if (along < side + corner) return round(-1, Math.PI / 2 - (along - side) / radius);
  if (along < side + corner + end) return at(along - side - corner - end / 2, side + radius, 0);
  const rest = along - side - corner - end;
  if (rest < corner) return round(1, rest / radius);
  return at(half + offset, side - (rest - corner), -Math.PI / 2);
}

function finish(sections: readonly HallSection[], placed: Placed[], stage: Box): Hall {
  const firstSeats: number[] = [];
  let seats = 0;
  for (const section of sections) {
    firstSeats.push(seats);
    seats += section.rows * section.seatsPerRow;
  }
  const blocks = placed
    .map(({ sized, placement }): Block => {
      const { section, index, columns, lines } = sized;
      const shape = { placement, columns, lines };
      const outline = outlineOf(shape);
      return {
        section: index,
        name: section.name,
        tier: section.tier,
        rows: section.rows,
        seatsPerRow: section.seatsPerRow,
        firstSeat: firstSeats[index] ?? 0,
        columns,
        lines,
        placement,
        outline,
        bounds: boundsOf(outline),
        middle: place(shape, (columns - 1) / 2, (lines - 1) / 2),
      };
    })
    .sort((a, b) => a.section - b.section);
  const bounds = { ...stage };
  for (const block of blocks) {
    bounds.left = Math.min(bounds.left, block.bounds.left);
    bounds.right = Math.max(bounds.right, block.bounds.right);
    bounds.top = Math.min(bounds.top, block.bounds.top);
    bounds.bottom = Math.max(bounds.bottom, block.bounds.bottom);
  }
  return { blocks, seats, stage, bounds };
}

/** The distance from one row to the next. */
export const rowPitchOf = (placement: Placement): number =>
  placement.kind === "straight" ? (placement.rowPitch ?? placement.pitch) : placement.pitch;

type Shape = Pick<Block, "placement" | "columns" | "lines">;

/** The middle of the seat at a column and line of a block (both may be fractions, for edges and middles). */
export function place({ placement, columns }: Shape, column: number, line: number): Point {
  const across = (column - (columns - 1) / 2) * placement.pitch;
  const deep = (line + 0.5) * rowPitchOf(placement);
  if (placement.kind === "bent") {
    const radius = placement.radius + deep;
    const angle = placement.angle + across / radius;
    return { x: placement.x + Math.sin(angle) * radius, y: placement.y + Math.cos(angle) * radius };
  }
  // A turned block faces the stage: its rows go outwards, away from what it looks at.
  const { x, y, turn } = placement;
  return {
    x: x - Math.sin(turn) * deep + Math.cos(turn) * across,
    y: y + Math.cos(turn) * deep + Math.sin(turn) * across,
  };
}

/** The column and line (fractions) that a point of the hall falls on; the inverse of `place`. */
export function locate({ placement, columns }: Shape, point: Point): { column: number; line: number } {
  const dx = point.x - placement.x;
  const dy = point.y - placement.y;
  if (placement.kind === "bent") {
    const radius = Math.hypot(dx, dy);
    const across = (Math.atan2(dx, dy) - placement.angle) * radius;
    return {
      column: across / placement.pitch + (columns - 1) / 2,
      line: (radius - placement.radius) / placement.pitch - 0.5,
    };
  }
  const { turn, pitch } = placement;
  const across = Math.cos(turn) * dx + Math.sin(turn) * dy;
  const deep = -Math.sin(turn) * dx + Math.cos(turn) * dy;
  return { column: across / pitch + (columns - 1) / 2, line: deep / rowPitchOf(placement) - 0.5 };
}

function outlineOf(shape: Shape): number[] {
  const left = -0.6;
  const right = shape.columns - 0.4;
  const front = -0.6;
  const back = shape.lines - 0.4;
  const steps = shape.placement.kind === "bent" ? 12 : 1;
  const points: number[] = [];
  const add = (column: number, line: number) => {
    const { x, y } = place(shape, column, line);
    points.push(x, y);
  };
  for (let i = 0; i <= steps; i++) add(left + ((right - left) * i) / steps, front);
  for (let i = 0; i <= steps; i++) add(right - ((right - left) * i) / steps, back);
  return points;
}

function boundsOf(outline: number[]): Box {
  const box = {
    left: Number.POSITIVE_INFINITY,
    top: Number.POSITIVE_INFINITY,
    right: Number.NEGATIVE_INFINITY,
    bottom: Number.NEGATIVE_INFINITY,
  };
  for (let i = 0; i < outline.length; i += 2) {
    const x = outline[i] ?? 0;
    const y = outline[i + 1] ?? 0;
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

/** Row and number (from 1, as printed on the seat) of the seat at an index of the hall, with its block. */
export function seatAt(hall: Hall, index: number): { block: Block; row: number; number: number } | null {
  let low = 0;
  let high = hall.blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((hall.blocks[middle]?.firstSeat ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  const block = hall.blocks[low];
  if (!block || index < block.firstSeat || index >= block.firstSeat + block.rows * block.seatsPerRow) return null;
  const inside = index - block.firstSeat;
  return { block, row: Math.floor(inside / block.seatsPerRow) + 1, number: (inside % block.seatsPerRow) + 1 };
}

/** The index of a seat in its block's hall. */
export const seatIndex = (block: Block, row: number, number: number): number =>
  block.firstSeat + (row - 1) * block.seatsPerRow + (number - 1);

/** Column and line at which a seat of a block is drawn. */
export function cellOf(block: Block, inside: number): { column: number; line: number } {
  return { column: inside % block.columns, line: Math.floor(inside / block.columns) };
}

/** The seat under a point of the hall, or the block alone between its seats, or nothing. */
export function hit(hall: Hall, point: Point): { block: Block; seat: number | null } | null {
  for (const block of hall.blocks) {
    const { bounds } = block;
    if (point.x < bounds.left || point.x > bounds.right || point.y < bounds.top || point.y > bounds.bottom) continue;
    const { column, line } = locate(block, point);
    if (column < -0.6 || column > block.columns - 0.4 || line < -0.6 || line > block.lines - 0.4) continue;
    const atColumn = Math.min(block.columns - 1, Math.max(0, Math.round(column)));
    const atLine = Math.min(block.lines - 1, Math.max(0, Math.round(line)));
    const inside = atLine * block.columns + atColumn;
    return { block, seat: inside < block.rows * block.seatsPerRow ? block.firstSeat + inside : null };
  }
  return null;
}
