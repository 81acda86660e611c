import { type Criterion, paretoFront } from '../../../sim/experiment/compare/pareto.ts';
import type { Metric } from '../../../sim/experiment/metric.ts';
import type { Colours } from './colours.ts';
import { nameOf } from './heat-scene.ts';
import type { Axis, SweepModel } from './model.ts';
import { LETTER, type Mark, startWithin } from './scene.ts';

/** Points by two metrics, and those that no other is better than in both. */
export interface TradeOff {
  readonly axes: readonly [x: Axis, y: Axis];
  readonly criteria: readonly [x: Criterion, y: Criterion];
  /** Points that have both values, kept and with all of their runs. */
  readonly points: readonly number[];
  /** Those on the front, from left to right. */
  readonly front: readonly number[];
}

export function tradeOffOf(
  model: SweepModel,
  criteria: readonly [x: Criterion, y: Criterion],
  kept: Uint8Array,
): TradeOff | undefined {
  const [x, y] = [model.axis(criteria[0].metric), model.axis(criteria[1].metric)];
  if (x === undefined || y === undefined) return undefined;
  const seeds = model.sweep.manifest.seeds.length;
  const points = model.points.flatMap(({ done }, p) =>
    kept[p] === 1 && done === seeds && !Number.isNaN(x.at[p]) && !Number.isNaN(y.at[p]) ? [p] : [],
  );
  // The best by one metric come first: what beats a point is then found soon.
  const sign = criteria[0].better === 'higher' ? -1 : 1;
  const order = points.toSorted((a, b) => sign * ((x.at[a] as number) - (x.at[b] as number)));
  const found = paretoFront(
    criteria,
    new Map(order.map((p) => [String(p), [x.at[p] as number, y.at[p] as number]])),
  );
  const front = found.points
    .filter(({ dominatedBy }) => dominatedBy === null)
    .map(({ name }) => Number(name))
    .sort((a, b) => (x.at[a] as number) - (x.at[b] as number) || (y.at[a] as number) - (y.at[b] as number));
  return { axes: [x, y], criteria, points, front };
}

/** Where values stand. */
export interface TradeOffRoom {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly ticks: readonly [x: readonly number[], y: readonly number[]];
  x(value: number): number;
  y(value: number): number;
}

export function tradeOffRoom({ axes, points }: TradeOff, width: number): TradeOffRoom {
  const height = width < 480 ? 300 : 380;
  const spanOf = ({ at }: Axis): readonly [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    for (const p of points) {
      low = Math.min(low, at[p] as number);
      high = Math.max(high, at[p] as number);
    }
    const spare = high === low ? Math.abs(high) * 0.1 || 1 : (high - low) * 0.05;
    return [low - spare, high + spare];
  };
  const [spanX, spanY] = [spanOf(axes[0]), spanOf(axes[1])];
  const yTicks = ticksOf(spanY, axes[1].scale.size, 5);
  const left = Math.min(
    width * 0.35,
    14 + LETTER * Math.max(...yTicks.map((at) => axes[1].number(at).length)),
  );
  const xRoom = LETTER * (Math.max(...spanX.map((at) => axes[0].number(at).length)) + 3);
  const [right, top, bottom] = [width - 14, 32, height - 46];
  const xTicks = ticksOf(
    spanX,
    axes[0].scale.size,
    Math.max(1, Math.min(8, Math.floor((right - left) / xRoom))),
  );
  const scale =
    ([low, high]: readonly [number, number], from: number, to: number) =>
    (value: number) =>
      from + ((value - low) / (high - low)) * (to - from);
  return {
    width,
    height,
    left,
    right,
    top,
    bottom,
    ticks: [xTicks, yTicks],
    x: scale(spanX, left, right),
    y: scale(spanY, bottom, top),
  };
}

/** Values within a span that are round in the unit of the axis, about so many. */
function ticksOf([low, high]: readonly [number, number], size: number, count: number): readonly number[] {
  const rough = (high - low) / size / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10) * power * size;
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

const betterText = (better: Criterion['better'], isUp: boolean): string =>
  isUp ? (better === 'lower' ? '↓ better' : '↑ better') : better === 'lower' ? '← better' : '→ better';

