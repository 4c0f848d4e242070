import { type Curve, clock } from "./plot";

const WIDTH = 720;
const HEIGHT = 240;
const LEFT = 90;
const TOP = 40;
const BOTTOM = 30;

const inXml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function panel({ title, points, until, say }: Curve, at: number): string {
  const highest = Math.max(...points.map(({ y }) => y), Number.MIN_VALUE);
  const x = (value: number) => LEFT + (value / until) * (WIDTH - LEFT - 20);
  const y = (value: number) => TOP + (1 - value / highest) * (HEIGHT - TOP - BOTTOM);
  const line = points.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(" ");
  const label = (value: number) =>
    `<text x="${LEFT - 8}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${inXml(say(value))}</text>`;
  return `<g transform="translate(0 ${at * HEIGHT})">
<text x="${LEFT}" y="22" font-weight="bold">${inXml(title)}</text>
<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - 20}" fill="none" stroke="#888"/>
${label(highest)}${label(highest / 2)}${label(0)}
<text x="${LEFT}" y="${HEIGHT - 10}">0</text><text x="${WIDTH - 20}" y="${HEIGHT - 10}" text-anchor="end">${clock(until)}</text>
<polyline points="${line}" fill="none" stroke="#d4382c" stroke-width="2" stroke-linejoin="round"/>
</g>`;
}

/** The curves as a picture, one below the other. */
export const svgOf = (curves: Curve[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT * curves.length}" font-family="sans-serif" font-size="12" fill="#333">
<rect width="100%" height="100%" fill="#fff"/>
${curves.map(panel).join("\n")}
</svg>
`;
