import { type Colours, LEVELS, levelOf } from './colours.ts';
import type { FieldLines } from './line-field.ts';
import type { Axis } from './model.ts';
import { endWithin, LETTER, type LineMark, type Mark, startWithin } from './scene.ts';

/** Least room between two axes, pixels: with less the picture is scrolled. */
const LEAST_GAP = 84;
const TOP = 50;
const BOTTOM = 20;
const SIDE = 34;
const MOST_TICKS = 12;

/** Where the axes stand. */
export interface ParallelRoom {
  readonly axes: readonly Axis[];
  readonly width: number;
  readonly height: number;
  readonly top: number;
  readonly bottom: number;
  x(axis: number): number;
  y(axis: Axis, value: number): number;
  /** The value at a height, within the axis. */
  value(axis: Axis, y: number): number;
}

/** Least and most height, and what part of the window it takes between them. */
const [LEAST_HEIGHT, MOST_HEIGHT, OF_WINDOW] = [360, 620, 0.46];
const NARROW_HEIGHT = 320;

/** @param box width that there is; @param windowHeight of all that is seen at a time */
export function parallelRoom(axes: readonly Axis[], box: number, windowHeight: number): ParallelRoom {
  const width = Math.max(box, 2 * SIDE + (axes.length - 1) * LEAST_GAP);
  const height =
    box < 500
      ? NARROW_HEIGHT
      : Math.round(Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, OF_WINDOW * windowHeight)));
  const [top, bottom] = [TOP, height - BOTTOM];
  const gap = (width - 2 * SIDE) / Math.max(1, axes.length - 1);
  return {
    axes,
    width,
    height,
    top,
    bottom,
    x: (axis) => SIDE + axis * gap,
    y: ({ low, high }, value) =>
      high === low ? (top + bottom) / 2 : bottom - ((value - low) / (high - low)) * (bottom - top),
    value({ low, high }, y) {
      const part = Math.max(0, Math.min(1, (bottom - y) / (bottom - top)));
      return low + part * (high - low);
    },
  };
}

/** Room on both sides of a value that many points share, pixels at most. */
const MOST_SPREAD = 11;

/**
 * The line of each point. Points that share the value of a factor are spread a little by what they are coloured by, so that
 * lines of a grid do not all lie on each other.
 */
export function linesOver(room: ParallelRoom, colourBy: Axis | undefined, count: number): FieldLines {
  const { axes, x, y, top, bottom } = room;
  const ys = new Float32Array(count * axes.length);
  const levels = Uint8Array.from({ length: count }, (_, p) => levelOf(partOf(colourBy, p)));
  for (const [a, axis] of axes.entries()) {
    const spread =
      axis.places === undefined ? 0 : Math.min(MOST_SPREAD, 0.3 * leastGap(axis) * (bottom - top));
    for (let p = 0; p < count; p++)
      ys[p * axes.length + a] = y(axis, axis.at[p] as number) - 2 * (partOf(colourBy, p) - 0.5) * spread;
  }
  return { count, xs: axes.map((_, a) => x(a)), ys, levels };
}

/** The line of a point as x, y, x, y, ... */
function pathOf({ xs, ys }: FieldLines, p: number): readonly number[] {
  return xs.flatMap((x, a) => [x, ys[p * xs.length + a] as number]);
}

/** The least distance of two values of a factor, as a part of the axis. */
function leastGap({ places = [], low, high }: Axis): number {
  return Math.min(...places.slice(1).map((at, i) => at - (places[i] as number))) / (high - low);
}

/** Lines of more points are fainter, so that what many share stands out. */
const alphaOf = (count: number): number => Math.max(0.15, Math.min(0.9, 200 / Math.max(1, count)));

/** Of a line that is kept, and of one that is brushed away. */
export function alphasOf(kept: Uint8Array): { readonly kept: number; readonly away: number } {
  const count = kept.reduce((sum, each) => sum + each, 0);
  return { kept: alphaOf(count), away: Math.max(0.3, alphaOf(kept.length - count)) };
}

/** Lines as a picture to be saved has them: what is brushed away under what is kept, by colour. */
export function lineMarks(lines: FieldLines, kept: Uint8Array, colours: Colours): readonly LineMark[] {
  const alpha = alphasOf(kept);
  const away: (readonly number[])[] = [];
  const byLevel: (readonly number[])[][] = Array.from({ length: LEVELS }, () => []);
  for (let p = 0; p < lines.count; p++)
    (kept[p] === 0 ? away : byLevel[lines.levels[p] as number])?.push(pathOf(lines, p));
  return [
    { kind: 'lines', paths: away, stroke: colours.away, width: 1, alpha: alpha.away, isFine: true },
    ...byLevel.map(
      (paths, level): LineMark => ({
        kind: 'lines',
        paths,
        stroke: colours.level((level + 0.5) / LEVELS),
        width: 1.2,
        alpha: alpha.kept,
        isFine: true,
      }),
    ),
  ];
}

