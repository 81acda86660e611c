/** Parts of a picture, in CSS pixels: painted on a canvas to be looked at, written as SVG to be kept. */
export type Mark =
  | {
      readonly kind: 'lines';
      /** Each as x, y, x, y, ...; NaN lifts the pen. */
      readonly paths: readonly (readonly number[])[];
      readonly stroke: string;
      readonly width: number;
      readonly alpha?: number;
      readonly dash?: readonly number[];
      /** Painted a device pixel thick: without a graphics card, thicker lines take a hundred times as long. */
      readonly isFine?: boolean;
    }
  | {
      readonly kind: 'text';
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly fill: string;
      readonly anchor: 'start' | 'middle' | 'end';
      readonly isBold?: boolean;
      /** Colour behind the letters. */
      readonly halo?: string;
      /** Degrees. */
      readonly turn?: number;
    }
  | {
      readonly kind: 'rect';
      readonly x: number;
      readonly y: number;
      readonly w: number;
      readonly h: number;
      readonly fill?: string;
      readonly stroke?: string;
      readonly width?: number;
    }
  | {
      readonly kind: 'dots';
      /** x, y, x, y, ... */
      readonly at: readonly number[];
      readonly r: number;
      readonly fill: string;
      readonly stroke?: string;
      readonly alpha?: number;
      readonly shape: 'disc' | 'diamond';
    };

export type LineMark = Extract<Mark, { kind: 'lines' }>;

const FONT = '12px system-ui, sans-serif';
/** Lines stroked at a time: one path of thousands is slower than many of some. */
const AT_A_TIME = 150;

/** Paints marks one after another. */
export function paint(ctx: CanvasRenderingContext2D, marks: readonly Mark[]): void {
  for (const mark of marks) {
    ctx.save();
    if (mark.kind === 'lines') paintLines(ctx, mark);
    else if (mark.kind === 'dots') paintDots(ctx, mark);
    else if (mark.kind === 'text') paintText(ctx, mark);
    else {
      const { x, y, w, h, fill, stroke, width = 1 } = mark;
      if (fill !== undefined) {
        ctx.fillStyle = fill;
        ctx.fillRect(x, y, w, h);
      }
      if (stroke !== undefined) {
        ctx.strokeStyle = stroke;
        ctx.lineWidth = width;
        ctx.strokeRect(x, y, w, h);
      }
    }
    ctx.restore();
  }
}

type Of<K extends Mark['kind']> = Extract<Mark, { kind: K }>;

function paintLines(
  ctx: CanvasRenderingContext2D,
  { paths, stroke, width, alpha = 1, dash, isFine = false }: Of<'lines'>,
): void {
  ctx.strokeStyle = stroke;
  ctx.lineWidth = isFine ? 1 / ctx.getTransform().a : width;
  ctx.globalAlpha = alpha;
  ctx.lineJoin = 'round';
  if (dash !== undefined) ctx.setLineDash([...dash]);
  for (let from = 0; from < paths.length; from += AT_A_TIME) {
    ctx.beginPath();
    for (const path of paths.slice(from, from + AT_A_TIME)) {
      let isDown = false;
      for (let i = 0; i < path.length; i += 2) {
        const [x, y] = [path[i] as number, path[i + 1] as number];
        if (Number.isNaN(y)) isDown = false;
        else if (isDown) ctx.lineTo(x, y);
        else {
          ctx.moveTo(x, y);
          isDown = true;
        }
      }
    }
    ctx.stroke();
  }
}

function paintDots(
  ctx: CanvasRenderingContext2D,
  { at, r, fill, stroke, alpha = 1, shape }: Of<'dots'>,
): void {
  ctx.fillStyle = fill;
  ctx.globalAlpha = alpha;
  if (stroke !== undefined) ctx.strokeStyle = stroke;
  ctx.lineWidth = 1.5;
  for (let i = 0; i < at.length; i += 2) {
    const [x, y] = [at[i] as number, at[i + 1] as number];
    ctx.beginPath();
    if (shape === 'disc') ctx.arc(x, y, r, 0, 2 * Math.PI);
    else {
      ctx.moveTo(x, y - r);
      ctx.lineTo(x + r, y);
      ctx.lineTo(x, y + r);
      ctx.lineTo(x - r, y);
      ctx.closePath();
    }
    ctx.fill();
    if (stroke !== undefined) ctx.stroke();
  }
}

