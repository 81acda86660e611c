import type { CanonicalDocument } from '../../scenario/canonical/scenario.ts';
import { normalizeScenario } from '../../scenario/normalize.ts';
import type { PlanDocument } from '../../scenario/schema/plan.ts';
import type { Scenario } from '../../scenario/types.ts';
import { applyVariant } from '../../scenario/what-if.ts';
import { type Demand, withDemand } from './demand.ts';
import type { Counts } from './lattice.ts';

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
  readonly path: string;
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
}

/** @param written with a `plan` section that was found valid */
export function planSpace(written: object, { choices = [], counts = [] }: PlanDocument): PlanSpace {
  const { plan: _plan, whatIf: _variants, ...plain } = written as Readonly<Record<string, unknown>>;
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
    axes: counts.map(({ name, path, from = 1, to, step = 1 }) => ({
      name: name ?? path,
      path,
      values: Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step),
    })),
  };
}

/** The settings of a combination with these counts, as `--set` takes them. */
export function settingsOf(
  space: PlanSpace,
  combination: Combination,
  counts: Counts,
): Record<string, unknown> {
  return {
    ...combination.set,
    ...Object.fromEntries(space.axes.map(({ path }, axis) => [path, counts[axis] as number])),
  };
}

/** The scenario of a plan, or why there is none: options may not go with others, or with so few of something. */
export function scenarioOf(
  space: PlanSpace,
  combination: Combination,
  counts: Counts,
  demand?: Demand,
): (PlanScenario & { readonly ok: true }) | { readonly ok: false; readonly why: string } {
  const set = { ...settingsOf(space, combination, counts), ...demand?.set };
  const varied = applyVariant(space.written, { name: 'plan', set });
  if (!varied.ok) return { ok: false, why: reasonOf(varied.problems[0]) };
  const normalized = normalizeScenario(varied.document);
  if (!normalized.ok) return { ok: false, why: reasonOf(normalized.problems[0]) };
  if (demand === undefined || demand.factor === 1) return normalized;
  const scaled = normalizeScenario(withDemand(normalized.document, demand.factor));
  return scaled.ok ? scaled : { ok: false, why: reasonOf(scaled.problems[0]) };
}

function reasonOf(
  problem: { readonly path: string | readonly (string | number)[]; readonly message: string } | undefined,
): string {
  if (problem === undefined) return 'it is not a valid scenario';
  const path = typeof problem.path === 'string' ? problem.path : problem.path.join('.');
  return `${path} ${problem.message}`;
}
