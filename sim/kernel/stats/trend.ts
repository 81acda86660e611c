import { normalCdf } from '../math.ts';

/**
 * Whether a short series rises, by Mann and Kendall: p of at least so many pairs in rising order if the order were
 * accident. Ties count in neither direction and lower the variance as usual. Exact enough from eight values on.
 *
 * @returns one-sided p in [0, 1]; 1 below eight values
 * @see Kendall, Rank Correlation Methods, 4th ed., section 4; Mann, Econometrica 13 (1945), 245-259
 */
export function risingTrend(values: readonly number[]): number {
  const n = values.length;
  if (n < 8) return 1;
  let score = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) score += Math.sign(values[j]! - values[i]!);
  }
  let variance = n * (n - 1) * (2 * n + 5);
  for (const ties of tieCounts(values)) variance -= ties * (ties - 1) * (2 * ties + 5);
  if (variance <= 0) return 1;
  // Continuity: the score moves in steps of two.
  return 1 - normalCdf((score - Math.sign(score)) / Math.sqrt(variance / 18));
}

function tieCounts(values: readonly number[]): readonly number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()];
}
