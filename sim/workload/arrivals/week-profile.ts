const HOURS_PER_DAY = 24;
const DAYS_PER_WEEK = 7;

/**
 * Relative rate in each of the 168 hours of a week, mean 1: the product of the two profiles, each scaled to mean 1.
 * Nothing when both are null.
 */
export function weekProfile(
  hourFactors: readonly number[] | null,
  dayFactors: readonly number[] | null,
): Float64Array | undefined {
  if (hourFactors === null && dayFactors === null) return undefined;
  const hours = meanOne('hourFactors', hourFactors, HOURS_PER_DAY);
  const days = meanOne('dayFactors', dayFactors, DAYS_PER_WEEK);
  return Float64Array.from(
    { length: HOURS_PER_DAY * DAYS_PER_WEEK },
    (_, hour) => (hours[hour % HOURS_PER_DAY] as number) * (days[Math.floor(hour / HOURS_PER_DAY)] as number),
  );
}

function meanOne(name: string, weights: readonly number[] | null, length: number): Float64Array {
  if (weights === null) return new Float64Array(length).fill(1);
  const total = weights.reduce((a, b) => a + b, 0);
  if (weights.length !== length || !weights.every((w) => w >= 0) || !(total > 0 && total < Infinity)) {
    throw new RangeError(
      `Cannot start arrivals: ${name} must be ${length} weights >= 0, not all 0, got [${weights.join(', ')}]`,
    );
  }
  return Float64Array.from(weights, (w) => (w * length) / total);
}
