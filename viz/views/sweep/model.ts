import { criterionOf } from '../../../sim/experiment/compare/pareto.ts';
import { type SweptPoint, tellingMetrics } from '../../../sim/experiment/sweep/results.ts';
import { metricWords } from '../../../sim/report/document/metric-words.ts';
import { axisScale, metricText, quantity, tickText } from '../../../sim/report/document/quantity.ts';
import { axisOf, type FactorAxis } from '../../../sim/report/sections/sweep/view.ts';
import type { ReadSweep } from './read-sweep.ts';

/** Before the path of a factor, in names of axes: a metric may be called as a path is. */
const OF_FACTOR = 'set:';

/** Something that each point has a value of: a factor or a metric. */
export interface Axis {
  /** `set:PATH`, or the name of a metric. */
  readonly id: string;
  readonly label: string;
  /** By point; NaN where it has none. */
  readonly at: Float64Array;
  readonly low: number;
  readonly high: number;
  /** Values that a factor takes, in order; undefined where there is a number of any size. */
  readonly places: readonly number[] | undefined;
  /** Unit of `number`, and how many of the value's own it is; empty for words. */
  readonly scale: { readonly size: number; readonly unit: string };
  /** A value in words. */
  text(value: number): string;
  /** A value in the unit of the axis, without it: for cells and ticks. */
  number(value: number): string;
  /** The value of a point in words, with its interval. */
  textOf(point: number): string;
}

/** What the charts of a sweep are drawn from. Points go by their place in `points`. */
export interface SweepModel {
  readonly sweep: ReadSweep;
  readonly points: readonly SweptPoint[];
  /** Factors with two values or more. */
  readonly factors: readonly FactorAxis[];
  readonly factorAxes: readonly Axis[];
  /** Names of the metrics that some point has. */
  readonly metrics: readonly string[];
  /** Those that are shown where nobody has chosen any. */
  readonly telling: readonly string[];
  /** @returns undefined where no point has it */
  axis(id: string): Axis | undefined;
}

const SHOWN_METRICS = 4;

export function modelOf(sweep: ReadSweep): SweepModel {
  const { points, design } = sweep.results;
  const factors: FactorAxis[] = [];
  const factorAxes: Axis[] = [];
  for (const [f, { path }] of design.factors.entries()) {
    const axis = axisOf(
      path,
      points.map(({ values }) => values[f] as string),
    );
    if (axis.names.length < 2) continue;
    factors.push(axis);
    factorAxes.push(ofFactor(axis, points, f));
  }
  const metrics = [
    ...new Set(
      points.flatMap(({ metrics: all }) =>
        Object.entries(all).flatMap(([name, { value }]) => (value === null ? [] : [name])),
      ),
    ),
  ];
  const known = new Map<string, Axis | undefined>(factorAxes.map((axis) => [axis.id, axis]));
  const axis = (id: string): Axis | undefined => {
    if (!known.has(id)) known.set(id, ofMetric(id, points));
    return known.get(id);
  };
  const ran = points.filter(({ done }) => done > 0);
  return { sweep, points, factors, factorAxes, metrics, telling: tellingMetrics(ran, SHOWN_METRICS), axis };
}

function ofFactor(
  { path, at, unit, names, places }: FactorAxis,
  points: readonly SweptPoint[],
  f: number,
): Axis {
  const isWords = unit === undefined;
  return {
    id: OF_FACTOR + path,
    label: path,
    at: Float64Array.from(at),
    low: places[0] as number,
    high: places.at(-1) as number,
    places,
    scale: { size: 1, unit: unit ?? '' },
    number: (value) => `${Number(value.toPrecision(4))}`,
    text: (value) => (isWords ? (names[Math.round(value)] ?? '') : `${Number(value.toPrecision(4))}${unit}`),
    textOf: (point) => points[point]?.values[f] ?? '',
  };
}

function ofMetric(name: string, points: readonly SweptPoint[]): Axis | undefined {
  const at = Float64Array.from(points, ({ metrics }) => metrics[name]?.value ?? Number.NaN);
  let [low, high] = [Infinity, -Infinity];
  for (const value of at) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === Infinity) return undefined;
  const unit = points.find(({ metrics }) => metrics[name] !== undefined)?.metrics[name]?.unit ?? 'ratio';
  const scale = axisScale(Math.max(Math.abs(low), Math.abs(high)), unit);
  return {
    id: name,
    label: metricWords(name),
    at,
    low,
    high,
    places: undefined,
    scale,
    number: (value) => tickText(Number((value / scale.size).toPrecision(4))),
    text: (value) => quantity(value, unit),
    textOf: (point) => metricText(points[point]?.metrics[name]),
  };
}

/** Which way is better where nobody has said: as metrics are documented, else lower. */
export const betterOf = (metric: string): 'lower' | 'higher' => criterionOf(metric)?.better ?? 'lower';

/** By axis, the values that a point must have to be kept. */
export type Ranges = ReadonlyMap<string, readonly [low: number, high: number]>;

/** By point, 1 where some of its runs are done and its values are within all ranges. */
export function keptOf({ points, axis }: SweepModel, ranges: Ranges): Uint8Array {
  const kept = Uint8Array.from(points, ({ done }) => (done > 0 ? 1 : 0));
  for (const [id, [low, high]] of ranges) {
    const of = axis(id);
    if (of === undefined) continue;
    const slack = (of.high - of.low) * 1e-9;
    for (const [p, value] of of.at.entries())
      if (!(value >= low - slack && value <= high + slack)) kept[p] = 0;
  }
  return kept;
}
