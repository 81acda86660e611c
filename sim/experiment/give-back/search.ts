import { BUCKET_TEXT, BUCKETS, type Bucket } from '../../observe/waterfall/buckets.ts';
import { type CanonicalDocument, normalizeScenario } from '../../scenario/index.ts';
import type { Scenario } from '../../scenario/types.ts';
import { applyVariant } from '../../scenario/what-if.ts';
import type { Candidate, Ladder, Settings } from './candidate.ts';
import { triesFor } from './candidates.ts';
import { areSame, type Observed, servedWorse } from './observed.ts';
import { byGain, type GiveBackReport, triedChange } from './report.ts';
import { Stated } from './stated.ts';

/** Buckets that are looked at unless said otherwise: the largest of those that are not work. */
export const MOST_BUCKETS = 5;

/** A scenario to be run with every seed of the base. */
export interface Trial {
  readonly document: object;
  readonly scenario: Scenario;
  /** False: only what people get is looked at, not where the capacity went. */
  readonly needsDetail: boolean;
}

/** What came out of a trial, in order of the seeds; undefined where it cannot be run. */
export type Outcome = readonly Observed[] | undefined;

/** Asks for batches of trials, which may run in any order, and ends with what they showed. */
export type Search = Generator<readonly Trial[], GiveBackReport, readonly Outcome[]>;

/** What is known of one bucket before anything is tried. */
export interface BucketSeen {
  readonly bucket: Bucket;
  readonly gpuHours: number;
  readonly causes: readonly { readonly cause: string; readonly gpuHours: number }[];
}

/**
 * What one change of the scenario would give back of each of the largest buckets: every change is run with the same
 * seeds, so that arrivals and demands are the same. Of what there may be fewer, the fewest are sought by halving.
 *
 * @param seen buckets of the scenario as it is, means over its runs
 * @param base its runs, in order of the seeds
 * @param most buckets that are looked at
 */
export function* searchGiveBack(
  normalized: { readonly document: CanonicalDocument; readonly scenario: Scenario },
  seen: readonly BucketSeen[],
  base: readonly Observed[],
  most: number = MOST_BUCKETS,
): Search {
  const { document, scenario } = normalized;
  const stated = new Stated(document);
  const { whatIf: _variants, ...plain } = document;
  const desk = new TrialDesk(plain);
  const largest = seen
    .filter(({ bucket, gpuHours }) => bucket !== 'useful' && gpuHours > 0)
    .sort((a, b) => b.gpuHours - a.gpuHours || BUCKETS.indexOf(a.bucket) - BUCKETS.indexOf(b.bucket))
    .slice(0, most);
  const tries = largest.map(({ bucket, causes }) => {
    const names = new Set(causes.filter(({ gpuHours }) => gpuHours > 0).map(({ cause }) => cause));
    return triesFor(bucket, names, scenario, stated);
  });
  const steps = tries.flatMap(({ ladders }) => ladders.map((ladder) => new Halving(ladder)));
  // What is asked for at once can run at the same time: all changes, and one step down each ladder.
  yield* desk.run([
    ...tries.flatMap(({ candidates }) => candidates.map(({ set }) => ({ set, needsDetail: true }))),
    ...steps.map(({ probe }) => ({ set: probe.set, needsDetail: false })),
  ]);
  for (;;) {
    for (const step of steps) {
      const outcome = desk.outcomeOf(step.probe.set);
      if (!step.isDone) step.learn(outcome !== undefined && servedWorse(base, outcome).length === 0);
    }
    const open = steps.filter(({ isDone }) => !isDone);
    if (open.length === 0) break;
    yield* desk.run(open.map(({ probe }) => ({ set: probe.set, needsDetail: false })));
  }
  yield* desk.run(steps.map(({ found }) => ({ set: found.set, needsDetail: true })));
  const stepsOf = new Map(steps.map((step) => [step.ladder, step]));
  const [first] = base;
  return {
    capacityGpuHours:
      base.reduce((sum, each) => sum + (each.capacityGpuHours ?? 0), 0) / (first ? base.length : 1),
    seeds: base.length,
    runs: desk.trials * base.length,
    buckets: largest.map(({ bucket, gpuHours }, i) => {
      const { candidates, ladders } = tries[i] as (typeof tries)[number];
      const tried = [...candidates, ...ladders.map((ladder) => (stepsOf.get(ladder) as Halving).found)];
      const runnable = tried.flatMap((candidate) => {
        const runs = desk.outcomeOf(candidate.set, true);
        return runs === undefined ? [] : [{ candidate, runs }];
      });
      const felt = runnable.filter(({ candidate, runs }) => candidate.takesAway || !areSame(base, runs));
      return {
        bucket,
        text: BUCKET_TEXT[bucket],
        gpuHours,
        changes: byGain(felt.map(({ candidate, runs }) => triedChange(bucket, candidate, base, runs))),
        withoutEffect: runnable.length - felt.length,
      };
    }),
  };
}

