import type { ReportedRun } from '../document/read-result.ts';

type Part = Readonly<Record<string, unknown>>;

/** Parts of the scenario as it ran. A result may be of another version: nothing is taken for granted. */
export interface ScenarioView {
  readonly description: string;
  readonly sources: readonly string[];
  readonly kind: string;
  readonly experiment: Part;
  readonly fleet: Part;
  readonly workload: Part;
  readonly policy: Part;
  readonly whole: Part;
}

export function scenarioOf({ result }: ReportedRun): ScenarioView {
  const whole = result.scenario as Part;
  const part = (key: string) => (whole[key] ?? {}) as Part;
  return {
    description: textOf(whole.description),
    sources: Array.isArray(whole.sources) ? whole.sources.map(textOf) : [],
    kind: textOf(part('experiment').kind),
    experiment: part('experiment'),
    fleet: part('fleet'),
    workload: part('workload'),
    policy: part('policy'),
    whole,
  };
}

export const isFill = (run: ReportedRun): boolean => scenarioOf(run).kind === 'fill';

/** The mappings of a list; nothing where it is none. */
export function partsOf(value: unknown): readonly Part[] {
  return Array.isArray(value) ? value.filter((each): each is Part => isPart(each)) : [];
}

export const isPart = (value: unknown): value is Part =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const textOf = (value: unknown): string =>
  value === null || value === undefined ? '' : String(value);
