import type { Metric } from '../../../sim/experiment/metric.ts';
import { isSame } from './difference-text.ts';

/** A metric of two runs. */
export interface PairedMetric {
  readonly name: string;
  readonly first: Metric | undefined;
  readonly second: Metric | undefined;
  /** Undefined where the runs have it in different units, so that there is no difference. */
  readonly unit: string | undefined;
  readonly differs: boolean;
}

type Metrics = Readonly<Record<string, Metric>>;

/** Metrics of either run, in the order of the first and then of the second. */
export function compareMetrics(a: Metrics, b: Metrics): readonly PairedMetric[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].map((name) => {
    const first = Object.hasOwn(a, name) ? a[name] : undefined;
    const second = Object.hasOwn(b, name) ? b[name] : undefined;
    const isAlike = first === undefined || second === undefined || first.unit === second.unit;
    const unit = isAlike ? (first ?? second)?.unit : undefined;
    return { name, first, second, unit, differs: !isAlike || !isEqual(first?.value, second?.value) };
  });
}

function isEqual(a: number | null | undefined, b: number | null | undefined): boolean {
  return a == null || b == null ? a === b : isSame(a, b);
}
