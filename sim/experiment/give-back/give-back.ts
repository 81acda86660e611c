import type { IntegerSolver } from '../../kernel/optimize/linear-program.ts';
import { normalizeScenario } from '../../scenario/normalize.ts';
import { type Replication, replicate } from '../replicate.ts';
import { ScenarioError } from '../scenario-error.ts';
import type { TraceData } from '../trace-data.ts';
import { waterfallReport } from '../waterfall.ts';
import { type Observed, observed } from './observed.ts';
import type { GiveBackReport } from './report.ts';
import { type BucketSeen, MOST_BUCKETS, type Outcome, searchGiveBack, type Trial } from './search.ts';

/** What runs of the scenario as it is say of its buckets. */
export function bucketsSeen(replications: readonly Replication[]): readonly BucketSeen[] {
  return waterfallReport(replications.flatMap(({ waterfall }) => waterfall ?? []))?.buckets ?? [];
}

/**
 * What one change of the scenario would give back of each of the largest buckets that are not work: see `searchGiveBack`.
 *
 * @param document the scenario document, valid, of a timed experiment
 * @param seeds at least one; intervals need two
 * @param most buckets that are looked at
 * @throws {RangeError} if the document is not valid, or of a fill experiment
 */
export function giveBack(
  document: unknown,
  traces: TraceData,
  seeds: readonly number[],
  solver?: IntegerSolver,
  most: number = MOST_BUCKETS,
): GiveBackReport {
  const normalized = normalizeScenario(document);
  if (!normalized.ok || normalized.scenario.experiment.kind === 'fill') {
    throw new RangeError(
      'Cannot look for what gives capacity back: need a valid scenario of a timed experiment',
    );
  }
  const run = ({ scenario, needsDetail }: Omit<Trial, 'document'>): readonly Replication[] =>
    seeds.map((seed) => replicate(scenario, traces, seed, { solver, detail: needsDetail }));
  const base = run({ scenario: normalized.scenario, needsDetail: true });
  const search = searchGiveBack(normalized, bucketsSeen(base), base.map(observed), most);
  let next = search.next();
  while (next.done !== true) {
    next = search.next(
      next.value.map((trial): Outcome => {
        try {
          return run(trial).map((each): Observed => observed(each));
        } catch (error) {
          if (error instanceof ScenarioError) return undefined;
          throw error;
        }
      }),
    );
  }
  return next.value;
}
