import type { RunStatistics, WithinRun } from './run-statistics.ts';
import { isOverloaded } from './shown.ts';
import { suggestedWarmupUs } from './warmup.ts';

/** How far the numbers of a timed run can be trusted: `statistics` of `result.json`. */
export interface StatisticsSummary {
  /** By run, in order of the seeds: what metrics leave out, and what MSER-5 would; null where nothing settled. */
  readonly warmup: {
    readonly usedSec: readonly number[];
    readonly suggestedSec: readonly (number | null)[];
  };
  /** Runs whose queue kept growing. */
  readonly overloaded: number;
  /** Of a single run: intervals from its own course. */
  readonly withinRun?: readonly WithinRun[];
}

/** Undefined where no run has any. */
export function summarizeStatistics(runs: readonly RunStatistics[]): StatisticsSummary | undefined {
  if (runs.length === 0) return undefined;
  const within = runs.length === 1 ? (runs[0]?.within ?? []) : [];
  return {
    warmup: {
      usedSec: runs.map(({ warmupUs }) => warmupUs / 1e6),
      suggestedSec: runs.map((run) => {
        const us = suggestedWarmupUs(run);
        return us === null ? null : us / 1e6;
      }),
    },
    overloaded: runs.filter(isOverloaded).length,
    ...(within.length === 0 ? {} : { withinRun: within }),
  };
}
