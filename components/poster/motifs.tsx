import type { ReactNode } from "react";
import type { Palette } from "./palettes";
import type { Random } from "./random";

/** Draws into a box of `width` × `height`, which cuts off whatever reaches beyond it. */
export type Motif = (box: { width: number; height: number; random: Random; palette: Palette }) => ReactNode;

const round = (n: number): number => Math.round(n * 10) / 10;
const steps = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** An arena seen from above: rings around a stage that stands off the middle. */
export const rings: Motif = ({ width, height, random, palette }) => {
  const x = round(width * (0.3 + random.next() * 0.4));
  const y = round(height * (0.42 + random.next() * 0.2));
  const gap = random.whole(30, 40);
  const lit = random.whole(2, 5);
  return (
    <g fill="none">
      {steps(15).map((i) => (
        <circle
          key={i}
          cx={x}
          cy={y}
          r={gap * (i + 1.2)}
          stroke={i === lit || i === lit + 4 ? palette.lead : palette.mate}
          strokeWidth={i === lit ? gap * 0.8 : i % 3 === 0 ? gap * 0.36 : gap * 0.12}
          strokeDasharray={i % 3 === 2 ? `${gap * 0.12} ${gap * 0.26}` : undefined}
        />
      ))}
      <circle cx={x} cy={y} r={gap * 0.62} fill={palette.ink} />
    </g>
  );
};

/** Strings of a bowed instrument, one of them just struck. */
export const strings: Motif = ({ width, height, random, palette }) => {
  const count = random.whole(22, 30);
  const centre = 0.32 + random.next() * 0.36;
  const struck = random.whole(Math.floor(count * 0.35), Math.floor(count * 0.6));
  return (
    <g fill="none" strokeLinecap="round">
      {steps(count).map((i) => {
        const along = (i + 0.5) / count;
        const x = round(along * width);
        const swing = Math.exp(-(((along - centre) / 0.16) ** 2)) * width * 0.34;
        const bow = round(x + swing * (along < centre ? -1 : 1) * (0.55 + Math.abs(along - centre) * 2));
        return (
          <path
            key={along}
            d={`M${x} -10Q${bow} ${round(height * 0.52)} ${x} ${height + 10}`}
            stroke={i === struck ? palette.lead : i % 4 === 0 ? palette.ink : palette.mate}
            strokeWidth={i === struck ? 13 : i % 4 === 0 ? 4 : 2.5}
          />
        );
      })}
    </g>
  );
};

/** A moon that goes down, slice by slice. */
export const moon: Motif = ({ width, height, random, palette }) => {
  const r = Math.min(width, height) * (0.44 + random.next() * 0.05);
  const x = round(width * (0.46 + random.next() * 0.14));
  const y = round(height * 0.54);
  const star = random.pick([0.12, 0.88]);
  return (
    <>
      <circle cx={x} cy={y} r={round(r)} fill={palette.lead} />
      {steps(8).map((i) => (
        <rect
          key={i}
          x="0"
          y={round(y - r * 0.06 + i * r * 0.14)}
          width={width}
          height={round(3 + i * r * 0.016)}
          fill={palette.paper}
        />
      ))}
      <circle cx={round(width * star)} cy={round(height * 0.15)} r={round(r * 0.085)} fill={palette.mate} />
    </>
  );
};

/** A running track's lanes, seen from the last row of the stand. */
export const lanes: Motif = ({ width, height, random, palette }) => {
  const tilt = random.pick([-24, -18, 18, 24]);
  const fast = random.whole(1, 4);
  return (
    <g fill="none" transform={`rotate(${tilt} ${width / 2} ${height / 2})`}>
      {steps(8).map((i) => {
        const w = width * 1.28 - i * 76;
        const h = height * 0.98 - i * 52;
        if (h < 24) return null;
        return (
          <rect
            key={i}
            x={round((width - w) / 2 + width * 0.1)}
            y={round((height - h) / 2)}
            width={round(w)}
            height={round(h)}
            rx={round(h / 2)}
            stroke={i === fast ? palette.lead : i % 2 ? palette.mate : palette.ink}
            strokeWidth={i === fast ? 24 : i % 2 ? 12 : 3}
          />
        );
      })}
    </g>
  );
};

