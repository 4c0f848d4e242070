import { blockHeight, lineGap, setTitle } from "./lettering";
import { MOTIFS } from "./motifs";
import { PALETTES } from "./palettes";
import { hash, randomFrom } from "./random";

const WIDTH = 600;
const HEIGHT = 800;
const EDGE = 36;

/** Chosen so that neighbours in the example catalogue come from different presses. */
const PRESS = "4c2";
const INKS = "xb";
const SETTING = "5";

export type PosterSubject = { slug: string; title: string; artist: string };

/** The colour the poster is printed on, for the surroundings to pick up. */
export const posterPaper = (slug: string): string => palette(slug).paper;

const motif = (slug: string) => MOTIFS[hash(`${PRESS}/${slug}`) % MOTIFS.length] ?? MOTIFS[0];
const palette = (slug: string) => PALETTES[hash(`${INKS}/${slug}`) % PALETTES.length] ?? PALETTES[0];

/**
 * A concert's poster, drawn from its slug alone: always the same for one concert, and no two alike. Letters and
 * geometry only. Decoration: whoever shows it writes title and artist beside it.
 */
export function Poster({
  concert,
  line,
  className = "",
}: {
  concert: PosterSubject;
  line?: string;
  className?: string;
}) {
  const inks = palette(concert.slug);
  const random = randomFrom(`${SETTING}/${concert.slug}`);
  const titleOnTop = random.next() < 0.4;
  const measure = WIDTH - EDGE * 2;
  const lines = setTitle(concert.title, measure, HEIGHT * 0.42);
  const title = blockHeight(lines, measure);
  const print = 46;
  const field = HEIGHT - title - print - EDGE * 1.7;
  const titleTop = titleOnTop ? EDGE + print : HEIGHT - EDGE - print - title;
  const printBase = titleOnTop ? EDGE + 18 : HEIGHT - EDGE;
  let below = titleTop;

  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" className={`block ${className}`}>
      <rect width={WIDTH} height={HEIGHT} fill={inks.paper} />
      <svg aria-hidden="true" x="0" y={titleOnTop ? HEIGHT - field : 0} width={WIDTH} height={field}>
        {motif(concert.slug)({ width: WIDTH, height: field, random, palette: inks })}
      </svg>
      <g fill={inks.ink} fontWeight="800" letterSpacing="-0.045em" wordSpacing="0.04em">
        {lines.map(({ text, size, fills, rise, fall }) => {
          const y = below + rise;
          below = y + fall + lineGap(measure);
          return (
            <text
              key={y}
              x={EDGE - size * 0.03}
              y={y}
              fontSize={size}
              textLength={fills ? measure : undefined}
              lengthAdjust={fills ? "spacingAndGlyphs" : undefined}
            >
              {text}
            </text>
          );
        })}
      </g>
      <g fill={inks.ink} fontSize="20" fontWeight="650" wordSpacing="0.09em">
        <text x={EDGE} y={printBase}>
          {concert.artist.length > 34 ? `${concert.artist.slice(0, 33)}…` : concert.artist}
        </text>
        {line && (
          <text x={WIDTH - EDGE} y={printBase} textAnchor="end">
            {line}
          </text>
        )}
      </g>
    </svg>
  );
}
