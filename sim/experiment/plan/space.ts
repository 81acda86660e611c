import type { IntegerSolver } from '../../kernel/optimize/linear-program.ts';
import type { CanonicalDocument } from '../../scenario/canonical/scenario.ts';
import { normalizeScenario } from '../../scenario/normalize.ts';
import type { PlanDocument } from '../../scenario/schema/plan.ts';
import type { PlanReplicasDocument } from '../../scenario/schema/plan-replicas.ts';
import type { ScenarioDocument } from '../../scenario/schema/scenario.ts';
import type { Scenario } from '../../scenario/types.ts';
import { applyVariant } from '../../scenario/what-if.ts';
import { ScenarioError } from '../scenario-error.ts';
import type { Minimised } from './cost-floor.ts';
import { type Demand, withDemand } from './demand.ts';
import type { Counts } from './lattice.ts';
import { hostCosts } from './services/host-costs.ts';
import { withSizedServices } from './services/with-sized-services.ts';

/** One option of each choice. */
export interface Combination {
  /** `L40S, vgpu`; `as stated` where nothing is chosen. */
  readonly name: string;
  /** By choice, in their order. */
  readonly options: readonly { readonly choice: string; readonly option: string }[];
  readonly set: Readonly<Record<string, unknown>>;
}

/** A number that is to be found. */
interface Axis {
  readonly name: string;
  /** Absent: not a value of the document. */
  readonly path: string | undefined;
  /** Ascending. */
  readonly values: readonly number[];
}

/** A scenario to be run. */
export interface PlanScenario {
  readonly document: CanonicalDocument;
  readonly scenario: Scenario;
}

/** What can be planned, every default resolved. */
export interface PlanSpace {
  /** The scenario as it was written, without its plan. */
  readonly written: object;
  readonly combinations: readonly Combination[];
  readonly axes: readonly Axis[];
  /** In which plans are compared by cost; undefined: they are not. */
  readonly currency: string | undefined;
  /** Services to be sized, on the last axis: capacity above the requests, in percent; absent: none. */
  readonly sizing?: {
    readonly replicas: PlanReplicasDocument;
    readonly solver: IntegerSolver;
    readonly minimise: Minimised;
  };
}

/** Headroom of sized services, in percent. */
const HEADROOMS: Axis = {
  name: 'headroom',
  path: undefined,
  values: Array.from({ length: 21 }, (_, i) => 5 * i),
};

/** @param written with a `plan` section that was found valid */
export function planSpace(
  written: object,
  { choices = [], counts = [], minimise, replicas }: PlanDocument,
  solver?: IntegerSolver,
): PlanSpace {
  if (replicas !== undefined && solver === undefined)
    throw new RangeError('Cannot size services without a solver');
  const { plan: _plan, whatIf: _variants, ...plain } = written as Readonly<Record<string, unknown>>;
  const { cost } = plain as { readonly cost?: { readonly currency: string } | null };
  let combinations: Combination[] = [{ name: '', options: [], set: {} }];
  for (const { name: choice, options } of choices)
    combinations = combinations.flatMap((combination) =>
      options.map(({ name: option, set = {} }) => ({
        name: combination.name === '' ? option : `${combination.name}, ${option}`,
        options: [...combination.options, { choice, option }],
        set: { ...combination.set, ...set },
      })),
    );
  return {
    written: plain,
    combinations: combinations.map((each) => (each.name === '' ? { ...each, name: 'as stated' } : each)),
    axes: [
      ...counts.map(({ name, path, from = 1, to, step = 1 }) => ({
        name: name ?? path,
        path,
        values: Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step),
      })),
      ...(replicas === undefined ? [] : [HEADROOMS]),
    ],
    currency: (minimise ?? 'cost') === 'cost' ? cost?.currency : undefined,
    ...(replicas === undefined || solver === undefined
      ? {}
      : { sizing: { replicas, solver, minimise: minimise ?? 'cost' } }),
  };
}

/**
 * Some counts, by which a combination is looked at: the most of everything, the least, then those with the least, the second or
 * the most of each. Where something may not be more than something else, not all of them are plans.
 */
