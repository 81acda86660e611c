import { readFileSync } from 'node:fs';
import { type ComparedMetric, compareMetrics } from '../../sim/experiment/statistics/index.ts';
import { type Metric, type Replication, replicate, type Summary, summarize } from '../../sim/index.ts';
import {
  applyOverlay,
  normalizeScenario,
  parseScenarioText,
  type Scenario,
} from '../../sim/scenario/index.ts';
import { applyVariant } from '../../sim/scenario/what-if.ts';
import type { Found, Unit } from './found.ts';

/** What is run of a scenario. */
export interface Ask {
  /** A variant of its `whatIf`; absent: the scenario itself. */
  readonly variant?: string;
  /** As `--set`, laid over the variant. */
  readonly set?: readonly string[];
  /** Runs with seeds seed, seed + 1, ...; default: what the scenario says. */
  readonly replications?: number;
  /** Only the run of this one of the seeds, from 0. */
  readonly only?: number;
}

/** Runs of one scenario. */
export class Runs {
  readonly scenario: Scenario;
  readonly replications: readonly Replication[];
  readonly #result: Summary;

  constructor(scenario: Scenario, replications: readonly Replication[]) {
    this.scenario = scenario;
    this.replications = replications;
    this.#result = summarize(replications);
  }

  /** Mean of a metric over the runs. @throws {RangeError} where no run has it */
  mean(metric: string): number {
    const { value } = this.#metric(metric);
    if (value === null)
      throw new RangeError(`Cannot read ${metric} of ${this.scenario.name}: nothing to measure`);
    return value;
  }

  /** Mean and interval, for the report. `factor`: of the metric's unit in `unit`. */
  found(what: string, metric: string, unit: Unit, factor = 1): Found {
    return foundOf(what, this.#metric(metric), unit, factor);
  }

  /** The same of a part of the fleet or of its jobs, such as a pool. */
  foundIn(kind: keyof Summary['groups'], name: string, what: string, metric: string, unit: Unit): Found {
    const found = this.#result.groups[kind]?.[name]?.[metric];
    if (found === undefined)
      throw new RangeError(
        `Cannot read ${metric} of ${kind} ${name} of ${this.scenario.name}: no such metric`,
      );
    return foundOf(what, found, unit, 1);
  }

  #metric(name: string): Metric {
    const metric = this.#result.metrics[name];
    if (metric === undefined)
      throw new RangeError(`Cannot read ${name} of ${this.scenario.name}: no such metric`);
    return metric;
  }
}

function foundOf(what: string, { value, ci95 }: Metric, unit: Unit, factor: number): Found {
  return {
    what,
    value: value === null ? null : value * factor,
    ...(ci95 === undefined ? {} : { ci95: [ci95[0] * factor, ci95[1] * factor] as const }),
    unit,
  };
}

/** Where claims are asked: runs scenarios of the catalogue, the same one with the same seed once only. */
export class Lab {
  readonly #scenarios = new Map<string, Scenario>();
  readonly #runs = new Map<string, Runs>();
  readonly #done = new Map<string, Replication>();

  /** @param name of the catalogue, such as claims/c01. @throws {RangeError} where it is not valid */
  run(name: string, { variant, set = [], replications, only }: Ask = {}): Runs {
    const what = JSON.stringify([name, variant, set]);
    const scenario = this.#scenarios.get(what) ?? scenarioOf(name, variant, set);
    this.#scenarios.set(what, scenario);
    const [first, count] = only === undefined ? [0, replications ?? scenario.replications] : [only, 1];
    const key = `${what} ${first} ${count}`;
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const runs = new Runs(
      scenario,
      Array.from({ length: count }, (_, i) => this.#replication(what, scenario, scenario.seed + first + i)),
    );
    this.#runs.set(key, runs);
    return runs;
  }

  #replication(what: string, scenario: Scenario, seed: number): Replication {
    const key = `${what} ${seed}`;
    const replication = this.#done.get(key) ?? replicate(scenario, {}, seed);
    this.#done.set(key, replication);
    return replication;
  }
}

function scenarioOf(name: string, variant: string | undefined, set: readonly string[]): Scenario {
  const file = `scenarios/catalog/${name}.yaml`;
  const text = parseScenarioText(readFileSync(file, 'utf8'), file);
  if (!text.ok) throw wrong(name, text.problems);
  // Canonical, as variants are laid over scenarios by `slicewise compare`, too.
  const base = normalizeScenario(text.document);
  if (!base.ok) throw wrong(name, base.problems);
  const { whatIf = [], ...own } = base.document;
  let document: unknown = own;
  if (variant !== undefined) {
    const stated = whatIf.find((each) => each.name === variant);
    if (stated === undefined) throw new RangeError(`Cannot run ${name}: it has no variant ${variant}`);
    const applied = applyVariant(own, stated);
    if (!applied.ok) throw wrong(name, applied.problems);
    document = applied.document;
  }
  const overlaid = applyOverlay(document, set);
  if (!overlaid.ok) throw wrong(name, overlaid.problems);
  const normalized = normalizeScenario(overlaid.document);
  if (!normalized.ok) throw wrong(name, normalized.problems);
  return normalized.scenario;
}

function wrong(name: string, problems: readonly { readonly message: string }[]): RangeError {
  return new RangeError(`Cannot run ${name}: ${JSON.stringify(problems)}`);
}

/** One metric before and after, with the interval of the difference of runs with the same seed. */
function difference(before: Runs, after: Runs, metric: string): ComparedMetric {
  const [row] = compareMetrics(before.replications, after.replications, { metrics: [metric] });
  if (row === undefined) throw new RangeError(`Cannot compare ${metric}`);
  return row;
}

/**
 * Where a function that rises or falls throughout crosses a level, by halving.
 *
 * @param steps halvings: the answer is within (to - from) / 2^(steps + 1)
 * @returns null where both ends lie on one side of the level
 */
export function breakpoint(
  from: number,
  to: number,
  level: number,
  steps: number,
  at: (x: number) => number,
): number | null {
  const isAbove = at(from) > level;
  if (at(to) > level === isAbove) return null;
  let [low, high] = [from, to];
  for (let i = 0; i < steps; i += 1) {
    const middle = (low + high) / 2;
    if (at(middle) > level === isAbove) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A number that was worked out rather than simulated. */
export function worked(what: string, value: number, unit: Unit): Found {
  return { what, value, unit };
}

/** 0.4268 -> "43 %". */
export const percent = (fraction: number, digits = 0): string => `${(fraction * 100).toFixed(digits)} %`;

/** A mean difference of pairs of runs with the same seed, after less before. */
export function foundDifference(what: string, before: Runs, after: Runs, metric: string, unit: Unit): Found {
  const { difference: value, ci95 } = difference(before, after, metric);
  return { what, value, ...(ci95 === null ? {} : { ci95 }), unit };
}

/** Value of a number that must be there. @throws {RangeError} where there was nothing to measure */
export function known({ what, value }: Found): number {
  if (value === null) throw new RangeError(`Cannot judge by ${what}: nothing to measure`);
  return value;
}
