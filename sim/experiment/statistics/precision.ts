import type { ConfidenceInterval } from '../../kernel/stats/confidence.ts';
import { steinInterval, steinSampleSize } from '../../kernel/stats/stein.ts';
import { Tally } from '../../kernel/stats/tally.ts';
import type { Precision, PrecisionTarget } from '../../scenario/types.ts';
import type { Replication } from '../replicate.ts';

/** How one metric stands after some replications. */
export interface PrecisionReached {
  readonly metric: string;
  /** Wanted half-width: of the mean, or in the unit of the metric. */
  readonly within: number;
  readonly isRelative: boolean;
  /** Mean and Stein's interval; null where too few replications have a value. */
  readonly value: number | null;
  readonly ci95: readonly [number, number] | null;
  readonly reached: boolean;
  /** Replications that it takes as far as is known; null: no number is known to do. */
  readonly needed: number | null;
}

/** What to do after some replications. */
export interface PrecisionDecision {
  /** Replications wanted in all; what there is already: stop. */
  readonly total: number;
  readonly targets: readonly PrecisionReached[];
}

/** Missing from the run: a name that no replication of the pilot has. */
export class UnknownMetricError extends Error {
  readonly metric: string;
  readonly known: readonly string[];

  constructor(metric: string, known: readonly string[]) {
    super(`the run has no metric "${metric}"`);
    this.metric = metric;
    this.known = known;
  }
}

/**
 * How many replications a precision asks for, by Stein's two-stage rule: the spread of the first `pilot` replications
 * settles the number, and stays the one that the interval is made of, so that stopping by what was seen does not make
 * intervals too narrow. A relative width is taken of the mean, for which the wanted part r counts as r / (1 + r), so that
 * it holds of the true mean; the number is looked at again when the mean has moved, with the same spread.
 *
 * Rests on the replications in order of their seeds alone, so it is the same for every number of threads.
 *
 * @param replications a prefix of them, in order of the seeds
 * @throws {UnknownMetricError} once the pilot is complete, if none of it has a metric
 * @see Stein 1945 (`kernel/stats/stein.ts`); Law, Simulation Modeling and Analysis, 5th ed., section 9.4.1, for r / (1 + r)
 */
export function decidePrecision(
  replications: readonly Pick<Replication, 'readings'>[],
  { targets, pilot, most }: Precision,
): PrecisionDecision {
  const first = Math.min(pilot, most);
  if (replications.length < first) return { total: first, targets: [] };
  const maps = replications.map(({ readings }) => new Map(readings));
  const reached = targets.map((target) => judge(target, maps, first));
  const wanted = Math.max(
    replications.length,
    ...reached.map(({ reached: isReached, needed }) => (isReached ? 0 : (needed ?? most))),
  );
  return { total: Math.min(most, wanted), targets: reached };
}

function judge(
  { metric, within, isRelative }: PrecisionTarget,
  maps: readonly ReadonlyMap<string, Replication['readings'][number][1]>[],
  pilotRuns: number,
): PrecisionReached {
  if (!maps.some((readings) => readings.has(metric))) {
    throw new UnknownMetricError(metric, [...new Set(maps.flatMap((readings) => [...readings.keys()]))]);
  }
  const measuredIn = (readings: ReadonlyMap<string, Replication['readings'][number][1]>) => {
    const value = readings.get(metric)?.value ?? null;
    return value === null ? [] : [value];
  };
  const pilot = Tally.of(maps.slice(0, pilotRuns).flatMap(measuredIn));
  const all = Tally.of(maps.flatMap(measuredIn));
  if (pilot.count < 2) {
    const value = all.count === 0 ? null : all.mean;
    return { metric, within, isRelative, value, ci95: null, reached: false, needed: null };
  }
  const interval: ConfidenceInterval = steinInterval(pilot, all);
  const halfWidth = isRelative ? (within / (1 + within)) * Math.abs(all.mean) : within;
  const size = steinSampleSize(pilot, halfWidth);
  // Some replications may have no value: it takes more of them for so many values.
  const needed = Number.isFinite(size) ? Math.ceil((size * maps.length) / all.count) : null;
  const reached = size <= all.count;
  return {
    metric,
    within,
    isRelative,
    value: all.mean,
    ci95: [interval.lo, interval.hi],
    reached,
    needed: reached || needed === null ? needed : Math.max(needed, maps.length + 1),
  };
}

/** What stopping early leaves open, in a sentence for each target that was not reached. */
export function precisionNotes({ targets }: PrecisionDecision, runs: number, why: string): readonly string[] {
  return targets
    .filter(({ reached }) => !reached)
    .map(({ metric, within, isRelative, needed }) => {
      const width = isRelative ? `${Number((within * 100).toPrecision(12))} %` : String(within);
      const more = needed === null ? 'no number of runs is known to do' : `it takes about ${needed}`;
      return `Precision not reached: ${metric} within ${width} after ${runs} runs (${why}); ${more}`;
    });
}