export function* someCounts({ axes }: Pick<PlanSpace, 'axes'>): Generator<Counts> {
  yield axes.map(({ values }) => values.at(-1) as number);
  yield axes.map(({ values }) => values[0] as number);
  let mixed: Counts[] = [[]];
  for (const { values } of axes) {
    const few = new Set([values.at(-1) as number, ...values.slice(0, 2)]);
    mixed = mixed.flatMap((counts) => [...few].map((value) => [...counts, value]));
  }
  yield* mixed;
}

/** The settings of a combination with these counts, as `--set` takes them. */
export function settingsOf(
  space: PlanSpace,
  combination: Combination,
  counts: Counts,
): Record<string, unknown> {
  return {
    ...combination.set,
    ...Object.fromEntries(
      space.axes.flatMap(({ path }, axis) => (path === undefined ? [] : [[path, counts[axis] as number]])),
    ),
  };
}

/** The scenario of a plan, or why there is none: options may not go with others, or with so few of something. */
export function scenarioOf(
  space: PlanSpace,
  combination: Combination,
  counts: Counts,
  demand?: Demand,
): (PlanScenario & { readonly ok: true }) | { readonly ok: false; readonly why: string } {
  const stated = settingsOf(space, combination, counts);
  const varied = applyVariant(space.written, { name: 'plan', set: { ...stated, ...demand?.set } });
  if (!varied.ok) return { ok: false, why: reasonOf(varied.problems[0]) };
  // What is bought does not depend on what demand turns out to be.
  const bought =
    demand?.set === undefined ? varied : applyVariant(space.written, { name: 'plan', set: stated });
  if (!bought.ok) return { ok: false, why: reasonOf(bought.problems[0]) };
  const sized = withServices(space, bought.document, varied.document, counts);
  if (!sized.ok) return sized;
  const normalized = normalizeScenario(sized.document);
  if (!normalized.ok) return { ok: false, why: reasonOf(normalized.problems[0]) };
  const notCompared = whyNotCompared(space, normalized.scenario);
  if (notCompared !== undefined) return { ok: false, why: notCompared };
  if (demand === undefined || demand.factor === 1) return normalized;
  const { trace } = normalized.scenario.workload;
  if (trace?.format === 'openb')
    return { ok: false, why: 'workload.trace: tasks of a trace in the format openb come when the file says' };
  const scaled = normalizeScenario(withDemand(normalized.document, demand.factor));
  return scaled.ok ? scaled : { ok: false, why: reasonOf(scaled.problems[0]) };
}

/** Why what a plan costs cannot be compared with what others cost; undefined where it can, or need not. */
function whyNotCompared({ currency }: PlanSpace, { cost }: Scenario): string | undefined {
  if (currency === undefined || cost?.currency === currency) return undefined;
  return cost === null
    ? 'cost is missing: plans are compared by what they cost'
    : `cost.currency must be ${currency}, as in the scenario: plans are compared by what they cost; got ${cost.currency}`;
}

/** A document with its services sized, where that is asked for: as another one, of the demand that is known, wants them. */
function withServices(
  { sizing }: PlanSpace,
  known: unknown,
  document: unknown,
  counts: Counts,
): { readonly ok: true; readonly document: unknown } | { readonly ok: false; readonly why: string } {
  if (sizing === undefined) return { ok: true, document };
  const headroom = (counts.at(-1) as number) / 100;
  try {
    const { replicas, solver, minimise } = sizing;
    const sized = withSizedServices(known as ScenarioDocument, replicas, headroom, solver, {
      hostCosts: hostCosts(known as ScenarioDocument, minimise),
      under: document as ScenarioDocument,
    });
    return { ok: true, document: sized.document };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return { ok: false, why: `${error.path} ${error.message}` };
  }
}

function reasonOf(
  problem: { readonly path: string | readonly (string | number)[]; readonly message: string } | undefined,
): string {
  if (problem === undefined) return 'it is not a valid scenario';
  const path = typeof problem.path === 'string' ? problem.path : problem.path.join('.');
  return `${path} ${problem.message}`;
}