/** The line of a point that is pointed at. */
export const pointedMark = (lines: FieldLines, p: number, colours: Colours): LineMark => ({
  kind: 'lines',
  paths: [pathOf(lines, p)],
  stroke: colours.ink,
  width: 2.5,
});

/** Lines that are selected, over the others. */
export function selectedMarks(
  lines: FieldLines,
  selected: readonly number[],
  colours: Colours,
): readonly LineMark[] {
  const chosen = selected.flatMap((p) => (p < lines.count ? [pathOf(lines, p)] : []));
  return [
    { kind: 'lines', paths: chosen, stroke: colours.paper, width: 6 },
    { kind: 'lines', paths: chosen, stroke: colours.accent, width: 3 },
  ];
}

/** Where a point lies between the least and the most of an axis, 0 to 1. */
export function partOf(axis: Axis | undefined, point: number): number {
  if (axis === undefined || axis.high === axis.low) return 0.5;
  const part = ((axis.at[point] as number) - axis.low) / (axis.high - axis.low);
  return Number.isNaN(part) ? 0 : part;
}

/** Axes with their names and values; that of the colours is their legend. */
export function axisMarks(room: ParallelRoom, colourBy: Axis | undefined, colours: Colours): readonly Mark[] {
  const { axes, x, y, top, bottom, width } = room;
  const gap = axes.length > 1 ? x(1) - x(0) : width;
  return axes.flatMap((axis, a): readonly Mark[] => {
    const isLast = a === axes.length - 1 && a > 0;
    const anchor = a === 0 ? 'start' : isLast ? 'end' : 'middle';
    // Every other name stands higher, so that each has the room of two.
    const title: Mark = {
      kind: 'text',
      x: a === 0 ? 4 : isLast ? width - 4 : x(a),
      y: a % 2 === 0 ? 28 : 12,
      text: endWithin(axis.label, Math.min(width - 8, (a === 0 || isLast ? 1.4 : 1.9) * gap)),
      fill: colours.ink,
      anchor,
      isBold: true,
    };
    const ticks = ticksOf(axis, bottom - top);
    const side = isLast ? -1 : 1;
    const step = (bottom - top) / LEVELS;
    return [
      ...(axis !== colourBy || axis.low === axis.high
        ? []
        : Array.from(
            { length: LEVELS },
            (_, i): Mark => ({
              kind: 'rect',
              x: x(a) - 5,
              y: bottom - (i + 1) * step,
              w: 10,
              h: step + 0.5,
              fill: colours.level((i + 0.5) / LEVELS),
            }),
          )),
      { kind: 'lines', paths: [[x(a), top, x(a), bottom]], stroke: colours.ink, width: 1 },
      title,
      ...ticks.flatMap((value): readonly Mark[] => [
        {
          kind: 'lines',
          paths: [[x(a), y(axis, value), x(a) + side * 5, y(axis, value)]],
          stroke: colours.ink,
          width: 1,
        },
        {
          kind: 'text',
          x: x(a) + side * 15,
          y: y(axis, value) + 4,
          text: startWithin(axis.text(value), gap - 22),
          fill: colours.ink,
          anchor: isLast ? 'end' : 'start',
          halo: colours.paper,
        },
      ]),
    ];
  });
}

/** Values that are written beside an axis: those of a factor where they have room, else both ends and the middle. */
function ticksOf(axis: Axis, room: number): readonly number[] {
  const { places, low, high } = axis;
  if (low === high) return [low];
  if (places !== undefined && places.length <= MOST_TICKS) {
    if (leastGap(axis) * room > 2 * LETTER) return places;
  }
  return [low, (low + high) / 2, high];
}

/** The line next to a place, among those that are kept; undefined where none is near. */
export function lineAt(
  room: ParallelRoom,
  { count, ys }: FieldLines,
  kept: Uint8Array,
  x: number,
  y: number,
): number | undefined {
  const { axes } = room;
  const gap = axes.length > 1 ? room.x(1) - room.x(0) : 1;
  const a = Math.max(0, Math.min(axes.length - 2, Math.floor((x - room.x(0)) / gap)));
  const part = (x - room.x(a)) / gap;
  let [best, nearest] = [undefined as number | undefined, 7];
  for (let p = 0; p < count; p++) {
    if (kept[p] === 0) continue;
    const at = p * axes.length + a;
    const [from, to] = [ys[at] as number, ys[at + 1] as number];
    const away = Math.abs(from + part * (to - from) - y);
    if (away < nearest) [best, nearest] = [p, away];
  }
  return best;
}
