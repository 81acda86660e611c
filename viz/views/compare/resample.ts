import type { Curve } from '../../replay/curve.ts';

/** A curve of two runs in the same buckets. */
export interface PairedCurve {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** Where buckets begin, and at the end where the last one ends: as those of the curves. */
  readonly edges: readonly number[];
  /** Mean by bucket and run; null where that run has nothing. */
  readonly means: readonly [readonly (number | null)[], readonly (number | null)[]];
  /** Second less first; null where either has nothing. */
  readonly difference: readonly (number | null)[];
}

/** Pairs the curves that both runs have in the same unit, in the order of the first. */
export function pairCurves(a: readonly Curve[], b: readonly Curve[]): readonly PairedCurve[] {
  return a.flatMap((one) => {
    const other = b.find(({ name }) => name === one.name);
    const pair = other === undefined ? undefined : pairCurve(one, other);
    return pair === undefined ? [] : [pair];
  });
}

/**
 * A curve of two runs in common buckets: those of the coarser one, over the span that both have. Where a bucket covers
 * several of a run, they count by how long they lie in it. Undefined where the units differ or no span is common.
 */
export function pairCurve(a: Curve, b: Curve): PairedCurve | undefined {
  if (a.unit !== b.unit || a.edges.length < 2 || b.edges.length < 2) return undefined;
  const from = Math.max(a.edges[0] as number, b.edges[0] as number);
  const to = Math.min(a.edges.at(-1) as number, b.edges.at(-1) as number);
  if (!(to > from)) return undefined;
  const coarse = widthOf(a) >= widthOf(b) ? a : b;
  const edges = [from, ...coarse.edges.filter((edge) => edge > from && edge < to), to];
  const means = [resample(a, edges), resample(b, edges)] as const;
  const difference = means[0].map((value, i) => {
    const second = means[1][i] ?? null;
    return value === null || second === null ? null : second - value;
  });
  return { name: a.name, title: a.title, unit: a.unit, edges, means, difference };
}

/** Mean width of its buckets. */
function widthOf({ edges }: Curve): number {
  return ((edges.at(-1) as number) - (edges[0] as number)) / (edges.length - 1);
}

/** Means of a curve in other buckets, both in order; null where it has nothing in one. */
export function resample(
  { edges: own, mean }: Pick<Curve, 'edges' | 'mean'>,
  edges: readonly number[],
): readonly (number | null)[] {
  const found: (number | null)[] = [];
  let first = 0;
  for (let i = 0; i + 1 < edges.length; i++) {
    const [from, to] = [edges[i] as number, edges[i + 1] as number];
    while (first < mean.length && (own[first + 1] as number) <= from) first += 1;
    let [weight, sum] = [0, 0];
    for (let k = first; k < mean.length && (own[k] as number) < to; k++) {
      const value = mean[k] ?? null;
      const length = Math.min(to, own[k + 1] as number) - Math.max(from, own[k] as number);
      if (value === null || length <= 0) continue;
      weight += length;
      sum += length * value;
    }
    found.push(weight === 0 ? null : sum / weight);
  }
  return found;
}