/** Quarters and halves of discs on a grid, set by chance. */
export const tiles: Motif = ({ width, height, random, palette }) => {
  const size = width / 5;
  const rows = Math.ceil(height / size);
  const inks = [palette.lead, palette.mate, palette.ink] as const;
  return steps(rows * 5).map((i) => {
    const x = round((i % 5) * size);
    const y = round(Math.floor(i / 5) * size);
    const fill = random.pick(inks);
    const kind = random.whole(0, 6);
    const turn = random.whole(0, 3) * 90;
    const spin = `rotate(${turn} ${round(x + size / 2)} ${round(y + size / 2)})`;
    const s = round(size);
    if (kind === 0) return null;
    if (kind === 1) return <circle key={`${x}-${y}`} cx={x + s / 2} cy={y + s / 2} r={round(s * 0.3)} fill={fill} />;
    if (kind === 2)
      return <path key={`${x}-${y}`} d={`M${x} ${y}h${s}v${s / 2}h${-s}z`} fill={fill} transform={spin} />;
    if (kind === 3)
      return <path key={`${x}-${y}`} d={`M${x} ${y}a${s / 2} ${s / 2} 0 0 0 ${s} 0z`} fill={fill} transform={spin} />;
    return <path key={`${x}-${y}`} d={`M${x} ${y}h${s}a${s} ${s} 0 0 1 ${-s} ${s}z`} fill={fill} transform={spin} />;
  });
};

/** Sound as bands that swell and fade. */
export const waves: Motif = ({ width, height, random, palette }) => {
  const count = random.whole(9, 12);
  const beat = width / random.whole(2, 3);
  const peak = 0.25 + random.next() * 0.5;
  const shift = random.next() * beat;
  return steps(count).map((i) => {
    const y = ((i + 0.6) / count) * height;
    const swell = 8 + Math.exp(-(((y / height - peak) / 0.24) ** 2)) * height * 0.085;
    const curve = steps(6)
      .map((n) => `q${round(beat / 4)} ${round(n % 2 ? swell : -swell)} ${round(beat / 2)} 0`)
      .join("");
    return (
      <path
        key={y}
        d={`M${round(-shift - (i % 2) * (beat / 2))} ${round(y)}${curve}${curve}`}
        fill="none"
        stroke={i % 4 === 1 ? palette.lead : i % 2 ? palette.ink : palette.mate}
        strokeWidth={round((height / count) * (i % 4 === 1 ? 0.62 : 0.3))}
      />
    );
  });
};

/** The house from the stage: rows of seats, one of them taken. */
export const house: Motif = ({ width, height, random, palette }) => {
  const rows = 9;
  const own = { row: random.whole(0, 2), seat: random.next() };
  return steps(rows).map((row) => {
    const radius = height * (0.34 + row * 0.115);
    const seats = 9 + row * 3;
    const taken = row === own.row ? Math.round(own.seat * (seats - 5)) + 2 : -1;
    return steps(seats).map((seat) => {
      const angle = Math.PI * (0.06 + (0.88 * (seat + 0.5)) / seats);
      return (
        <circle
          key={`${row}-${angle}`}
          cx={round(width / 2 - Math.cos(angle) * radius)}
          cy={round(height * -0.16 + Math.sin(angle) * radius)}
          r={seat === taken ? 20 : round(12.5 - row * 0.45)}
          fill={seat === taken ? palette.lead : row % 3 === 2 ? palette.ink : palette.mate}
        />
      );
    });
  });
};

/** Light from the rig: beams that cross over an empty stage. */
export const beams: Motif = ({ width, height, random, palette }) => {
  const count = random.whole(4, 5);
  return (
    <>
      {steps(count).map((i) => {
        const from = ((i + 0.5) / count) * width;
        const to = width * (0.12 + random.next() * 0.76);
        const spread = random.whole(60, 120);
        return (
          <path
            key={from}
            d={`M${round(from)} -8L${round(to - spread)} ${round(height * 0.9)}H${round(to + spread)}z`}
            fill={i % 2 ? palette.mate : palette.lead}
            fillOpacity={i % 2 ? 0.85 : 0.8}
          />
        );
      })}
      <ellipse
        cx={width / 2}
        cy={round(height * 0.9)}
        rx={round(width * 0.46)}
        ry={round(height * 0.055)}
        fill={palette.ink}
      />
    </>
  );
};

export const MOTIFS = [rings, strings, moon, lanes, tiles, waves, house, beams] as const satisfies readonly Motif[];
