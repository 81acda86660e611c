import type { RunResult } from '../../sim/experiment/result.ts';
import type { ReplayOutline } from '../../sim/observe/replay/index.ts';
import { axisScale, quantity } from '../../sim/report/document/quantity.ts';
import type { Curve } from './curve.ts';
import { costRate } from './series-cost.ts';

/** A span of time in which something stayed beyond a limit. */
export interface AlertSpan {
  readonly fromUs: number;
  readonly toUs: number;
  /** `gpu.utilized above 85 %: pool a`. */
  readonly text: string;
}

export type ReplayResult = Partial<RunResult>;

/** What the run came to; undefined where the file was cut off before it. */
export function resultOf({ tables }: Pick<ReplayOutline, 'tables'>): ReplayResult | undefined {
  return tables?.result as ReplayResult | undefined;
}

/** Whether the clock counts tasks: a fill run has no time. */
export function isFill({ header }: Pick<ReplayOutline, 'header'>): boolean {
  const { experiment } = (header.scenario ?? {}) as { experiment?: { kind?: string } };
  return experiment?.kind === 'fill';
}

const TITLES: Readonly<Record<string, string>> = {
  'gpu.allocated': 'GPU allocated',
  'gpu.utilized': 'GPU compute used',
  fragmentation: 'GPU idle but of no use',
  'jobs.waiting': 'jobs waiting',
  'jobs.running': 'jobs running',
  'jobs.waitingGpus': 'GPUs that waiting jobs ask for',
  hosts: 'hosts that are there',
};
/** In this order; others come after them by name. */
const FIRST = Object.keys(TITLES);
const KINDS: Readonly<Record<string, string>> = { gpuModel: 'GPU model', hostGroup: 'host group' };
const PART = /^(.+?)\.(pool|gpuModel|hostGroup|host|mode|tenant|class)\.(.+)$/;

/** `GPU allocated, pool a` for `gpu.allocated.pool.a`. */
export function seriesTitle(name: string): string {
  const [, measure = name, kind = '', part = ''] = PART.exec(name) ?? [];
  const title = TITLES[measure] ?? measure;
  return kind === '' ? title : `${title}, ${KINDS[kind] ?? kind} ${part}`;
}

/** All that the tables of a replay say of its course: series, and what the fleet cost. */
export function curvesOf(outline: ReplayOutline): readonly Curve[] {
  const result = resultOf(outline);
  if (result?.series === undefined) return [];
  const { time, fill } = result.series;
  if (fill !== undefined) {
    const { arrivedPct } = fill;
    // A column is what rounds to its percentage.
    const edges = [...arrivedPct.map((at) => Math.max(0, at - 0.5)), (arrivedPct.at(-1) ?? 0) + 0.5];
    const curve = (name: string, title: string, values: readonly (number | null)[]): Curve => {
      const parts = values.map((value) => (value === null ? null : value / 100));
      return { name, title, unit: 'fraction', edges, mean: parts, min: parts, max: parts };
    };
    return [
      curve('gpu.allocated', 'GPU allocated', fill.allocatedPct),
      curve('fragmentation', 'GPU idle but of no use', fill.fragmentedPct),
      curve('fragmentation.idle', 'part of the idle GPU that is of no use', fill.fragRatioPct),
    ];
  }
  if (time === undefined) return [];
  const { startSeconds, bucketSeconds, endSeconds } = time;
  const curves = Object.entries(time.names).map(([name, { unit, mean, min, max }]): Curve => {
    const edges = Array.from({ length: mean.length + 1 }, (_, i) =>
      Math.round(1e6 * Math.min(startSeconds + i * bucketSeconds, endSeconds)),
    );
    return { name, title: seriesTitle(name), unit, edges, mean, min, max };
  });
  const rank = ({ name }: Curve) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const cost = costRate(outline);
  return [...curves.sort((a, b) => rank(a) - rank(b)), ...(cost === undefined ? [] : [cost])];
}

/** Bucket in which something lies; -1 before the first and after the last. */
export function bucketAt({ edges }: Pick<Curve, 'edges'>, at: number): number {
  const last = edges.length - 1;
  if (last < 1 || at < (edges[0] as number) || at > (edges[last] as number)) return -1;
  let [low, high] = [0, last - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((edges[middle] as number) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A value with its unit: `83.7 %`, `13 jobs`. */
export function valueText(value: number | null | undefined, unit: string): string {
  return quantity(value, unit);
}

/** What a curve says at a moment, in words: the mean of the bucket, and how far it went where that differs. */
export function curveText(curve: Curve, at: number): string {
  const bucket = bucketAt(curve, at);
  const mean = curve.mean[bucket];
  if (mean == null) return 'nothing measured here';
  const { [bucket]: low = mean } = curve.min;
  const { [bucket]: high = mean } = curve.max;
  const text = valueText(mean, curve.unit);
  const [lowText, highText] = [valueText(low, curve.unit), valueText(high, curve.unit)];
  return lowText === highText ? text : `${text} (${lowText} to ${highText})`;
}

/** Upper end and scale of the axis of a value: what is a part of something ends at all of it. */
export function valueAxis(curve: Curve, first: number, last: number) {
  let most = 0;
  for (let i = Math.max(0, first); i <= last && i < curve.max.length; i++)
    most = Math.max(most, curve.max[i] ?? 0);
  const top = niceTop(most, curve.unit === 'fraction' ? 1 : Number.POSITIVE_INFINITY);
  return { top, ...axisScale(top, curve.unit) };
}

/** The least of 1, 2, 5 times a power of ten that is no less. */
export function niceTop(most: number, limit = Number.POSITIVE_INFINITY): number {
  if (!(most > 0)) return Math.min(1, limit);
  let size = 1;
  while (size > most) size /= 10;
  while (size * 10 <= most) size *= 10;
  const top = [1, 2, 5, 10].map((step) => step * size).find((each) => each >= most * (1 - 1e-12));
  return Math.min(top ?? most, Math.max(limit, most));
}

/** When alerts fired, as far as the result lists them, in order of time; `left` of them it does not list. */
export function alertSpans(outline: ReplayOutline): {
  readonly spans: readonly AlertSpan[];
  readonly left: number;
} {
  const result = resultOf(outline);
  const seed = outline.header.seed;
  const spans: AlertSpan[] = [];
  let count = 0;
  for (const alert of result?.alerts ?? []) {
    if (alert.state !== 'fired') continue;
    count += alert.count;
    for (const each of alert.longest) {
      if (each.seed !== seed) continue;
      const text = `${alert.metric} ${alert.is} ${quantity(alert.limit, limitUnit(alert.metric))}: ${alert.scope}`;
      spans.push({ fromUs: each.atSeconds * 1e6, toUs: each.untilSeconds * 1e6, text });
    }
  }
  spans.sort((a, b) => a.fromUs - b.fromUs || a.toUs - b.toUs);
  return { spans, left: Math.max(0, Math.round(count - spans.length)) };
}

function limitUnit(metric: string): string {
  if (metric.startsWith('jobs.')) return 'jobs';
  return metric.startsWith('session.') ? 'seconds' : 'fraction';
}
