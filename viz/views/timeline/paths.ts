import type { Curve } from '../../replay/curve.ts';
import { bucketAt } from '../../replay/series.ts';
import type { Span } from './span.ts';

/** SVG paths of a curve: a line of the means in steps, and the area between least and greatest. */
export interface CurvePaths {
  readonly line: string;
  readonly area: string;
}

/** Buckets of a curve that are in sight: from the first to the last. */
export function inSight(curve: Curve, [from, to]: Span): readonly [first: number, last: number] {
  const { edges } = curve;
  const end = edges.length - 2;
  if (end < 0 || to < (edges[0] as number) || from > (edges[end + 1] as number)) return [0, -1];
  const first = from <= (edges[0] as number) ? 0 : bucketAt(curve, from);
  const last = to >= (edges[end + 1] as number) ? end : bucketAt(curve, to);
  return [first, last];
}

/** @param x place of something on the axis @param y place of a value */
export function curvePaths(
  curve: Curve,
  span: Span,
  x: (at: number) => number,
  y: (value: number) => number,
): CurvePaths {
  const [first, last] = inSight(curve, span);
  let line = '';
  let area = '';
  for (let i = first; i <= last; i++) {
    if (curve.mean[i] == null) continue;
    let end = i;
    while (end < last && curve.mean[end + 1] != null) end += 1;
    const upper: string[] = [];
    const lower: string[] = [];
    for (let k = i; k <= end; k++) {
      const left = short(x(curve.edges[k] as number));
      const right = short(x(curve.edges[k + 1] as number));
      const mean = curve.mean[k] as number;
      line += `${k === i ? 'M' : 'L'}${left},${short(y(mean))}H${right}`;
      const high = short(y(curve.max[k] ?? mean));
      const low = short(y(curve.min[k] ?? mean));
      upper.push(`${left},${high}H${right}`);
      lower.push(`${right},${low}H${left}`);
    }
    area += `M${upper.join('L')}L${lower.reverse().join('L')}Z`;
    i = end;
  }
  return { line, area };
}

const short = (value: number) => String(Math.round(value * 10) / 10);
