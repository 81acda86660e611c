import type { IntegerSolver } from '../../kernel/optimize/linear-program.ts';
import { metricsOf, readObjective } from '../../objectives/index.ts';
import type { MetricUnit } from '../../observe/metric.ts';
import type { CanonicalDocument } from '../../scenario/canonical/scenario.ts';
import type { QuantityKind } from '../../scenario/quantities/quantity.ts';
import { confidenceQuantity, multipleQuantity } from '../../scenario/quantities/ratio.ts';
import type { Objective, Scenario } from '../../scenario/types.ts';
import { CapacityBound } from '../bound/index.ts';
import { type Criterion, criterionOf } from '../compare/pareto.ts';
import { summarize } from '../summarize.ts';
import type { TraceData } from '../trace-data.ts';
import { findBinding, findFront } from './around.ts';
import { cheaperPlans, checkCheaper } from './cheaper.ts';
import { findCheapest, type RunSettings, type TriedPlan } from './cheapest.ts';
import type { Minimised } from './cost-floor.ts';
import { whyNotScaled } from './demand.ts';
import { type Describing, describePlan } from './describe.ts';
import { findGrowth } from './growth.ts';
import { closestOf, infeasibleIn } from './infeasible.ts';
import { type OptionSetting, PlanOption } from './option.ts';
import { type Raced, raceContenders } from './race.ts';
import { findRegret } from './regret.ts';
import type { ParetoReport, PlanResult, Rival } from './result.ts';
import { findRivals } from './rivals.ts';
import { SessionsFloor } from './sessions-floor.ts';
import { planSpace } from './space.ts';
import { toleratedBy } from './tolerated.ts';
import { TrialDesk, type Trials } from './trial-desk.ts';
import { verificationSeeds } from './verification.ts';
import { waitLimits } from './wait-limits.ts';

/** What a plan is asked of. */
export interface PlanQuestion {
  /** As written, with its `plan` section. */
  readonly written: object;
  /** The same in canonical form. */
  readonly document: CanonicalDocument;
  readonly scenario: Scenario;
  readonly version: string;
  readonly solver: IntegerSolver;
  /** Traces of any scenario of the question. */
  traces(scenario: Scenario): TraceData;
}

/**
 * Finds the cheapest plan that serves, proves how cheap one could be at most, and says what stands around it. Asks for runs in
 * batches; what it finds does not depend on their order.
 *
 * @throws {RangeError} if the scenario has no `plan` section
 */
