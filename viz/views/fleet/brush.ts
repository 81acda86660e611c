import type { Hatch, Look } from './look.ts';

/** What draws plain shapes and short texts. */
export interface Pen {
  rect(x: number, y: number, width: number, height: number, colour: string): void;
  hatched(kind: Hatch, x: number, y: number, width: number, height: number): void;
  frame(x: number, y: number, width: number, height: number, colour: string, thick: number): void;
  upright(
    text: string,
    x: number,
    y: number,
    width: number,
    height: number,
    strip: number,
    ink: string,
  ): void;
  text(text: string, x: number, y: number, width: number, strip: number, ink: string): void;
}

/** Draws plain shapes and short texts, to whole pixels, so that edges are sharp. */
export class Brush implements Pen {
  /** Pixels of the canvas for each CSS pixel. */
  ratio = 1;
  readonly ctx: CanvasRenderingContext2D;
  readonly look: Look;
  #font = 0;

  constructor(ctx: CanvasRenderingContext2D, look: Look, ratio: number) {
    this.ctx = ctx;
    this.look = look;
    this.ratio = ratio;
    ctx.textBaseline = 'middle';
  }

  rect(x: number, y: number, width: number, height: number, colour: string): void {
    const ctx = this.ctx;
    const [left, top] = [Math.round(x), Math.round(y)];
    ctx.fillStyle = colour;
    ctx.fillRect(
      left,
      top,
      Math.max(1, Math.round(x + width) - left),
      Math.max(1, Math.round(y + height) - top),
    );
  }

  hatched(kind: Hatch, x: number, y: number, width: number, height: number): void {
    const pattern = this.look.hatch(this.ctx, kind, this.ratio);
    if (pattern === null) return;
    const ctx = this.ctx;
    ctx.fillStyle = pattern;
    const [left, top] = [Math.round(x), Math.round(y)];
    ctx.fillRect(
      left,
      top,
      Math.max(1, Math.round(x + width) - left),
      Math.max(1, Math.round(y + height) - top),
    );
  }

  frame(x: number, y: number, width: number, height: number, colour: string, thick: number): void {
    frameOf(this, x, y, width, height, colour, thick);
  }

  /** Text from the foot of a narrow box to its top. */
  upright(
    text: string,
    x: number,
    y: number,
    width: number,
    height: number,
    strip: number,
    ink: string,
  ): void {
    const { ctx } = this;
    ctx.save();
    ctx.translate(x + width / 2, y + height - 2 * this.ratio);
    ctx.rotate(-Math.PI / 2);
    this.#font = 0;
    this.text(text, 0, 0, height - 4 * this.ratio, strip, ink);
    ctx.restore();
    this.#font = 0;
  }

  /** Text in a strip of a height, cut where it is too long; none where it could not be read. */
  text(text: string, x: number, y: number, width: number, strip: number, ink: string): void {
    const size = Math.floor(0.72 * strip);
    const room = Math.floor(width / (0.55 * size));
    if (size < 7 * this.ratio || room < 2 || text === '') {
      if (text.length !== 1 || size < 5 * this.ratio) return;
    }
    const ctx = this.ctx;
    if (this.#font !== size) {
      this.#font = size;
      ctx.font = fontOf(size);
    }
    ctx.fillStyle = ink;
    ctx.fillText(cutText(text, room), x, y, width);
  }
}

/** A text of so many letters at most. Of numbered names the end is kept, which tells them apart. */
export function cutText(text: string, room: number): string {
  if (text.length <= room) return text;
  const kept = Math.max(1, room - 1);
  return /\d$/.test(text) ? `…${text.slice(-kept)}` : `${text.slice(0, kept)}…`;
}

/** A frame as four rectangles, within its box. */
export function frameOf(
  pen: Pick<Pen, 'rect'>,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
  thick: number,
): void {
  const line = Math.max(1, Math.round(thick));
  pen.rect(x, y, width, line, colour);
  pen.rect(x, y + height - line, width, line, colour);
  pen.rect(x, y, line, height, colour);
  pen.rect(x + width - line, y, line, height, colour);
}

const fonts: string[] = [];

function fontOf(size: number): string {
  const known = fonts[size];
  if (known !== undefined) return known;
  const font = `${size}px system-ui, sans-serif`;
  fonts[size] = font;
  return font;
}
