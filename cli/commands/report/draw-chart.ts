import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type {
  BarChart,
  CascadeChart,
  Chart,
  LineChart,
  StackChart,
  SwingChart,
} from '../../../sim/report/charts/chart.ts';
import { lineDash, toneColour } from '../../../sim/report/charts/palette.ts';
import { tickText } from '../../../sim/report/document/quantity.ts';
import { printable } from '../../../sim/report/format.ts';
import { heat, parallel, scatter } from './draw-sweep.ts';

/** Below this width there is room for half as many ticks. */
const NARROW_BELOW = 480;
const FONT_SIZE = 12;
/** Mean width of a letter. */
const LETTER = 6.4;
const NAME_LETTER = 5.8;
/** Height of a row: its name, and the bar below. */
const ROW = 40;
const NAME_ABOVE = -11;
/** From the line that bars begin at. */
const NAME_RIGHT = 3;
const BAR = { insetTop: 20, insetBottom: 5 } as const;
/** Room for half a number at both ends of the axis. */
const MARGIN = { marginLeft: 18, marginRight: 24, marginTop: 6, marginBottom: 40 } as const;
const QUIET = { stroke: 'currentColor', strokeOpacity: 0.15 } as const;

/** A chart as SVG of so many pixels' width. Its colours are those of the page it stands in; it holds no ids. */
export function drawChart(chart: Chart, width: number): string {
  const { document } = parseHTML('<html></html>');
  const options = optionsOf(chart, width);
  const drawn = Plot.plot({
    document: document as unknown as Document,
    width,
    style: { fontSize: `${FONT_SIZE}px`, background: 'none' },
    ...options,
  });
  // Its style sheet is that of the page, and what it is called for screen readers is said by the page, too.
  for (const sheet of [...drawn.querySelectorAll('style')]) sheet.remove();
  for (const part of [drawn, ...drawn.querySelectorAll('*')])
    for (const attribute of ['aria-label', 'aria-description', 'aria-hidden', 'class'])
      part.removeAttribute(attribute);
  drawn.setAttribute('aria-hidden', 'true');
  drawn.setAttribute('focusable', 'false');
  return drawn.outerHTML;
}

function optionsOf(chart: Chart, width: number): Plot.PlotOptions {
  switch (chart.kind) {
    case 'lines':
      return lines(chart, width);
    case 'bars':
      return bars(chart, width);
    case 'stack':
      return stack(chart, width);
    case 'cascade':
      return cascade(chart, width);
    case 'swings':
      return swings(chart, width);
    case 'scatter':
      return scatter(chart, width);
    case 'heat':
      return heat(chart, width);
    case 'parallel':
      return parallel(chart, width);
  }
}

const ticksOf = (width: number) => (width < NARROW_BELOW ? 4 : 8);

function axisX(
  { label, from, to, step }: LineChart['x'],
  width: number,
  values: readonly number[],
): Plot.ScaleOptions {
  const low = from ?? Math.min(...values);
  const high = to ?? Math.max(...values);
  return {
    label,
    labelAnchor: 'center',
    labelArrow: 'none',
    domain: low === high ? [low, low + 1] : [low, high],
    nice: to === undefined,
    ticks: step === undefined ? ticksOf(width) : multiplesOf(step, low, high, ticksOf(width)),
    tickFormat: tickText,
  };
}

/** Of `step`, or of twice as much again and again, until there are no more than `most` and a half. */
function multiplesOf(step: number, low: number, high: number, most: number): readonly number[] {
  let size = step;
  while ((high - low) / size > most * 1.5) size *= 2;
  const first = Math.ceil(low / size);
  return Array.from({ length: Math.floor(high / size) - first + 1 }, (_, at) => (first + at) * size);
}

function lines({ lines: all, x, y }: LineChart, width: number): Plot.PlotOptions {
  const marks = all.flatMap(({ points }, at) => {
    const colour = toneColour(at);
    const band = points.filter((point) => point.low !== undefined && point.high !== undefined);
    const dash = lineDash(at);
    return [
      ...(band.length > 1
        ? [Plot.areaY(band, { x: 'x', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.16 })]
        : []),
      points.length === 1
        ? Plot.dot(points, { x: 'x', y: 'y', fill: colour })
        : Plot.lineY(points, {
            x: 'x',
            y: 'y',
            stroke: colour,
            strokeWidth: 2,
            ...(dash === '' ? {} : { strokeDasharray: dash }),
          }),
    ];
  });
  const xs = all.flatMap(({ points }) => points.map((point) => point.x));
  const ys = all.flatMap(({ points }) =>
    points.flatMap(({ y: mean, low, high }) => [mean, low ?? mean, high ?? mean]),
  );
  const top = y.to ?? ys.reduce((a, b) => Math.max(a, b), 0);
  return {
    ...MARGIN,
    marginLeft: 8 + LETTER * Math.max(4, tickText(Math.ceil(top)).length + 2),
    marginTop: 28,
    height: width < NARROW_BELOW ? 220 : 280,
    x: { ...axisX(x, width, spanOf(xs)), nice: false },
    y: {
      label: y.label,
      labelArrow: 'none',
      labelAnchor: 'top',
      domain: [y.from ?? 0, top > 0 ? top : 1],
      nice: y.to === undefined,
      ticks: 5,
      tickFormat: tickText,
    },
    marks: [Plot.gridY({ ...QUIET, ticks: 5 }), Plot.ruleY([y.from ?? 0]), ...marks],
  };
}

