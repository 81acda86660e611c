/**
 * Quantile of the triangular distribution on [low, high] with its peak at `typical`.
 *
 * Why this one for a figure of which three numbers are known: it uses those three and nothing else, stays within the
 * range that sources give, and puts more of its mass near the ends than the usual alternative, PERT, whose weight of the
 * middle (4) is a convention. So it errs towards wider intervals. Its quantile is a square root: the same bits on every
 * engine. `typical` is the most likely value, not the median: a range that is skewed keeps its skew.
 *
 * @param range low <= typical <= high; all equal gives that number
 * @param u in [0, 1]
 * @throws {RangeError} otherwise
 * @see Johnson, The triangular distribution as a proxy for the beta distribution in risk analysis, The Statistician 46(3), 1997
 */
export function triangularQuantile(
  { low, typical, high }: { readonly low: number; readonly typical: number; readonly high: number },
  u: number,
): number {
  if (!(low <= typical && typical <= high)) {
    throw new RangeError(
      `Cannot sample a range: need low <= typical <= high, got ${low}, ${typical}, ${high}`,
    );
  }
  if (!(u >= 0 && u <= 1)) throw new RangeError(`Cannot take a quantile: need 0 to 1, got ${u}`);
  const width = high - low;
  if (width === 0) return low;
  const below = typical - low;
  const value =
    u * width <= below
      ? low + Math.sqrt(u * width * below)
      : high - Math.sqrt((1 - u) * width * (high - typical));
  // Rounding must not leave the range: it may end at a bound that a mode insists on.
  return Math.min(high, Math.max(low, value));
}
