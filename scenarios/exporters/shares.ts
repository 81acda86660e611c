/**
 * Divides whole units by weights, so that the parts add up exactly: each gets the floor of its part, the largest
 * remainders one more; of equal remainders the earlier.
 *
 * @param weights at least 0, not all 0
 */
export function shares(units: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const exact = weights.map((weight) => (units * weight) / total);
  const parts = exact.map(Math.floor);
  const order = exact
    .map((part, at) => ({ at, rest: part - Math.floor(part) }))
    .sort((a, b) => b.rest - a.rest || a.at - b.at);
  let left = units - parts.reduce((sum, part) => sum + part, 0);
  for (const { at } of order) {
    if (left <= 0) break;
    parts[at] = (parts[at] as number) + 1;
    left -= 1;
  }
  return parts;
}
