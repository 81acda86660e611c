import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { PALETTE } from '../../sim/report/charts/palette.ts';
import { tickText } from '../../sim/report/document/quantity.ts';

/** A picture with both axes in powers of ten. */
export interface LogPlot {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly LogLine[];
}

interface LogLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Measured points have dots. */
  readonly isMeasured: boolean;
  /** Colour, for lines that belong together; absent: the next. */
  readonly tone?: number;
  readonly isDashed?: boolean;
}

const WIDTH = 720;
const HEIGHT = 420;
const PAPER = '#ffffff';
const INK = '#222222';
const NAMES = { left: 20, top: 50, row: 18, swatch: 24 } as const;
const LABEL = { left: 12, room: 34 } as const;
const DASH = '6 4';

/** As SVG of its own, on white, with a key above it. */
export function drawLogPlot({ title, x, y, lines }: LogPlot): string {
  const { document } = parseHTML('<html></html>');
  const colourOf = ({ tone }: LogLine, at: number) =>
    PALETTE.light[(tone ?? at) % PALETTE.light.length] as string;
  const dashOf = ({ isDashed }: LogLine) => (isDashed === true ? { strokeDasharray: DASH } : {});
  const rows = Math.ceil(lines.length / 2);
  const top = NAMES.top + rows * NAMES.row + LABEL.room;
  const [ticksX, ticksY] = [ticksOf(lines, 0), ticksOf(lines, 1)];
  const grid = { stroke: INK, strokeOpacity: 0.12 };
  const axis = (ticks: readonly number[]) => ({
    type: 'log' as const,
    ticks,
    tickFormat: tickText,
    domain: [ticks[0], ticks.at(-1)],
  });
  const drawn = Plot.plot({
    document: document as unknown as Document,
    width: WIDTH,
    height: HEIGHT + top,
    marginLeft: 84,
    marginRight: 32,
    marginTop: top,
    marginBottom: 44,
    style: { fontSize: '12px', background: PAPER, color: INK, fontFamily: 'sans-serif' },
    x: { ...axis(ticksX), label: x, labelAnchor: 'center', labelArrow: 'none' },
    y: { ...axis(ticksY), label: null },
    marks: [
      Plot.gridX({ ...grid, ticks: ticksX }),
      Plot.gridY({ ...grid, ticks: ticksY }),
      ...lines.flatMap((line, at) => [
        Plot.line(line.points, { stroke: colourOf(line, at), strokeWidth: 2, ...dashOf(line) }),
        ...(line.isMeasured ? [Plot.dot(line.points, { fill: colourOf(line, at), r: 3.5 })] : []),
      ]),
    ],
  });
  drawn.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  drawn.setAttribute('role', 'img');
  drawn.setAttribute('aria-label', title);
  for (const sheet of [...drawn.querySelectorAll('style')]) sheet.remove();
  const write = (text: string, left: number, baseline: number, more = '') =>
    `<text x="${left}" y="${baseline}" text-anchor="start" fill="${INK}"${more}>${escaped(text)}</text>`;
  const key = lines.map((line, at) => {
    const left = NAMES.left + (at % 2) * (WIDTH / 2);
    const baseline = NAMES.top + Math.floor(at / 2) * NAMES.row;
    const dash = line.isDashed === true ? ` stroke-dasharray="${DASH}"` : '';
    const swatch = `<line x1="${left}" x2="${left + NAMES.swatch}" y1="${baseline - 4}" y2="${baseline - 4}" stroke="${colourOf(line, at)}" stroke-width="2"${dash}/>`;
    return swatch + write(line.name, left + NAMES.swatch + 8, baseline);
  });
  const words = [
    `<rect width="100%" height="100%" fill="${PAPER}"/>`,
    write(title, NAMES.left, 24, ' font-size="15" font-weight="600"'),
    ...key,
    write(y, LABEL.left, top - 14),
  ].join('');
  return `${drawn.outerHTML.replace(/^<svg[^>]*>/, (open) => open + words)}\n`;
}

function spanOf(lines: readonly LogLine[], axis: 0 | 1): readonly [number, number] {
  const values = lines.flatMap(({ points }) => points.map((point) => point[axis]));
  return [Math.min(...values), Math.max(...values)];
}

/** 1, 10, 100 and so on around all points; with 3, 30 and so on between them where those are few. */
function ticksOf(lines: readonly LogLine[], axis: 0 | 1): readonly number[] {
  const [low, high] = spanOf(lines, axis);
  const first = Math.floor(Math.log10(low));
  const powers = Math.ceil(Math.log10(high)) - first + 1;
  const ticks = Array.from({ length: powers }, (_, i) => Number(`1e${first + i}`)).flatMap((power) =>
    powers > 5 ? [power] : [power, 3 * power],
  );
  const from = ticks.findLastIndex((tick) => tick <= low * 1.0001);
  const to = ticks.findIndex((tick) => tick >= high * 0.9999);
  return ticks.slice(from, to + 1);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
