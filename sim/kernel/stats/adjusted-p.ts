/** How the chance of a false alarm is kept over many comparisons. */
const ADJUSTMENT_NAMES = ['holm', 'benjamini-hochberg', 'none'] as const;
export type AdjustmentName = (typeof ADJUSTMENT_NAMES)[number];

/**
 * p values such that comparing each with the level keeps the error over all of them.
 *
 * `holm`: the chance of any false alarm (family-wise error), under any dependence. `benjamini-hochberg`: the expected
 * part of false ones among those called different (false discovery rate), for independent or positively dependent tests.
 *
 * @param p each in [0, 1]
 * @returns in the order given, each in [0, 1] and no less than its p
 * @see Holm, Scandinavian Journal of Statistics 6 (1979), 65-70
 * @see Benjamini and Hochberg, Journal of the Royal Statistical Society B 57 (1995), 289-300
 */
export function adjustedP(p: readonly number[], by: AdjustmentName): number[] {
  if (p.some((each) => !(each >= 0 && each <= 1))) throw new RangeError('Cannot adjust: need p from 0 to 1');
  if (by === 'none') return [...p];
  const m = p.length;
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]! || a - b);
  const adjusted = new Array<number>(m);
  if (by === 'holm') {
    let largest = 0;
    order.forEach((i, rank) => {
      largest = Math.max(largest, Math.min(1, (m - rank) * p[i]!));
      adjusted[i] = largest;
    });
    return adjusted;
  }
  let smallest = 1;
  for (let rank = m - 1; rank >= 0; rank--) {
    const i = order[rank]!;
    smallest = Math.min(smallest, (m / (rank + 1)) * p[i]!);
    adjusted[i] = Math.max(smallest, p[i]!);
  }
  return adjusted;
}
