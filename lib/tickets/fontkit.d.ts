// The library brings no types; these are the parts that are used.
declare module "fontkit" {
  export type Font = { layout(text: string): unknown; hasGlyphForCodePoint(codePoint: number): boolean };
  export function create(bytes: Uint8Array): Font;
}
