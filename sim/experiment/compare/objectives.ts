import {
  checkObservedUnits,
  judge,
  missingMetrics,
  problemOf,
  readObjective,
  type Samples,
} from '../../objectives/index.ts';
import type { Objective } from '../../scenario/types.ts';
import type { Replication } from '../replicate.ts';
import type { ObjectiveResult } from './kept.ts';
import { runValues } from './values.ts';

/** How a set of objectives came out, the worst first. */
export type GateVerdict = 'fail' | 'undecided' | 'pass';

/** @param isStrict whether undecided is as good as failed */
export function gateVerdict(results: readonly ObjectiveResult[], isStrict = false): GateVerdict {
  const verdicts = results.map(({ verdict }) => verdict);
  const fails = verdicts.some((verdict) => verdict === 'fail' || verdict === 'not-measured');
  if (fails) return 'fail';
  if (!verdicts.includes('undecided')) return 'pass';
  return isStrict ? 'fail' : 'undecided';
}

/**
 * Objectives of a scenario that speak of it alone, judged on its replications.
 *
 * @param confidence of the intervals that decide, in (0, 1); default 0.95
 */
export function judgeAlone(
  objectives: readonly Objective[],
  replications: readonly Replication[],
  confidence?: number,
): { readonly results: readonly ObjectiveResult[]; readonly notes: readonly string[] } {
  const samples: Samples = { kind: 'alone', candidate: replications.map(runValues) };
  const results: ObjectiveResult[] = [];
  const notes: string[] = [];
  for (const [index, objective] of objectives.entries()) {
    const read = readObjective(objective.expect);
    if (read.ok && read.needsBase) {
      notes.push(`Objective "${objective.name}" speaks of a base: compare judges it`);
    } else results.push(judgeObjective(objective, index, samples, confidence));
  }
  return { results, notes };
}

/**
 * Judges one objective.
 *
 * @param index its place in the scenario, null: not from there
 * @throws {RangeError} if the condition cannot be read
 */
export function judgeObjective(
  { name, expect, why }: Objective,
  index: number | null,
  samples: Samples,
  confidence?: number,
): ObjectiveResult {
  const read = readObjective(expect);
  if (!read.ok) throw new RangeError(`Cannot judge "${expect}": ${read.problems[0]?.message}`);
  const { condition } = read;
  const judged = judge(condition, expect, samples, confidence);
  const [misfit] = checkObservedUnits(condition, samples);
  if (misfit !== undefined) {
    const { message, hint } = problemOf(misfit);
    const reason = hint === undefined ? message : `${message} (${hint})`;
    return { name, expect, why, index, ...judged, verdict: 'not-measured', needed: null, reason };
  }
  const missing = missingMetrics(condition, samples).map(({ name: metric, group }) =>
    group === undefined ? metric : `${metric} of ${group.by} "${group.name}"`,
  );
  const reason =
    judged.verdict === 'not-measured' && missing.length > 0
      ? `the run has no ${[...new Set(missing)].join(', ')}`
      : judged.comparisons.find((each) => each.reason !== undefined)?.reason;
  return { name, expect, why, index, ...judged, ...(reason === undefined ? {} : { reason }) };
}