/** Least and greatest: there may be too many for a call. */
function spanOf(values: readonly number[]): readonly number[] {
  return [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

/** Rows of bars: each has its name and its value above it, where long names have room on any screen. */
function rows(count: number): Plot.PlotOptions {
  return {
    ...MARGIN,
    height: count * ROW + MARGIN.marginTop + MARGIN.marginBottom,
    y: { axis: null, type: 'band', padding: 0, domain: Array.from({ length: count }, (_, at) => at) },
  };
}

function rowNames(names: readonly (readonly [name: string, value: string])[], width: number): Plot.Markish {
  return Plot.text(
    names.map((_, at) => at),
    {
      frameAnchor: 'left',
      y: (at: number) => at,
      text: (at: number) => rowName(names[at]?.[0] ?? '', names[at]?.[1] ?? '', width),
      textAnchor: 'start',
      dx: NAME_RIGHT,
      dy: NAME_ABOVE,
      fill: 'currentColor',
      // Lines of the grid do not run through the letters.
      stroke: 'var(--page)',
      strokeWidth: 4,
    },
  );
}

/** What is too long is cut; what somebody named keeps its own direction (isolates), whatever is in it. */
function rowName(name: string, value: string, width: number): string {
  const room = Math.floor((width - 44) / NAME_LETTER) - value.length - 3;
  const plain = printable(name);
  const shown = [...plain];
  const cut = shown.length <= room ? plain : `${shown.slice(0, Math.max(1, room - 1)).join('')}…`;
  return `\u2068${cut}\u2069${value === '' ? '' : `: ${value}`}`;
}

function bars({ bars: all, x }: BarChart, width: number): Plot.PlotOptions {
  const at = all.map((bar, row) => ({ ...bar, row }));
  // An interval may go beyond what is possible, such as more than all: it ends at the frame.
  const intervals = at.flatMap(({ row, low, high }) =>
    low === undefined || high === undefined || high <= low
      ? []
      : [{ row, low: Math.max(low, x.from ?? low), high: Math.min(high, x.to ?? high) }],
  );
  const ends = all.flatMap(({ value, high }) => [value, high ?? value]);
  return {
    ...rows(all.length),
    x: axisX(x, width, [0, ...ends]),
    marks: [
      Plot.gridX({ ...QUIET, ticks: ticksOf(width) }),
      Plot.barX(at, { x1: 0, x2: 'value', y: 'row', fill: toneColour(0), ...BAR }),
      Plot.ruleY(intervals, {
        x1: 'low',
        x2: 'high',
        y: 'row',
        stroke: 'currentColor',
        strokeWidth: 2,
        dy: (BAR.insetTop - BAR.insetBottom) / 2,
      }),
      Plot.ruleX([x.from ?? 0]),
      rowNames(
        all.map(({ name, text }) => [name, text]),
        width,
      ),
    ],
  };
}

function stack({ parts, tones, rows: all, x }: StackChart, width: number): Plot.PlotOptions {
  const pieces = all.flatMap(({ values }, row) => {
    let from = 0;
    return parts.flatMap((_, part) => {
      const value = values[part] ?? 0;
      const piece = { row, part, from, until: from + value };
      from += value;
      return value > 0 ? [piece] : [];
    });
  });
  return {
    ...rows(all.length),
    x: axisX(x, width, [0, ...pieces.map(({ until }) => until)]),
    marks: [
      Plot.gridX({ ...QUIET, ticks: ticksOf(width) }),
      Plot.barX(pieces, {
        x1: 'from',
        x2: 'until',
        y: 'row',
        fill: ({ part }: { part: number }) => toneColour(tones?.[part] ?? part),
        stroke: 'var(--page)',
        strokeWidth: 1,
        ...BAR,
      }),
      rowNames(
        all.map(({ name }) => [name, '']),
        width,
      ),
    ],
    color: { type: 'identity' },
  };
}

function cascade({ steps, x }: CascadeChart, width: number): Plot.PlotOptions {
  let from = 0;
  const pieces = steps.map(({ value, tone }, row) => {
    const piece = { row, tone, from, until: from + value };
    from += value;
    return piece;
  });
  return {
    ...rows(steps.length),
    x: axisX(x, width, [0, from]),
    marks: [
      Plot.gridX({ ...QUIET, ticks: ticksOf(width) }),
      Plot.barX(pieces, {
        x1: 'from',
        x2: 'until',
        y: 'row',
        fill: ({ tone }: { tone: number }) => toneColour(tone),
        ...BAR,
      }),
      rowNames(
        steps.map(({ name, text }) => [name, text]),
        width,
      ),
    ],
    color: { type: 'identity' },
  };
}

function swings({ swings: all, x, typical }: SwingChart, width: number): Plot.PlotOptions {
  const at = all.flatMap(({ low, high }, row) => [
    { row, from: typical, until: low, tone: 0 },
    { row, from: typical, until: high, tone: 1 },
  ]);
  // Where both ends lie on the same side, the longer bar stands behind.
  at.sort((a, b) => Math.abs(b.until - typical) - Math.abs(a.until - typical));
  return {
    ...rows(all.length),
    x: axisX(x, width, [typical, ...all.flatMap(({ low, high }) => [low, high])]),
    marks: [
      Plot.gridX({ ...QUIET, ticks: ticksOf(width) }),
      Plot.barX(at, {
        x1: ({ from, until }: { from: number; until: number }) => Math.min(from, until),
        x2: ({ from, until }: { from: number; until: number }) => Math.max(from, until),
        y: 'row',
        fill: ({ tone }: { tone: number }) => toneColour(tone),
        ...BAR,
      }),
      Plot.ruleX([typical], { stroke: 'currentColor' }),
      rowNames(
        all.map(({ name }) => [name, '']),
        width,
      ),
    ],
    color: { type: 'identity' },
  };
}
