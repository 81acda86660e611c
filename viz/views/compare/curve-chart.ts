import { axisScale } from '../../../sim/report/document/quantity.ts';
import type { PairedCurve } from './resample.ts';

/** Measures of a chart, in pixels. */
export const CHART = { left: 64, right: 12, top: 8, upper: 110, gap: 22, lower: 80, bottom: 22 } as const;
export const CHART_HEIGHT = CHART.top + CHART.upper + CHART.gap + CHART.lower + CHART.bottom;

export interface Scale {
  toX(at: number): number;
  toAt(x: number): number;
}

export function timeScale({ edges }: Pick<PairedCurve, 'edges'>, width: number): Scale {
  const [from, to] = [edges[0] as number, edges.at(-1) as number];
  const length = Math.max(1, width - CHART.left - CHART.right);
  return {
    toX: (at) => CHART.left + ((at - from) / (to - from)) * length,
    toAt: (x) => from + (Math.max(0, Math.min(length, x - CHART.left)) / length) * (to - from),
  };
}

/** An axis from `low` to `high`, with what its numbers are divided by and the unit of what comes out. */
export interface ValueAxis {
  readonly low: number;
  readonly high: number;
  readonly size: number;
  readonly unit: string;
}

/** Of both runs: from 0, or from the least value below it. */
export function valueAxisOf({ means, unit }: PairedCurve): ValueAxis {
  const [low, high] = extent([...means[0], ...means[1], 0]);
  return { low, high: high > low ? high : low + 1, ...axisScale(Math.max(high, -low), unit) };
}

/** Of the difference: as far below zero as above it. */
export function differenceAxisOf({ difference, unit }: PairedCurve): ValueAxis {
  const [low, high] = extent([...difference, 0]);
  const most = Math.max(high, -low);
  return { low: most === 0 ? -1 : -most, high: most === 0 ? 1 : most, ...axisScale(most, unit) };
}

/** Steps through the buckets, broken where there is nothing. */
export function stepPath(
  edges: readonly number[],
  values: readonly (number | null)[],
  toX: (at: number) => number,
  toY: (value: number) => number,
): string {
  const parts: string[] = [];
  let isOn = false;
  for (const [i, value] of values.entries()) {
    if (value === null) {
      isOn = false;
      continue;
    }
    const y = toY(value).toFixed(1);
    parts.push(
      `${isOn ? 'L' : 'M'}${toX(edges[i] as number).toFixed(1)} ${y}H${toX(edges[i + 1] as number).toFixed(1)}`,
    );
    isOn = true;
  }
  return parts.join('');
}

/** The area between the steps and zero. */
export function areaPath(
  edges: readonly number[],
  values: readonly (number | null)[],
  toX: (at: number) => number,
  toY: (value: number) => number,
): string {
  const zero = toY(0).toFixed(1);
  const parts: string[] = [];
  let start: number | undefined;
  for (const [i, value] of values.entries()) {
    if (value === null || value === 0) {
      if (start !== undefined) parts.push(`V${zero}Z`);
      start = undefined;
      continue;
    }
    const x = toX(edges[i] as number).toFixed(1);
    if (start === undefined) parts.push(`M${x} ${zero}`);
    start ??= i;
    parts.push(`L${x} ${toY(value).toFixed(1)}H${toX(edges[i + 1] as number).toFixed(1)}`);
  }
  if (start !== undefined) parts.push(`V${zero}Z`);
  return parts.join('');
}

/** The bucket in which something lies; -1 outside. */
export function bucketOf(edges: readonly number[], at: number): number {
  const last = edges.length - 1;
  if (at < (edges[0] as number) || at > (edges[last] as number)) return -1;
  let [low, high] = [0, last - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((edges[middle] as number) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Least and greatest that is there. */
function extent(values: readonly (number | null)[]): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
