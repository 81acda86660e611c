import * as Plot from '@observablehq/plot';
import { toneColour } from '../../../sim/report/charts/palette.ts';
import type { HeatChart, ParallelChart, ScatterChart } from '../../../sim/report/charts/sweep-charts.ts';
import { tickText } from '../../../sim/report/document/quantity.ts';
import { printable } from '../../../sim/report/format.ts';

const QUIET = { stroke: 'currentColor', strokeOpacity: 0.15 } as const;
const LETTER = 6.6;
const NARROW_BELOW = 480;
const FRONT = toneColour(1);
/** About so many, as far as round numbers allow. */
const Y_TICKS = 6;

/** Points with their intervals; those on the front are joined by the steps that nobody is better than. */
export function scatter({ x, y, points }: ScatterChart, width: number): Plot.PlotOptions {
  const line = points.filter(({ isOnLine }) => isOnLine).sort((a, b) => a.x - b.x || a.y - b.y);
  const beside = points.filter(({ isOnFront, isOnLine }) => isOnFront && !isOnLine);
  const told = points.some(({ text }) => text !== undefined) ? { title: 'text' } : {};
  const ticks = width < NARROW_BELOW ? 4 : 8;
  const axis = (label: string) =>
    ({
      label: within(label, width - 40),
      labelArrow: 'none',
      tickFormat: tickText,
      nice: true,
      zero: false,
    }) as const;
  const widest = Math.max(4, widestTick(points.map(({ y: at }) => at)));
  return {
    height: width < NARROW_BELOW ? 260 : 340,
    marginLeft: 12 + LETTER * widest,
    marginRight: 20,
    marginTop: 28,
    marginBottom: 42,
    x: { ...axis(x.label), labelAnchor: 'center', ticks },
    y: { ...axis(y.label), labelAnchor: 'top', ticks: Y_TICKS },
    marks: [
      Plot.gridX({ ...QUIET, ticks }),
      Plot.gridY({ ...QUIET, ticks: Y_TICKS }),
      Plot.lineY(line, { x: 'x', y: 'y', stroke: FRONT, strokeWidth: 1.5, strokeDasharray: '4 3' }),
      Plot.ruleX(
        points.filter(({ yRange }) => yRange !== undefined),
        {
          x: 'x',
          y1: (each) => each.yRange[0],
          y2: (each) => each.yRange[1],
          stroke: 'currentColor',
          strokeOpacity: 0.45,
        },
      ),
      Plot.ruleY(
        points.filter(({ xRange }) => xRange !== undefined),
        {
          y: 'y',
          x1: (each) => each.xRange[0],
          x2: (each) => each.xRange[1],
          stroke: 'currentColor',
          strokeOpacity: 0.45,
        },
      ),
      Plot.dot(
        points.filter(({ isOnFront }) => !isOnFront),
        { x: 'x', y: 'y', r: 3.5, stroke: toneColour(0), fill: 'var(--page)', strokeWidth: 1.5, ...told },
      ),
      Plot.dot(beside, {
        ...{ x: 'x', y: 'y', r: 4, symbol: 'diamond', ...told },
        ...{ stroke: FRONT, fill: 'var(--page)', strokeWidth: 1.5 },
      }),
      Plot.dot(line, { x: 'x', y: 'y', r: 4.5, fill: FRONT, symbol: 'diamond', ...told }),
    ],
  };
}

/** Letters of the longest tick of an axis over these values: more digits where they lie close together. */
function widestTick(values: readonly number[]): number {
  const span = Math.max(...values) - Math.min(...values);
  const digits = span > 0 ? Math.max(0, Math.ceil(-Math.log10(span / Y_TICKS))) : 0;
  return Math.max(
    ...values.map((value) => tickText(Math.trunc(value)).length + (digits === 0 ? 0 : 1 + digits)),
  );
}

/** A label in so many pixels: where there is no room, without what is said behind its last comma, then cut. */
function within(label: string, room: number): string {
  const most = Math.floor(room / LETTER);
  if (label.length <= most) return label;
  const short = label.slice(0, Math.max(0, label.lastIndexOf(', ')));
  if (short !== '' && short.length <= most) return short;
  return `${(short === '' ? label : short).slice(0, Math.max(1, most - 1))}…`;
}

