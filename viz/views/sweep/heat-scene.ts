import { cellsOf } from '../../../sim/report/sections/sweep/over-factors.ts';
import type { FactorAxis } from '../../../sim/report/sections/sweep/view.ts';
import type { Colours } from './colours.ts';
import type { Axis } from './model.ts';
import { endWithin, LETTER, type Mark, startWithin } from './scene.ts';

/** A mean over the points that have two values. */
interface HeatCell {
  readonly column: number;
  readonly row: number;
  readonly mean: number;
  readonly points: readonly number[];
}

export interface Heat {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** By row, then column; undefined where no point is. */
  readonly cells: readonly (HeatCell | undefined)[];
  readonly low: number;
  readonly high: number;
}

/** Joins the points that are kept by two factors. */
export function heatOf(across: FactorAxis, up: FactorAxis, metric: Axis, kept: Uint8Array): Heat {
  const [x, y] = [cellsOf(across), cellsOf(up)];
  const found = new Map<number, { sum: number; readonly points: number[] }>();
  for (const [p, value] of metric.at.entries()) {
    const [column, row] = [x.of[p] as number, y.of[p] as number];
    if (kept[p] === 0 || Number.isNaN(value) || column < 0 || row < 0) continue;
    const at = row * x.names.length + column;
    const cell = found.get(at) ?? { sum: 0, points: [] };
    cell.sum += value;
    cell.points.push(p);
    found.set(at, cell);
  }
  const cells = Array.from({ length: x.names.length * y.names.length }, (_, at): HeatCell | undefined => {
    const cell = found.get(at);
    if (cell === undefined) return undefined;
    const { sum, points } = cell;
    const column = at % x.names.length;
    return { column, row: (at - column) / x.names.length, mean: sum / points.length, points };
  });
  const means = cells.flatMap((cell) => cell?.mean ?? []);
  return {
    columns: x.names,
    rows: y.names,
    cells,
    low: Math.min(...means),
    high: Math.max(...means),
  };
}

const LEGEND = 46;
const ROW = 34;

/** Where the cells stand. */
export interface HeatRoom {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly cell: readonly [w: number, h: number];
  readonly isTilted: boolean;
}

export function heatRoom({ columns, rows }: Heat, width: number): HeatRoom {
  const longest = (names: readonly string[]) => Math.max(1, ...names.map((name) => name.length));
  const left = Math.min(width * 0.34, 16 + LETTER * longest(rows));
  const w = (width - left - 6) / columns.length;
  const isTilted = longest(columns) * LETTER > w - 4;
  const h = Math.max(ROW, Math.min(56, 280 / rows.length));
  const bottom = isTilted ? Math.min(86, 34 + LETTER * longest(columns) * 0.7) : 40;
  return {
    width,
    height: LEGEND + 18 + h * rows.length + bottom,
    left,
    top: LEGEND + 18,
    cell: [w, h],
    isTilted,
  };
}

/** The cell at a place of the picture, as its place in `cells`; -1: none. */
export function heatCellAt({ columns, rows }: Heat, room: HeatRoom, x: number, y: number): number {
  const column = Math.floor((x - room.left) / room.cell[0]);
  // The first row is at the bottom, as numbers go up.
  const row = rows.length - 1 - Math.floor((y - room.top) / room.cell[1]);
  const isIn = column >= 0 && row >= 0 && column < columns.length && row < rows.length;
  return isIn ? row * columns.length + column : -1;
}

