/**
 * Colours of the parts of charts, light and dark. They differ in hue and lightness, so that they can be told apart with
 * any of the usual kinds of colour blindness, and stand out from the page by 3 to 1 at least.
 *
 * @see Okabe and Ito, Color Universal Design (2008), darkened for white paper and lightened for black
 */
export const PALETTE = {
  light: ['#0072b2', '#d55e00', '#008a65', '#b0568a', '#9c6e00', '#2a8ac4', '#757575', '#3d3d3d', '#7a5c1e'],
  dark: ['#56b4e9', '#ff9248', '#2fc79a', '#e29ac5', '#f0c040', '#a9d8f5', '#a0a0a0', '#e0e0e0', '#c9a86a'],
} as const;

/** Strokes of lines: what colours do not tell apart, dashes do. */
const DASHES = ['', '6 3', '2 3', '9 3 2 3', '12 4', '4 2 1 2', '1 2', '8 2 2 2 2 2'] as const;

/** The colour of a part, as the page's style sheet names it. */
export const toneColour = (tone: number): string => `var(--tone-${tone % PALETTE.light.length})`;

export const lineDash = (line: number): string => DASHES[line % DASHES.length] as string;
