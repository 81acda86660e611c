import { hcl, interpolateRgb, lab, rgb } from 'd3';
import { pageColour, tones } from '../../draw/palette.ts';
import type { Colouring } from '../../state/app-state.ts';
import { UTILIZATION_TEXT, WAIT_TEXT } from './fills.ts';

/** Hatchings, for what colours do not tell. */
const HATCHES = ['starting', 'saving', 'stopping', 'moving', 'held', 'failed'] as const;
export type Hatch = (typeof HATCHES)[number];

/** Lines of a hatching in a square of 8 by 8. */
export const HATCH_PATHS: Readonly<Record<Hatch, string>> = {
  starting: 'M-2 2L2 -2M0 8L8 0M6 10L10 6',
  saving: 'M-2 6L2 10M0 0L8 8M6 -2L10 2',
  stopping: 'M0 8L8 0M0 0L8 8M-2 2L2 -2M6 10L10 6M-2 6L2 10M6 -2L10 2',
  moving: 'M0 2H8M0 6H8',
  held: 'M2 0V8M6 0V8',
  failed: 'M0 2H8M0 6H8M2 0V8M6 0V8',
};

/** Tones of the phases, in the order of `PHASES`; what waits is on no card. */
const PHASE_TONES = [7, 5, 2, 1, 8, 3];

/** Colours of one theme, as a canvas takes them. */
export class Look {
  readonly paper = pageColour('--paper');
  readonly panel = pageColour('--panel');
  readonly line = pageColour('--line');
  readonly ink = pageColour('--ink');
  readonly soft = pageColour('--soft');
  readonly accent = pageColour('--accent');
  readonly bad = pageColour('--bad');
  readonly warn = pageColour('--warn');
  readonly free = pageColour('--free');
  readonly #tones = tones();
  readonly #fills = new Map<Colouring, string[]>();
  readonly #inks = new Map<string, string>();
  readonly #hatches = new Map<string, CanvasPattern | null>();
  readonly #hatchPixels = new Map<string, ImageData | null>();
  readonly #pixels = new Map<string, number>();

  /** Colour of what `fillKey` answers. */
  fill(colouring: Colouring, key: number): string {
    let fills = this.#fills.get(colouring);
    if (fills === undefined) {
      fills = [];
      this.#fills.set(colouring, fills);
    }
    const known = fills[key];
    if (known !== undefined) return known;
    const fill = this.#work(colouring, key);
    fills[key] = fill;
    return fill;
  }

  /** Black or white, whichever is easier to read on a colour. */
  inkOn(fill: string): string {
    let ink = this.#inks.get(fill);
    if (ink === undefined) {
      ink = lab(fill).l > 58 ? '#000000' : '#ffffff';
      this.#inks.set(fill, ink);
    }
    return ink;
  }

  hatch(ctx: CanvasRenderingContext2D, kind: Hatch, scale: number): CanvasPattern | null {
    const key = `${kind} ${scale}`;
    let pattern = this.#hatches.get(key);
    if (pattern === undefined) {
      pattern = this.#makeHatch(ctx, kind, scale);
      this.#hatches.set(key, pattern);
    }
    return pattern;
  }

  /** The tile of a hatching as pixels; null where no canvas can be had. */
  hatchPixels(kind: Hatch, scale: number): ImageData | null {
    const key = `${kind} ${scale}`;
    let pixels = this.#hatchPixels.get(key);
    if (pixels === undefined) {
      const tile = this.#drawHatch(kind, scale);
      pixels = tile?.getContext('2d')?.getImageData(0, 0, tile.width, tile.height) ?? null;
      this.#hatchPixels.set(key, pixels);
    }
    return pixels;
  }

  /** A colour as the four bytes of a pixel, in the order of this machine; none that can be seen through. */
  pixel(colour: string): number {
    let pixel = this.#pixels.get(colour);
    if (pixel === undefined) {
      const { r, g, b } = rgb(colour);
      pixel = new Uint32Array(new Uint8ClampedArray([r, g, b, 255]).buffer)[0] as number;
      this.#pixels.set(colour, pixel);
    }
    return pixel;
  }

  #work(colouring: Colouring, key: number): string {
    if (colouring === 'utilization') return this.#step(key / (UTILIZATION_TEXT.length - 1));
    if (colouring === 'wait') return this.#step(key / (WAIT_TEXT.length - 1));
    const tone = colouring === 'state' ? (PHASE_TONES[key] as number) : key;
    const base = this.#tones[tone % this.#tones.length] as string;
    // More names than tones: those of the next round are paler.
    const round = Math.floor(tone / this.#tones.length) % 3;
    return round === 0 ? base : interpolateRgb(base, this.paper)(0.3 * round);
  }

  /** From near the page's colour to far from it: a scale that is read without telling hues apart. */
  #step(part: number): string {
    const [from, to] = [hcl(lab(this.free)), hcl(lab(this.accent))];
    return rgb(interpolateRgb(from.formatRgb(), to.formatRgb())(0.22 + 0.78 * part)).formatRgb();
  }

  #makeHatch(ctx: CanvasRenderingContext2D, kind: Hatch, scale: number): CanvasPattern | null {
    const tile = this.#drawHatch(kind, scale);
    return tile === null ? null : ctx.createPattern(tile, 'repeat');
  }

  #drawHatch(kind: Hatch, scale: number): HTMLCanvasElement | null {
    const tile = document.createElement('canvas');
    tile.width = Math.round(8 * scale);
    tile.height = tile.width;
    const to = tile.getContext('2d');
    if (to === null) return null;
    to.scale(tile.width / 8, tile.width / 8);
    const path = new Path2D(HATCH_PATHS[kind]);
    // Light under dark, so that it shows on any fill.
    to.lineWidth = 2.4;
    to.strokeStyle = this.paper;
    to.stroke(path);
    to.lineWidth = 1.2;
    to.strokeStyle = kind === 'failed' ? this.bad : this.ink;
    to.stroke(path);
    return tile;
  }
}
