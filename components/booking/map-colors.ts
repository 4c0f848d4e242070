/**
 * Colours of price tiers, told apart also by eyes that see fewer colours (after Okabe and Ito; lightness differs from
 * one to the next), each with a partner for dark rooms. More tiers than colours start over: names and prices stand
 * beside them in any case.
 */
const LIGHT = ["#2733ff", "#d55e00", "#00875f", "#b5428e", "#2590c9", "#8a6d00", "#6b3fa0", "#6a6a72"];
const DARK = ["#7d86ff", "#ff8f45", "#2fc295", "#ee86cb", "#6cc4f5", "#dcbc3c", "#b08af0", "#a4a4ae"];

export type MapColors = {
  tiers: readonly string[];
  paper: string;
  surface: string;
  ink: string;
  muted: string;
  line: string;
  taken: string;
  stage: string;
  onStage: string;
  onTier: string;
  selected: string;
  onSelected: string;
};

/** The colour of the tier at `ordinal` of the concert's list. */
export function tierColor(ordinal: number, dark: boolean): string {
  const colors = dark ? DARK : LIGHT;
  return colors[ordinal % colors.length] ?? "#888888";
}

/** The same as a CSS value that follows the theme, for legends. */
export const tierColorCss = (ordinal: number): string =>
  `light-dark(${tierColor(ordinal, false)}, ${tierColor(ordinal, true)})`;

/** Everything that the map is painted with, in the theme in force. */
export function mapColors(dark: boolean): MapColors {
  return dark
    ? {
        tiers: DARK,
        paper: "#0b0b0d",
        surface: "#141417",
        ink: "#f4f4f1",
        muted: "#a4a4ae",
        line: "#2a2a30",
        taken: "#34343b",
        stage: "#2a2a30",
        onStage: "#f4f4f1",
        onTier: "#0b0b0d",
        selected: "#ffffff",
        onSelected: "#0b0b0d",
      }
    : {
        tiers: LIGHT,
        paper: "#fdfdfc",
        surface: "#ffffff",
        ink: "#121214",
        muted: "#5b5b62",
        line: "#e4e4df",
        taken: "#dcdcd7",
        stage: "#121214",
        onStage: "#fdfdfc",
        onTier: "#ffffff",
        selected: "#121214",
        onSelected: "#ffffff",
      };
}