export function heatMarks(
  heat: Heat,
  room: HeatRoom,
  names: { readonly across: string; readonly up: string; readonly metric: Axis },
  pointed: number,
  selected: ReadonlySet<number>,
  colours: Colours,
): readonly Mark[] {
  const { columns, rows, cells, low, high } = heat;
  const { left, top, width, height } = room;
  const [w, h] = room.cell;
  const { metric } = names;
  const partOf = (mean: number) => (high === low ? 0.5 : (mean - low) / (high - low));
  const boxOf = (at: number) => {
    const column = at % columns.length;
    const row = (at - column) / columns.length;
    return { x: left + column * w, y: top + (rows.length - 1 - row) * h };
  };
  const text = (
    x: number,
    y: number,
    words: string,
    more: Partial<Extract<Mark, { kind: 'text' }>> = {},
  ): Mark => ({
    kind: 'text',
    x,
    y,
    text: words,
    fill: colours.ink,
    anchor: 'middle',
    ...more,
  });
  const bottom = top + h * rows.length;
  return [
    ...legendMarks(metric, low, high, width, colours),
    ...cells.flatMap((cell, at): readonly Mark[] => {
      const { x, y } = boxOf(at);
      const inner = { x: x + 1, y: y + 1, w: w - 2, h: h - 2 };
      if (cell === undefined) return [{ kind: 'rect', ...inner, stroke: colours.line }];
      const fill = colours.level(partOf(cell.mean));
      const words = metric.number(cell.mean);
      const hasRoom = words.length * LETTER < w - 4;
      return [
        { kind: 'rect', ...inner, fill },
        ...(hasRoom ? [text(x + w / 2, y + h / 2 + 4, words, { fill: colours.inkOn(fill) })] : []),
      ];
    }),
    ...cells.flatMap((cell, at): readonly Mark[] => {
      const isSelected = cell?.points.some((p) => selected.has(p)) === true;
      if (at !== pointed && !isSelected) return [];
      const { x, y } = boxOf(at);
      const stroke = at === pointed ? colours.ink : colours.accent;
      return [{ kind: 'rect', x: x + 1, y: y + 1, w: w - 2, h: h - 2, stroke, width: 3 }];
    }),
    ...columns.map((name, c) =>
      room.isTilted
        ? text(left + (c + 0.5) * w + 4, bottom + 12, startWithin(name, 76), { anchor: 'end', turn: -40 })
        : text(left + (c + 0.5) * w, bottom + 15, name),
    ),
    ...rows.map((name, r) =>
      text(left - 6, top + (rows.length - 1 - r + 0.5) * h + 4, startWithin(name, left - 12), {
        anchor: 'end',
      }),
    ),
    text(left + (width - left) / 2, height - 5, endWithin(names.across, width - left), { isBold: true }),
    text(4, top - 6, endWithin(names.up, width - 8), { anchor: 'start', isBold: true }),
  ];
}

/** An axis by its name and the unit of its numbers. */
export const nameOf = ({ label, scale: { unit } }: Axis): string =>
  unit === '' ? label : `${label}, ${unit}`;

/** Which colour is how much, in a bar. */
function legendMarks(
  metric: Axis,
  low: number,
  high: number,
  width: number,
  colours: Colours,
): readonly Mark[] {
  const steps = 24;
  const textRoom = (value: number) => LETTER * metric.number(value).length;
  const left = textRoom(low) + 12;
  const bar = Math.max(24, Math.min(220, width - left - textRoom(high) - 12));
  return [
    {
      kind: 'text',
      x: 4,
      y: 12,
      text: startWithin(nameOf(metric), width - 8),
      fill: colours.ink,
      anchor: 'start',
      isBold: true,
    },
    ...(low === high
      ? []
      : Array.from(
          { length: steps },
          (_, i): Mark => ({
            kind: 'rect',
            x: left + (i * bar) / steps,
            y: 20,
            w: bar / steps + 0.5,
            h: 12,
            fill: colours.level((i + 0.5) / steps),
          }),
        )),
    { kind: 'text', x: left - 6, y: 30, text: metric.number(low), fill: colours.ink, anchor: 'end' },
    ...(low === high
      ? []
      : [
          {
            kind: 'text',
            x: left + bar + 6,
            y: 30,
            text: metric.number(high),
            fill: colours.ink,
            anchor: 'start',
          } as const,
        ]),
  ];
}
