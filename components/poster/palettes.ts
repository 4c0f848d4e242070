/** Four inks of one print: the paper, the letters, the leading shape and its companion. */
export type Palette = { paper: string; ink: string; lead: string; mate: string };

/** The letters read against the paper at 4.5:1 or better in every one. */
export const PALETTES = [
  { paper: "#10131f", ink: "#f4eedd", lead: "#f2b84b", mate: "#33407a" },
  { paper: "#d63a24", ink: "#fff6ea", lead: "#4a0a14", mate: "#ff9d80" },
  { paper: "#1c28cf", ink: "#f5f3ea", lead: "#ff6b4a", mate: "#7f90ff" },
  { paper: "#f4d35e", ink: "#1b1a17", lead: "#d8431f", mate: "#fff7dc" },
  { paper: "#cfe0d3", ink: "#12332a", lead: "#1f5e4a", mate: "#f08a5d" },
  { paper: "#cdb7f0", ink: "#241043", lead: "#5426bd", mate: "#ffe08a" },
  { paper: "#efe9dd", ink: "#161412", lead: "#161412", mate: "#d8442b" },
  { paper: "#0f3b33", ink: "#f3ebd3", lead: "#e6b34a", mate: "#2c7a68" },
  { paper: "#f5b8c4", ink: "#3a0b1f", lead: "#b3134f", mate: "#fff2e2" },
  { paper: "#0d0d0d", ink: "#f6f6f0", lead: "#d7f24b", mate: "#3c3c3c" },
] as const satisfies readonly Palette[];
