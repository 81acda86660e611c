import { interpolateRgb, lab, rgb } from 'd3';
import { useEffect, useState } from 'preact/hooks';
import { useAppState } from '../../app/context.ts';
import { pageColour } from '../../draw/palette.ts';

/** Colours of the theme, as a canvas takes them. */
export interface Colours {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly accent: string;
  /** What is brushed away. */
  readonly away: string;
  readonly front: string;
  /** From least (0) to most (1), in `LEVELS` steps. */
  level(part: number): string;
  /** The same by step, and what is brushed away, as pixels have them: `0xBBGGRR`. */
  readonly pixels: { readonly levels: Uint32Array; readonly away: Uint32Array };
  /** Black or white, whichever is easier to read on a colour. */
  inkOn(fill: string): string;
}

export const LEVELS = 24;

/** More is further from the paper, in both themes, and no two ends differ by hue alone. */
const RAMPS = {
  light: ['#d9b23c', '#5fae7a', '#23818c', '#2c4b91', '#3b1a66'],
  dark: ['#5b4fb3', '#3b82c4', '#2bb5a0', '#a5d84f', '#fff2a0'],
};

function coloursNow(): Colours {
  const paper = pageColour('--paper');
  const ramp = lab(paper).l < 50 ? RAMPS.dark : RAMPS.light;
  const levels = Array.from({ length: LEVELS }, (_, i) => {
    const at = (i / (LEVELS - 1)) * (ramp.length - 1);
    const from = Math.min(ramp.length - 2, Math.floor(at));
    return interpolateRgb(ramp[from] as string, ramp[from + 1] as string)(at - from);
  });
  const away = pageColour('--line');
  return {
    paper,
    ink: pageColour('--ink'),
    soft: pageColour('--soft'),
    line: pageColour('--line'),
    accent: pageColour('--accent'),
    away,
    pixels: { levels: Uint32Array.from(levels, pixelOf), away: Uint32Array.of(pixelOf(away)) },
    front: pageColour('--tone-1'),
    level: (part) => levels[levelOf(part)] as string,
    inkOn: (fill) => (lab(fill).l > 58 ? '#000000' : '#ffffff'),
  };
}

function pixelOf(colour: string): number {
  const { r, g, b } = rgb(colour);
  return (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r);
}

/** The step of a part of 1. */
export const levelOf = (part: number): number => Math.max(0, Math.min(LEVELS - 1, Math.floor(part * LEVELS)));

/** The colours of the page, again whenever they change; undefined until they are known. */
export function useColours(): Colours | undefined {
  const theme = useAppState((state) => state.theme);
  const [colours, setColours] = useState<Colours>();
  useEffect(() => {
    const look = () => setColours(coloursNow());
    // The page takes its theme after its parts are drawn.
    const frame = requestAnimationFrame(look);
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', look);
    return () => {
      cancelAnimationFrame(frame);
      system.removeEventListener('change', look);
    };
  }, [theme]);
  return colours;
}