export function* planCheapest(question: PlanQuestion): Trials<PlanResult> {
  const { document, scenario, written, solver } = question;
  const { plan } = document;
  if (plan == null) throw new RangeError('Cannot plan: the scenario has no plan section');
  const space = planSpace(written, plan, solver);
  const objectives = scenario.objectives ?? [];
  const minimise = plan.minimise ?? 'gpus';
  const { search = 1, most = 1, verify = 2 } = plan.replications ?? {};
  const settings: RunSettings = {
    desk: new TrialDesk(objectives),
    minimise,
    seed: scenario.seed,
    search,
    most,
    verify,
    isUncertain: plan.uncertainty ?? true,
    confidence: read(confidenceQuantity, plan.confidence ?? 0.95),
  };
  const seeds = Array.from({ length: Math.max(search, most) }, (_, i) => scenario.seed + i);
  const setting: OptionSetting = {
    space,
    minimise,
    demand: undefined,
    traces: (of) => question.traces(of.scenario),
    sessions: new SessionsFloor({
      traces: (of) => question.traces(of),
      seeds: [...seeds, ...[0, 1].flatMap((part) => verificationSeeds(settings.seed, settings.verify, part))],
      mostRuns: Math.max(seeds.length, 2 * settings.verify),
    }),
    bound: (of) =>
      new CapacityBound({
        traces: question.traces(of.scenario),
        solver,
        // Whatever number of these a plan is judged by: one that serves does so by at least one of them.
        seeds,
        // Options may state other objectives.
        ...waitLimits(of.scenario.objectives ?? []),
        tolerated: toleratedBy(of.scenario.objectives ?? []),
      }),
  };
  const criteria = weighed(plan.weigh, objectives);
  const unit = unitOf(minimise, scenario);
  const describing: Describing = { space, minimise, unit, weighed: criteria.map(({ metric }) => metric) };
  const options = space.combinations.map((combination) => new PlanOption(setting, combination));
  const bounds = options.map(({ lattice }) => lattice.bound);
  const proven = options.reduce((sum, { lattice }) => sum + lattice.provenSize, 0);
  const plans = options.reduce((sum, { lattice }) => sum + lattice.size, 0);
  const tried: TriedPlan[] = [];
  const cheapest = yield* findCheapest(settings, options, tried);
  const checked =
    cheapest.best === undefined
      ? undefined
      : yield* checkCheaper(settings, options, cheapest.best, tried, plan.tryCheaper ?? 0);
  let refuted = cheapest.refuted + (checked?.refuted ?? 0);
  const wasBest: TriedPlan[] = [];
  let best = checked?.best;
  let raced: Raced | undefined;
  let rivals: readonly Rival[];
  let pareto: ParetoReport | null = null;
  // What is run around the plan may come to be cheaper, too: then it is the plan, and looked around again.
  for (;;) {
    if (best !== undefined) {
      raced = yield* raceContenders(settings, describing, best, tried, wasBest);
      refuted += raced.refuted;
      best = raced.best;
    }
    rivals = yield* findRivals(settings, describing, options, bounds, best, tried, plan.rivals ?? 0);
    if (best === undefined) break;
    pareto = yield* findFront(settings, describing, criteria, best, tried);
    // One less of something may serve as well, and be cheaper: told only when the race has looked at it, too.
    yield* findBinding(settings, space, best, tried);
    raced = yield* raceContenders(settings, describing, best, tried, wasBest);
    refuted += raced.refuted;
    if (raced.best === best) break;
    best = raced.best;
  }
  const binding = best === undefined ? [] : yield* findBinding(settings, space, best, tried);
  const { growth: asked, demands = [] } = plan;
  const growth =
    best === undefined || asked == null
      ? undefined
      : yield* findGrowth(settings, describing, setting, best, {
          upTo: asked.upTo ?? 1,
          perYear: asked.perYear == null ? null : read(multipleQuantity, asked.perYear),
          purchases: asked.purchases ?? 0,
        });
  const regret =
    demands.length === 0
      ? null
      : yield* findRegret(
          settings,
          setting,
          best,
          demands.map(({ name, factor = 1, set = {} }) => ({ name, factor, set })),
        );
  const bound = Math.min(...bounds);
  const closest = best === undefined ? closestOf(tried) : undefined;
  const summary = best === undefined ? undefined : summarize(best.replications);
  return {
    schema: 'slicewise/plan@1',
    version: question.version,
    name: document.name,
    scenario: document,
    minimise,
    unit,
    searched: {
      options: options.length,
      plans,
      proven,
      run: tried.length,
      refuted,
      runs: settings.desk.runs,
    },
    plan: best === undefined ? null : describePlan(describing, best, true, summary),
    planned: best === undefined ? null : best.plan.document,
    cost: summary?.cost ?? null,
    bound: Number.isFinite(bound) ? bound : null,
    usage: best === undefined ? null : Math.max(0, best.amount - best.option.floorAt(best.counts)),
    gap: best === undefined || !(best.amount > 0) ? null : Math.max(0, (best.amount - bound) / best.amount),
    cheaper: best === undefined ? null : cheaperPlans(options, best, tried),
    contenders: raced?.contenders ?? [],
    binding,
    rivals,
    pareto,
    growth: growth ?? null,
    regret,
    closest: closest === undefined ? null : describePlan(describing, closest, false),
    infeasible: best === undefined ? infeasibleIn(options, tried) : [],
    notes: notesOf(question, objectives),
  };
}

function unitOf(minimise: Minimised, { cost }: Scenario): MetricUnit {
  if (minimise === 'gpus') return 'GPU';
  return minimise === 'hosts' ? 'hosts' : `${(cost?.currency ?? 'USD') as Uppercase<string>}/month`;
}

function read(kind: Pick<QuantityKind, 'read'>, written: string | number): number {
  const found = kind.read(written);
  if (!found.ok) throw new RangeError(`Cannot read ${written}: it was found valid`);
  return found.value;
}

/** What plans are weighed by: as stated, else the metrics of the objectives that have a better and a worse. */
function weighed(
  stated: readonly string[] | undefined,
  objectives: readonly Objective[],
): readonly Criterion[] {
  const wanted = stated ?? metricsOfObjectives(objectives).slice(0, 1);
  return wanted.flatMap((text) => criterionOf(text) ?? []);
}

function metricsOfObjectives(objectives: readonly Objective[]): readonly string[] {
  return objectives.flatMap(({ expect }) => {
    const found = readObjective(expect);
    if (!found.ok) return [];
    return metricsOf(found.condition).flatMap(({ metric }) =>
      metric.group === undefined && criterionOf(metric.name) !== undefined ? [metric.name] : [],
    );
  });
}

function notesOf({ document }: PlanQuestion, objectives: readonly Objective[]): readonly string[] {
  const { plan } = document;
  const scaled = plan?.growth == null ? undefined : whyNotScaled(document);
  return [
    ...(objectives.length === 0
      ? [
          'The scenario has no objectives: a plan serves that turns nobody away and lets hardly anybody wait at the end',
        ]
      : []),
    ...(scaled === undefined ? [] : [`How much growth the plan takes cannot be told: ${scaled}`]),
  ];
}
