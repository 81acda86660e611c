import { studentTQuantile } from '../../sim/kernel/math.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import type { Found } from './claim.ts';
import type { Runs } from './lab.ts';

/**
 * A metric after over the same before, run by run with the same seed: mean of the ratios and Student's interval of it.
 *
 * @throws {RangeError} where a run lacks the metric, or it is 0 before
 */
export function pairedRatio(what: string, before: Runs, after: Runs, metric: string): Found {
  return meanOf(
    what,
    pairs(before, after).map(([b, a]) => known(a, metric) / positive(known(b, metric), metric)),
    'ratio',
  );
}

/** The same as a change: -0.58 is 58 % less. @throws {RangeError} as `pairedRatio` does */
export function pairedChange(what: string, before: Runs, after: Runs, metric: string): Found {
  return meanOf(
    what,
    pairs(before, after).map(([b, a]) => known(a, metric) / positive(known(b, metric), metric) - 1),
    'fraction',
  );
}

type One = Runs['replications'][number];

function pairs(before: Runs, after: Runs): readonly (readonly [One, One])[] {
  const bySeed = new Map(after.replications.map((each) => [each.seed, each]));
  return before.replications.map((each) => {
    const other = bySeed.get(each.seed);
    if (other === undefined) throw new RangeError(`Cannot pair runs: seed ${each.seed} is on one side alone`);
    return [each, other] as const;
  });
}

function known(run: One, metric: string): number {
  const value = new Map(run.readings).get(metric)?.value;
  if (value == null) throw new RangeError(`Cannot pair runs: seed ${run.seed} has no ${metric}`);
  return value;
}

function positive(value: number, metric: string): number {
  if (!(value > 0)) throw new RangeError(`Cannot divide by ${metric}: need > 0, got ${value}`);
  return value;
}

/** Mean with Student's interval of values that runs gave; without interval where all gave the same. */
export function meanOf(what: string, values: readonly number[], unit: Found['unit']): Found {
  const { mean, stdDev, count } = Tally.of(values);
  if (count < 2 || stdDev <= Math.abs(mean) * SAME) return { what, value: mean, unit };
  const half = (studentTQuantile(0.975, count - 1) * stdDev) / Math.sqrt(count);
  return { what, value: mean, ci95: [mean - half, mean + half], unit };
}

/** Runs that differ by less than this part gave the same up to rounding. */
const SAME = 1e-9;
