import { type NormalizeResult, normalizeScenario, type ScenarioDocument } from '../../sim/scenario/index.ts';

/** Every problem as one line, `path: message (hint)`. */
export function problemsOf(document: unknown): readonly string[] {
  const result = normalizeScenario(document);
  return result.ok
    ? []
    : result.problems.map(
        ({ path, message, hint }) => `${path}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
      );
}

/** What a valid document comes to. */
export function normalized(document: unknown): Extract<NormalizeResult, { ok: true }> {
  const result = normalizeScenario(document);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result;
}

type Hosts = NonNullable<ScenarioDocument['fleet']['hosts']>;
type Workload = ScenarioDocument['workload'];
type Class = NonNullable<Workload['synthetic']>['classes'][number];

/** A group of one host, of which only what matters is said. */
export function host(more: Partial<Hosts[number]>): Hosts[number] {
  return { name: 'h', cpu: 64, memory: '1TiB', gpus: { model: 'A100-80GB', count: 4 }, ...more };
}

/** A class whose tasks want one GPU. */
function taskClass(more: Partial<Class>): Class {
  return {
    name: 'c',
    cpu: 1,
    memory: '1GiB',
    gpus: 1,
    lifetime: { kind: 'constant', value: '1h' },
    ...more,
  };
}

/** A scenario of hosts and one class. */
export function scenarioOf(hosts: Hosts, more: Partial<Class> = {}): ScenarioDocument {
  return {
    apiVersion: 'slicewise/v1',
    name: 'test',
    fleet: { hosts },
    workload: {
      synthetic: {
        tasks: 10,
        arrivals: { process: 'deterministic', rate: '1/s' },
        classes: [taskClass(more)],
      },
    },
  };
}

/** A timed scenario of a day with other work than tasks. */
export function dayOf(
  workload: Workload,
  hosts: Hosts = [host({ sharing: 'bare-metal' })],
): ScenarioDocument {
  return {
    apiVersion: 'slicewise/v1',
    name: 'test',
    fleet: { hosts },
    workload,
    experiment: { kind: 'timed', horizon: '1d' },
  };
}
