import type { Distribution } from './distribution.ts';
import { fromQuantile, requireField, requireFinite } from './distribution.ts';
import { countUpTo } from './empirical.ts';

/** Published percentiles joined by straight lines, as when a paper gives p50, p90 and p99 but no data. */
export interface QuantileTableSpec {
  readonly kind: 'quantile-table';
  /** Two or more, `p` strictly ascending from 0 to 1, `value` not descending. */
  readonly points: readonly { readonly p: number; readonly value: number }[];
}

export function createQuantileTable({ points }: QuantileTableSpec): Distribution {
  const kind = 'quantile-table';
  const count = points.length;
  requireField(kind, 'number of points', count, '2 or more', count >= 2);
  const ps = points.map((point) => point.p);
  const values = points.map((point) => point.value);
  requireField(kind, 'points[0].p', ps[0]!, '0', ps[0] === 0);
  requireField(kind, `points[${count - 1}].p`, ps[count - 1]!, '1', ps[count - 1] === 1);
  requireFinite(kind, 'points[0].value', values[0]!);
  for (let i = 1; i < count; i++) {
    const [p, value, previousP, previous] = [ps[i]!, values[i]!, ps[i - 1]!, values[i - 1]!];
    requireField(kind, `points[${i}].p`, p, `> points[${i - 1}].p (${previousP})`, p > previousP);
    requireField(
      kind,
      `points[${i}].value`,
      value,
      `>= points[${i - 1}].value (${previous})`,
      value >= previous,
    );
  }

  let mean = 0;
  for (let i = 1; i < count; i++) mean += (ps[i]! - ps[i - 1]!) * ((values[i]! + values[i - 1]!) / 2);
  let variance = 0;
  for (let i = 1; i < count; i++) {
    // Mean square over a straight piece from a to b is (a a + a b + b b) / 3.
    const [a, b] = [values[i - 1]! - mean, values[i]! - mean];
    variance += ((ps[i]! - ps[i - 1]!) * (a * a + a * b + b * b)) / 3;
  }
  return fromQuantile({
    min: values[0]!,
    max: values[count - 1]!,
    mean,
    variance,
    cdf: (x) => interpolate(values, ps, countUpTo(values, x), x),
    quantile: (p) => {
      const i = countUpTo(ps, p);
      // On a step the smallest x with P(X <= x) >= p is wanted; p on a knot belongs to the piece below.
      return ps[i - 1] === p ? values[i - 1]! : interpolate(ps, values, i, p);
    },
  });
}

/** The height at `x` of the line through points `i - 1` and `i`. */
function interpolate(xs: readonly number[], ys: readonly number[], i: number, x: number): number {
  const [x0, x1, y0, y1] = [xs[i - 1]!, xs[i]!, ys[i - 1]!, ys[i]!];
  return Math.min(y1, y0 + ((x - x0) / (x1 - x0)) * (y1 - y0));
}
