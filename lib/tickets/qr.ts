import { encode } from "uqr";

/** White modules around the code; scanners need four. */
export const QUIET = 4;

/** A dark stretch of one row, in modules from the top left corner, quiet zone included. */
export type Run = { x: number; y: number; width: number };

/** A code as dark stretches on a square of `size` modules. A torn or soiled seventh can still be read. */
export function qrRuns(code: string): { size: number; runs: Run[] } {
  const { size, data } = encode(code, { ecc: "M", border: QUIET });
  const runs: Run[] = [];
  data.forEach((cells, y) => {
    for (let x = 0; x < size; x++) {
      if (!cells[x]) continue;
      const start = x;
      while (x < size && cells[x]) x++;
      runs.push({ x: start, y, width: x - start });
    }
  });
  return { size, runs };
}

const escapeXml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/\p{Cc}/gu, " ");

/** A ticket's QR code as an SVG document, crisp at any size; `title` is what a screen reader says. */
export function ticketSvg(code: string, title = "QR ticket code"): string {
  const { size, runs } = qrRuns(code);
  const path = runs.map(({ x, y, width }) => `M${x} ${y}h${width}v1h-${width}z`).join("");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" role="img" aria-labelledby="ticket-code-title" shape-rendering="crispEdges">`,
    `<title id="ticket-code-title">${escapeXml(title)}</title>`,
    `<path fill="#fff" d="M0 0h${size}v${size}H0z"/>`,
    `<path fill="#000" d="${path}"/>`,
    "</svg>",
  ].join("");
}
