/** Lines over axes that all of them cross: heights, and a colour for each. */
export interface FieldLines {
  readonly count: number;
  /** Where the axes stand, from left to right, CSS pixels. */
  readonly xs: readonly number[];
  /** By line and then axis, CSS pixels; NaN lifts the pen. */
  readonly ys: Float32Array;
  /** By line, a step of the colours. */
  readonly levels: Uint8Array;
}

/** What a pixel gets of a line that goes through its middle. */
const WHOLE = 256;
/** Lines between two looks at the clock. */
const BETWEEN_LOOKS = 64;
/** A step that has no divisor in common with a count comes by all of them. */
const STRIDE = 7919;

/**
 * A picture of thousands of lines that is kept up rather than painted anew: for each pixel how much of lines goes through
 * it and what their levels come to, both as whole numbers, so that a line that is taken out leaves exactly what was there
 * before it. A drag then costs as much as the lines that it adds and takes away. Where lines lie on each other, the colour
 * is that of their mean, whichever of them came last.
 *
 * Lines are a device pixel thick: stroked on a canvas without a graphics card, thicker ones take a hundred times as long.
 */
export class LineField {
  readonly width: number;
  readonly height: number;
  readonly #lines: FieldLines;
  readonly #scale: number;
  readonly #weight: Int32Array;
  readonly #levels: Int32Array;
  readonly #drawn: Uint8Array;
  /** How many lines from the last place on are known to be as asked. */
  #settled = 0;
  #place = 0;

  /**
   * @param width of the picture, CSS pixels
   * @param height the same
   * @param scale device pixels of a CSS pixel
   */
  constructor(lines: FieldLines, width: number, height: number, scale: number) {
    this.width = Math.max(1, Math.round(width * scale));
    this.height = Math.max(1, Math.round(height * scale));
    this.#lines = lines;
    this.#scale = scale;
    this.#weight = new Int32Array(this.width * this.height);
    this.#levels = new Int32Array(this.width * this.height);
    this.#drawn = new Uint8Array(lines.count);
  }

  /** What is asked for has changed: all lines are looked at again, from where it was. */
  restart(): void {
    this.#settled = 0;
  }

  /**
   * Adds and takes out lines, evenly from all of them, until the picture is of those that are asked for.
   *
   * @param shown by line, 1 where it is asked for
   * @param isLate asked now and then: whether to go on another time
   * @returns whether all of it is done
   */
  toward(shown: Uint8Array, isLate: () => boolean): boolean {
    const { count } = this.#lines;
    const stride = count % STRIDE === 0 ? 1 : STRIDE;
    let changed = 0;
    for (; this.#settled < count; this.#settled++) {
      const p = this.#place;
      if (this.#drawn[p] !== shown[p]) {
        if (changed > 0 && changed % BETWEEN_LOOKS === 0 && isLate()) return false;
        changed += 1;
        this.#put(p, shown[p] === 1 ? 1 : -1);
        this.#drawn[p] = shown[p] as number;
      }
      this.#place = (p + stride) % count;
    }
    return true;
  }

  /**
   * The picture as pixels: `0xAABBGGRR`.
   *
   * @param colours by level, `0xBBGGRR`
   * @param alpha of one line alone, 0 to 1
   */
  paint(pixels: Uint32Array, colours: Uint32Array, alpha: number): void {
    const weights = this.#weight;
    const levels = this.#levels;
    const opacity = opacities(alpha);
    const most = opacity.length - 1;
    for (let at = 0; at < weights.length; at++) {
      const weight = weights[at] as number;
      if (weight === 0) {
        pixels[at] = 0;
        continue;
      }
      const level = Math.round((levels[at] as number) / weight);
      pixels[at] = ((opacity[Math.min(most, weight)] as number) | (colours[level] as number)) >>> 0;
    }
  }

  #put(p: number, sign: 1 | -1): void {
    const { xs, ys, levels } = this.#lines;
    const level = levels[p] as number;
    const s = this.#scale;
    const row = p * xs.length;
    for (let a = 0; a + 1 < xs.length; a++) {
      const [from, to] = [ys[row + a] as number, ys[row + a + 1] as number];
      if (Number.isNaN(from) || Number.isNaN(to)) continue;
      this.#segment((xs[a] as number) * s, from * s, (xs[a + 1] as number) * s, to * s, sign, sign * level);
    }
  }

  /** Along the longer side a pixel at a time, shared between the two next to the line (after Wu). */
  #segment(x0: number, y0: number, x1: number, y1: number, part: number, level: number): void {
    const isSteep = Math.abs(y1 - y0) > x1 - x0;
    const isDown = isSteep && y1 < y0;
    const [a0, b0, a1, b1] = isSteep ? (isDown ? [y1, x1, y0, x0] : [y0, x0, y1, x1]) : [x0, y0, x1, y1];
    const [longest, widest] = isSteep ? [this.height, this.width] : [this.width, this.height];
    const [along, aside] = isSteep ? [this.width, 1] : [1, this.width];
    const first = Math.max(0, Math.ceil(a0 - 0.5));
    const last = Math.min(longest - 1, Math.ceil(a1 - 0.5) - 1);
    const slope = a1 === a0 ? 0 : (b1 - b0) / (a1 - a0);
    const weights = this.#weight;
    const levels = this.#levels;
    for (let a = first; a <= last; a++) {
      // Middles of pixels are at halves.
      const b = b0 + (a + 0.5 - a0) * slope - 0.5;
      const low = Math.floor(b);
      const second = Math.round((b - low) * WHOLE);
      const at = a * along + low * aside;
      if (low >= 0 && low < widest) {
        weights[at] = (weights[at] as number) + part * (WHOLE - second);
        levels[at] = (levels[at] as number) + level * (WHOLE - second);
      }
      if (low + 1 >= 0 && low + 1 < widest) {
        weights[at + aside] = (weights[at + aside] as number) + part * second;
        levels[at + aside] = (levels[at + aside] as number) + level * second;
      }
    }
  }
}

/** By weight, the opacity of so many lines on each other, in the highest byte. */
function opacities(alpha: number): Uint32Array {
  const table: number[] = [];
  const keep = 1 - Math.min(0.999, alpha);
  for (let weight = 0; ; weight++) {
    const opacity = Math.round(255 * (1 - keep ** (weight / WHOLE)));
    table.push((opacity << 24) >>> 0);
    if (opacity === 255) return Uint32Array.from(table);
  }
}
