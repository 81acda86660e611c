/**
 * Colours of the parts of charts, light and dark. Any two differ by 0.1 in OKLab at least, as everybody sees them and as
 * people without one kind of cones do, and each stands out from the page by 3 to 1 at least; a test computes both. They
 * were searched for near the hues of Okabe and Ito, which are too alike once they are dark enough for white paper.
 *
 * @see Okabe and Ito, Color Universal Design (2008); Machado et al., IEEE TVCG 15(6), 2009
 */
export const PALETTE = {
  light: ['#1a4997', '#e07223', '#28a298', '#59405a', '#9d5900', '#0b75b1', '#222222', '#676767', '#7d2f0d'],
  dark: ['#5383d3', '#f38d18', '#25cf93', '#d096d9', '#ffd100', '#bbd5fa', '#fafafa', '#929292', '#e0521d'],
} as const;

/** Strokes of lines: what colours do not tell apart, dashes do. */
const DASHES = ['', '6 3', '2 3', '9 3 2 3', '12 4', '4 2 1 2', '1 2', '8 2 2 2 2 2'] as const;

/** The colour of a part, as the page's style sheet names it. */
export const toneColour = (tone: number): string => `var(--tone-${tone % PALETTE.light.length})`;

export const lineDash = (line: number): string => DASHES[line % DASHES.length] as string;