/** Seeks the fewest that still serve everybody as well, as if fewer never served better. */
class Halving {
  readonly ladder: Ladder;
  /** Known to do, and known not to. */
  #enough: number;
  #tooFew: number;

  constructor(ladder: Ladder) {
    this.ladder = ladder;
    this.#enough = ladder.from;
    this.#tooFew = ladder.least - 1;
  }

  get isDone(): boolean {
    return this.#enough - this.#tooFew <= 1;
  }

  /** What is to be tried next. */
  get probe(): Candidate {
    return this.ladder.at(this.#middle);
  }

  learn(isEnough: boolean): void {
    if (isEnough) this.#enough = this.#middle;
    else this.#tooFew = this.#middle;
  }

  /** The fewest; where none can go, one less, which shows what that does. */
  get found(): Candidate {
    return this.ladder.at(Math.min(this.#enough, this.ladder.from - 1));
  }

  get #middle(): number {
    return Math.floor((this.#enough + this.#tooFew) / 2);
  }
}

/** Each change is run once, however many buckets it is tried for. */
class TrialDesk {
  readonly #document: object;
  readonly #outcomes = new Map<string, { readonly hasDetail: boolean; readonly outcome: Outcome }>();
  /** So many were run. */
  trials = 0;

  constructor(document: object) {
    this.#document = document;
  }

  *run(
    wanted: readonly { readonly set: Settings; readonly needsDetail: boolean }[],
  ): Generator<readonly Trial[], void, readonly Outcome[]> {
    const trials = new Map<string, Trial>();
    for (const { set, needsDetail } of wanted) {
      const key = JSON.stringify(set);
      const known = this.#outcomes.get(key);
      if (known !== undefined && (known.hasDetail || !needsDetail || known.outcome === undefined)) continue;
      if (trials.get(key)?.needsDetail === true) continue;
      const trial = trialOf(this.#document, set, needsDetail);
      if (trial === undefined) this.#outcomes.set(key, { hasDetail: true, outcome: undefined });
      else trials.set(key, trial);
    }
    if (trials.size === 0) return;
    const outcomes = yield [...trials.values()];
    this.trials += trials.size;
    [...trials].forEach(([key, { needsDetail }], i) => {
      this.#outcomes.set(key, { hasDetail: needsDetail, outcome: outcomes[i] });
    });
  }

  outcomeOf(set: Settings, withDetail = false): Outcome {
    const known = this.#outcomes.get(JSON.stringify(set));
    return withDetail && known?.hasDetail !== true ? undefined : known?.outcome;
  }
}

/** Undefined where the change does not give a valid scenario. */
function trialOf(document: object, set: Settings, needsDetail: boolean): Trial | undefined {
  const varied = applyVariant(document, { name: 'change', set: { ...set } });
  if (!varied.ok) return undefined;
  const normalized = normalizeScenario(varied.document);
  if (!normalized.ok) return undefined;
  return { document: normalized.document, scenario: normalized.scenario, needsDetail };
}
