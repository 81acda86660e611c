import { fromMinorUnits, type Money, minorUnits } from './money.ts';

/** Weights become whole numbers of this part of the largest. */
const WEIGHT_STEPS = 2 ** 52;

/**
 * Splits an amount by weights, in whole minor units: the parts add up to the amount as it is shown, to the cent. Each gets
 * its share rounded down; what is left goes one by one to the largest remainders, the earlier of two equals first
 * (Hamilton's method).
 *
 * @param weights 0 or more, finite, at least one above 0
 * @returns in the order of the weights
 */
export function allocate(total: Money, weights: readonly number[]): Money[] {
  const largest = Math.max(0, ...weights);
  if (!weights.every((weight) => weight >= 0 && weight < Number.POSITIVE_INFINITY) || largest === 0) {
    throw new RangeError(
      `Cannot split an amount: need weights of at least 0, one of them above, got ${weights}`,
    );
  }
  const shares = weights.map((weight) => BigInt(Math.round((weight / largest) * WEIGHT_STEPS)));
  const all = shares.reduce((a, b) => a + b, 0n);
  const units = minorUnits(total);
  const size = units < 0n ? -units : units;
  const parts = shares.map((share) => (size * share) / all);
  let left = size - parts.reduce((a, b) => a + b, 0n);
  const order = shares
    .map((share, i) => ({ i, rest: (size * share) % all }))
    .sort((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1));
  for (const { i } of order) {
    if (left === 0n) break;
    parts[i]! += 1n;
    left -= 1n;
  }
  return parts.map((part) => fromMinorUnits(units < 0n ? -part : part, total.currency));
}
