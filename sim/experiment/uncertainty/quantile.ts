/**
 * Quantile of a sample, linear between observations; the i-th smallest of n stands at (i - 1/2) / n (Hazen), which is
 * where a Latin hypercube has its strata: of one parameter with a monotone effect, n samples then give the median exactly
 * on average. Beyond the outermost the extreme itself.
 *
 * @param sorted ascending, not empty
 * @param p in [0, 1]
 */
export function sampleQuantile(sorted: readonly number[], p: number): number {
  const n = sorted.length;
  if (n === 0) throw new RangeError('Cannot take a quantile: there are no observations');
  const at = Math.min(n - 1, Math.max(0, p * n - 0.5));
  const below = Math.floor(at);
  const low = sorted[below] as number;
  const high = sorted[Math.min(n - 1, below + 1)] as number;
  return low === high ? low : low + (at - below) * (high - low);
}