function paintText(ctx: CanvasRenderingContext2D, mark: Of<'text'>): void {
  const { x, y, text, fill, anchor, isBold, halo, turn = 0 } = mark;
  ctx.font = isBold ? `bold ${FONT}` : FONT;
  ctx.textAlign = anchor === 'middle' ? 'center' : anchor;
  ctx.translate(x, y);
  ctx.rotate((turn * Math.PI) / 180);
  if (halo !== undefined) {
    ctx.strokeStyle = halo;
    ctx.lineWidth = 4;
    ctx.lineJoin = 'round';
    ctx.strokeText(text, 0, 0);
  }
  ctx.fillStyle = fill;
  ctx.fillText(text, 0, 0);
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const short = (value: number) => String(Math.round(value * 100) / 100);

/** The same as a file. */
export function svgOf(marks: readonly Mark[], width: number, height: number, ground: string): string {
  const body = marks.map((mark) => {
    switch (mark.kind) {
      case 'lines': {
        const { paths, stroke, width: thick, alpha = 1, dash } = mark;
        const style = `fill="none" stroke="${stroke}" stroke-width="${thick}" stroke-opacity="${alpha}" stroke-linejoin="round"${dash === undefined ? '' : ` stroke-dasharray="${dash.join(' ')}"`}`;
        return `<g ${style}>${paths.map((path) => `<path d="${pathText(path)}"/>`).join('')}</g>`;
      }
      case 'dots': {
        const { at, r, fill, stroke, alpha = 1, shape } = mark;
        const style = `fill="${fill}" fill-opacity="${alpha}"${stroke === undefined ? '' : ` stroke="${stroke}" stroke-width="1.5"`}`;
        const dots: string[] = [];
        for (let i = 0; i < at.length; i += 2) {
          const [x, y] = [at[i] as number, at[i + 1] as number];
          dots.push(
            shape === 'disc'
              ? `<circle cx="${short(x)}" cy="${short(y)}" r="${r}"/>`
              : `<path d="M${short(x)} ${short(y - r)}l${r} ${r}l-${r} ${r}l-${r} -${r}z"/>`,
          );
        }
        return `<g ${style}>${dots.join('')}</g>`;
      }
      case 'text': {
        const { x, y, text, fill, anchor, isBold, halo, turn = 0 } = mark;
        const behind =
          halo === undefined
            ? ''
            : ` paint-order="stroke" stroke="${halo}" stroke-width="4" stroke-linejoin="round"`;
        return `<text transform="translate(${short(x)} ${short(y)})${turn === 0 ? '' : ` rotate(${turn})`}" fill="${fill}" text-anchor="${anchor}"${isBold ? ' font-weight="bold"' : ''}${behind}>${escaped(text)}</text>`;
      }
      default: {
        const { x, y, w, h, fill = 'none', stroke = 'none', width: thick = 1 } = mark;
        return `<rect x="${short(x)}" y="${short(y)}" width="${short(w)}" height="${short(h)}" fill="${fill}" stroke="${stroke}" stroke-width="${thick}"/>`;
      }
    }
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">
<rect width="100%" height="100%" fill="${ground}"/>
${body.join('\n')}
</svg>
`;
}

function pathText(path: readonly number[]): string {
  const parts: string[] = [];
  let isDown = false;
  for (let i = 0; i < path.length; i += 2) {
    const y = path[i + 1] as number;
    if (Number.isNaN(y)) isDown = false;
    else {
      parts.push(`${isDown ? 'L' : 'M'}${short(path[i] as number)} ${short(y)}`);
      isDown = true;
    }
  }
  return parts.join('');
}

/** Pixels of a letter, about: for what has to fit. */
export const LETTER = 6.6;

/** A text in so many pixels: the end of it, where there is no room for all, because paths begin alike. */
export function endWithin(text: string, room: number): string {
  const most = Math.max(2, Math.floor(room / LETTER));
  return text.length <= most ? text : `…${text.slice(text.length - most + 1)}`;
}

/** The same by its start, as for values. */
export function startWithin(text: string, room: number): string {
  const most = Math.max(2, Math.floor(room / LETTER));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