/** Cells that are darker the more there is, with their values where there is room for them. */
export function heat({ x, y, cells }: HeatChart, width: number): Plot.PlotOptions {
  const longest = (names: readonly string[]) => Math.max(1, ...names.map((name) => name.length));
  const marginLeft = Math.min(width * 0.3, 14 + LETTER * longest(y.names));
  const column = (width - marginLeft - 12) / Math.max(1, x.names.length);
  const isTilted = longest(x.names) * LETTER > column - 6;
  const marginBottom = isTilted ? Math.min(110, 40 + LETTER * longest(x.names) * 0.75) : 44;
  const hasRoom = Math.max(...cells.map(({ text }) => text.length)) * LETTER < column - 4;
  const places = (count: number) => Array.from({ length: count }, (_, at) => at);
  const cut = (name: string, room: number) => {
    const shown = [...printable(name)];
    return shown.length <= room ? shown.join('') : `${shown.slice(0, Math.max(1, room - 1)).join('')}…`;
  };
  return {
    height: 34 * y.names.length + marginBottom + 34,
    marginLeft,
    marginRight: 12,
    marginTop: 30,
    marginBottom,
    padding: 0.04,
    x: {
      type: 'band',
      domain: places(x.names.length),
      label: x.label,
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: marginBottom - 6,
      tickFormat: (at: number) => cut(x.names[at] ?? '', 14),
      tickSize: 0,
      ...(isTilted ? { tickRotate: -40 } : {}),
    },
    y: {
      type: 'band',
      // The first below, as numbers go up.
      domain: places(y.names.length).reverse(),
      label: y.label,
      labelAnchor: 'top',
      labelArrow: 'none',
      tickFormat: (at: number) => cut(y.names[at] ?? '', Math.floor((marginLeft - 14) / LETTER)),
      tickSize: 0,
    },
    marks: [
      Plot.cell(cells, {
        x: 'x',
        y: 'y',
        fill: toneColour(0),
        fillOpacity: (each: { level: number }) => 0.04 + 0.5 * each.level,
        stroke: 'currentColor',
        strokeOpacity: 0.12,
      }),
      ...(hasRoom
        ? [
            Plot.text(cells, {
              x: 'x',
              y: 'y',
              text: 'text',
              fill: 'currentColor',
            }),
          ]
        : []),
    ],
  };
}

/** Lines over parallel axes; those that are marked stand before the others. */
export function parallel({ axes, lines }: ParallelChart, width: number): Plot.PlotOptions {
  const pieces = lines.flatMap(({ places, isMarked }, line) =>
    places.map((at, axis) => ({ line, axis, at: at ?? Number.NaN, isMarked })),
  );
  const rest = pieces.filter(({ isMarked }) => !isMarked);
  const marked = pieces.filter(({ isMarked }) => isMarked);
  const room = (width - 60) / Math.max(1, axes.length - 1) / LETTER;
  const cut = (text: string, most: number) => {
    const shown = [...printable(text)];
    return shown.length <= most
      ? shown.join('')
      : `…${shown.slice(shown.length - Math.max(1, most - 1)).join('')}`;
  };
  const ticks = axes.flatMap(({ ticks: all }, axis) => all.map(({ at, text }) => ({ axis, at, text })));
  const isLast = (axis: number) => axis === axes.length - 1;
  const titles = axes.map(({ label }, axis) => ({
    axis,
    label: cut(label, Math.max(6, Math.floor(2 * room) - 2)),
  }));
  const side = (wanted: boolean) => ticks.filter(({ axis }) => isLast(axis) === wanted);
  const tickStyle = {
    x: 'axis',
    y: 'at',
    text: (each: { text: string }) => cut(each.text, Math.max(5, Math.floor(room) - 2)),
    fill: 'currentColor',
    stroke: 'var(--page)',
    strokeWidth: 4,
  } as const;
  // Every other title stands higher, so that each has the room of two axes.
  const title = (each: (typeof titles)[number]) =>
    Plot.text([each], {
      x: 'axis',
      text: 'label',
      frameAnchor: 'top',
      dy: each.axis % 2 === 0 ? -16 : -31,
      fill: 'currentColor',
      fontWeight: 'bold',
      ...(each.axis === 0
        ? { textAnchor: 'start' as const, dx: -16 }
        : isLast(each.axis)
          ? { textAnchor: 'end' as const, dx: 36 }
          : { textAnchor: 'middle' as const }),
    });
  return {
    height: width < NARROW_BELOW ? 280 : 340,
    marginLeft: 20,
    marginRight: 40,
    marginTop: 48,
    marginBottom: 14,
    x: { type: 'linear', axis: null, domain: [0, Math.max(1, axes.length - 1)] },
    y: { axis: null, domain: [0, 1] },
    marks: [
      Plot.lineY(rest, {
        x: 'axis',
        y: 'at',
        z: 'line',
        stroke: toneColour(0),
        strokeOpacity: Math.max(0.12, Math.min(0.6, 20 / Math.max(1, lines.length))),
      }),
      Plot.lineY(marked, { x: 'axis', y: 'at', z: 'line', stroke: FRONT, strokeWidth: 2.5 }),
      Plot.ruleX(
        axes.map((_, axis) => axis),
        { stroke: 'currentColor', strokeOpacity: 0.6 },
      ),
      Plot.text(side(false), { ...tickStyle, textAnchor: 'start', dx: 5 }),
      Plot.text(side(true), { ...tickStyle, textAnchor: 'end', dx: -5 }),
      ...titles.map(title),
    ],
  };
}
