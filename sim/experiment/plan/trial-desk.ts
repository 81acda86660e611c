import { metricsOf, readObjective } from '../../objectives/index.ts';
import type { Scenario } from '../../scenario/types.ts';
import { isCostApart, rebilled } from '../rebill.ts';
import type { Replication } from '../replicate.ts';
import type { TraceData } from '../trace-data.ts';
import type { PlanScenario } from './space.ts';

/** One run that is asked for. */
export interface PlanTrial {
  /** Normalized; the same as `scenario`. */
  readonly document: object;
  readonly scenario: Scenario;
  readonly seed: number;
}

/** What came of it; `wrong`: why it cannot be run. */
export type TrialOutcome = { readonly replication: Replication } | { readonly wrong: string };

/** Asks for batches of trials, which may run in any order, and ends with what they showed. */
export type Trials<T> = Generator<readonly PlanTrial[], T, readonly TrialOutcome[]>;

/** Runs of one scenario in order of the seeds, or why it cannot be run. */
export type Runs = { readonly replications: readonly Replication[] } | { readonly wrong: string };

/** Runs every scenario once with each seed, whoever asks for it. */
export class TrialDesk {
  /** So many were run. */
  runs = 0;
  readonly #known = new Map<string, TrialOutcome>();
  #hasDetail: boolean;

  /** @param objectives of the scenarios: what they read must be measured */
  constructor(objectives: readonly { readonly expect: string }[]) {
    this.#hasDetail = objectives.some(({ expect }) => {
      const read = readObjective(expect);
      return read.ok && metricsOf(read.condition).some(({ metric }) => metric.group !== undefined);
    });
  }

  /** From now on runs measure all they can; what ran before is run again. False: they do already. */
  wantDetail(): boolean {
    if (this.#hasDetail) return false;
    this.#hasDetail = true;
    this.#known.clear();
    return true;
  }

  /** Scenarios that differ in nothing but what they cost are run once, and billed each for itself. */
  *run(
    wanted: readonly { readonly plan: PlanScenario; readonly seed: number }[],
    traces: TraceData,
  ): Trials<Runs> {
    const keyed = wanted.map(({ plan, seed }) => ({ plan, seed, key: `${seed} ${runKey(plan)}` }));
    const missing = keyed.filter(({ key }) => !this.#known.has(key));
    if (missing.length > 0) {
      const outcomes = yield missing.map(({ plan, seed }) => ({
        ...(this.#hasDetail ? plan : plainOf(plan)),
        seed,
      }));
      this.runs += missing.length;
      missing.forEach(({ key }, i) => {
        this.#known.set(key, outcomes[i] as TrialOutcome);
      });
    }
    const replications: Replication[] = [];
    for (const { plan, key } of keyed) {
      const outcome = this.#known.get(key) as TrialOutcome;
      if ('wrong' in outcome) return outcome;
      replications.push(
        isBilledApart(plan.scenario)
          ? rebilled(outcome.replication, plan.scenario, traces)
          : outcome.replication,
      );
    }
    return { replications };
  }
}

const isBilledApart = (scenario: Scenario) => scenario.cost !== null && isCostApart(scenario);

const keys = new WeakMap<PlanScenario, string>();

/** Equal for scenarios whose runs are the same. */
function runKey(plan: PlanScenario): string {
  let key = keys.get(plan);
  if (key === undefined) {
    const { cost: _cost, objectives: _objectives, ...rest } = plan.document;
    key = JSON.stringify(isBilledApart(plan.scenario) ? rest : plan.document);
    keys.set(plan, key);
  }
  return key;
}

/** Without what single groups, hours and parts of the fleet have: a plan is judged by the whole. */
function plainOf({ document, scenario }: PlanScenario): {
  readonly document: object;
  readonly scenario: Scenario;
} {
  return {
    document: { ...document, metrics: { ...document.metrics, detail: false } },
    scenario: { ...scenario, metrics: { perHost: false, groups: 50, ...scenario.metrics, detail: false } },
  };
}
