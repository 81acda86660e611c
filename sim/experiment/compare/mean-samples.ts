import { studentTQuantile } from '../../kernel/math.ts';
import type { Reading } from '../../observe/metric.ts';
import type { Metric } from '../metric.ts';

/** A number as JSON has it, or none. */
export const isValue = (value: unknown) => value === null || Number.isFinite(value);

/** Whether a value read from a file is a metric. */
export function isMetric(value: unknown): value is Metric {
  const metric = value as Metric | null;
  return (
    typeof metric === 'object' &&
    metric !== null &&
    isValue(metric.value) &&
    typeof metric.unit === 'string' &&
    Number.isSafeInteger(metric.n) &&
    (metric.ci95 === undefined ||
      (Array.isArray(metric.ci95) && metric.ci95.length === 2 && metric.ci95.every(Number.isFinite)))
  );
}

/**
 * One value of a sample that has the mean of a metric and the standard deviation that its Student interval was made of:
 * values on both sides of the mean, the middle one of an odd number at it. With one run it is the value of that run.
 *
 * @param at its place in the sample
 * @param count replications of the result; those that had no value come last
 */
export function sampleOf({ value, unit, ci95, n }: Metric, at: number, count: number): Reading {
  if (value === null || count === 1) return { value, unit };
  if (at >= n) return { value: null, unit };
  if (ci95 === undefined || n < 2) return { value, unit };
  const stdDev = ((ci95[1] - ci95[0]) / 2 / studentTQuantile(0.975, n - 1)) * Math.sqrt(n);
  const isMiddle = n % 2 === 1 && at === n - 1;
  const far = isMiddle ? 0 : stdDev * Math.sqrt((n - 1) / (n - (n % 2)));
  return { value: value + (at % 2 === 0 ? far : -far), unit };
}