export function tradeOffMarks(
  model: SweepModel,
  tradeOff: TradeOff,
  room: TradeOffRoom,
  colourBy: (point: number) => string,
  selected: readonly number[],
  pointed: number | undefined,
  colours: Colours,
): readonly Mark[] {
  const { axes, criteria, points, front } = tradeOff;
  const [xAxis, yAxis] = axes;
  const { left, right, top, bottom, height, width, ticks } = room;
  const at = (p: number) => [room.x(xAxis.at[p] as number), room.y(yAxis.at[p] as number)];
  const isOnFront = new Set(front);
  const shown = new Set(points);
  const chosen = selected.filter((p) => shown.has(p));
  const byColour = new Map<string, number[]>();
  for (const p of points) {
    if (isOnFront.has(p)) continue;
    const colour = colourBy(p);
    const list = byColour.get(colour) ?? [];
    list.push(...at(p));
    byColour.set(colour, list);
  }
  const grid = (paths: readonly (readonly number[])[]): Mark => ({
    kind: 'lines',
    paths,
    stroke: colours.line,
    width: 1,
  });
  const alpha = Math.max(0.35, Math.min(0.9, 300 / Math.max(1, points.length)));
  return [
    grid(ticks[0].map((value) => [room.x(value), top, room.x(value), bottom])),
    grid(ticks[1].map((value) => [left, room.y(value), right, room.y(value)])),
    ...ticks[0].map(
      (value): Mark => ({
        kind: 'text',
        x: room.x(value),
        y: bottom + 16,
        text: xAxis.number(value),
        fill: colours.ink,
        anchor: 'middle',
      }),
    ),
    ...ticks[1].map(
      (value): Mark => ({
        kind: 'text',
        x: left - 6,
        y: room.y(value) + 4,
        text: yAxis.number(value),
        fill: colours.ink,
        anchor: 'end',
      }),
    ),
    ...[...byColour].map(
      ([fill, list]): Mark => ({ kind: 'dots', at: list, r: 3.2, fill, alpha, shape: 'disc' }),
    ),
    // What lies behind a corner of the steps is beaten by the point in it.
    { kind: 'lines', paths: [steps(tradeOff, room)], stroke: colours.front, width: 1.5, dash: [5, 3] },
    {
      kind: 'lines',
      paths: [...new Set([...front, ...chosen])].flatMap((p) => whiskers(model, tradeOff, room, p)),
      stroke: colours.soft,
      width: 1,
    },
    {
      kind: 'dots',
      at: front.flatMap(at),
      r: 5,
      fill: colours.front,
      stroke: colours.paper,
      shape: 'diamond',
    },
    {
      kind: 'dots',
      at: chosen.flatMap(at),
      r: 6,
      fill: colours.accent,
      stroke: colours.paper,
      shape: 'disc',
    },
    ...(pointed === undefined
      ? []
      : [
          {
            kind: 'dots',
            at: at(pointed),
            r: 6,
            fill: colourBy(pointed),
            stroke: colours.ink,
            shape: 'disc',
          } as const,
        ]),
    {
      kind: 'text',
      x: right,
      y: height - 8,
      text: startWithin(`${nameOf(xAxis)}, ${betterText(criteria[0].better, false)}`, width - 20),
      fill: colours.ink,
      anchor: 'end',
      isBold: true,
    },
    {
      kind: 'text',
      x: 4,
      y: 14,
      text: startWithin(`${nameOf(yAxis)}, ${betterText(criteria[1].better, true)}`, width - 20),
      fill: colours.ink,
      anchor: 'start',
      isBold: true,
    },
  ];
}

/** The front as steps: between two points of it, the worse value of both is what is to be had. */
function steps({ axes, criteria, front }: TradeOff, room: TradeOffRoom): readonly number[] {
  const isXLower = criteria[0].better === 'lower';
  const path: number[] = [];
  let last: readonly [number, number] | undefined;
  for (const p of front) {
    const here = [room.x(axes[0].at[p] as number), room.y(axes[1].at[p] as number)] as const;
    if (last !== undefined) path.push(...(isXLower ? [here[0], last[1]] : [last[0], here[1]]));
    path.push(...here);
    last = here;
  }
  return path;
}

function whiskers(
  model: SweepModel,
  { axes, criteria }: TradeOff,
  room: TradeOffRoom,
  p: number,
): number[][] {
  const metrics = model.points[p]?.metrics;
  const ends = (metric: Metric | undefined) => metric?.ci95;
  const [x, y] = [room.x(axes[0].at[p] as number), room.y(axes[1].at[p] as number)];
  const [ofX, ofY] = criteria.map(({ metric }) => ends(metrics?.[metric]));
  const inX = (at: number) => Math.max(room.left, Math.min(room.right, room.x(at)));
  const inY = (at: number) => Math.max(room.top, Math.min(room.bottom, room.y(at)));
  return [
    ...(ofX === undefined ? [] : [[inX(ofX[0]), y, inX(ofX[1]), y]]),
    ...(ofY === undefined ? [] : [[x, inY(ofY[0]), x, inY(ofY[1])]]),
  ];
}

/** The point next to a place of the picture; undefined where none is near. */
export function dotAt(
  { axes, points }: TradeOff,
  room: TradeOffRoom,
  x: number,
  y: number,
): number | undefined {
  let [best, nearest] = [undefined as number | undefined, 14 ** 2];
  for (const p of points) {
    const [dx, dy] = [room.x(axes[0].at[p] as number) - x, room.y(axes[1].at[p] as number) - y];
    const away = dx * dx + dy * dy;
    if (away < nearest) [best, nearest] = [p, away];
  }
  return best;
}
