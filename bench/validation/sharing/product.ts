import type { ClusterObserver } from '../../../sim/cluster/changes.ts';
import type { Fleet } from '../../../sim/cluster/fleet.ts';
import { requestOf } from '../../../sim/experiment/demand.ts';
import { hostsOf } from '../../../sim/experiment/hosts.ts';
import { normalizeScenario, replicate, type Scenario } from '../../../sim/index.ts';
import {
  type Card,
  isRefusal,
  openCard,
  type Refusal,
  Residents,
  type SharedGpu,
} from '../../../sim/sharing/index.ts';

/** What is said of a tenant: keys of a task class (see docs/scenario.md). */
export interface TenantDocument {
  readonly use?: Readonly<Record<string, unknown>>;
  readonly slot?: unknown;
  /** Part wanted by its name, asked of the card as it is: a document would be refused for one that can never be given. */
  readonly profile?: string;
}

/** The product has something against a document; the message says what. */
export class RefusedDocument extends RangeError {
  override name = 'RefusedDocument';
}

/** The scenario of a document. @throws {RefusedDocument} if it has problems */
export function scenarioOf(document: unknown): Scenario {
  const result = normalizeScenario(document);
  if (result.ok) return result.scenario;
  throw new RefusedDocument(
    `Cannot use the scenario:\n${result.problems
      .slice(0, 5)
      .map(({ path, message }) => `${path}: ${message}`)
      .join('\n')}`,
  );
}

/** Metrics of one run by name; NaN where a metric has no value. */
export function runOnce(
  document: unknown,
  seed = 1,
  observers: (fleet: Fleet) => readonly ClusterObserver[] = () => [],
): ReadonlyMap<string, number> {
  const { readings } = replicate(scenarioOf(document), {}, seed, { observers });
  return new Map(readings.map(([name, { value }]) => [name, value ?? Number.NaN]));
}

/** A host so large that only its GPUs bind. */
export function hostWith(model: string, sharing: unknown, name = 'h'): Record<string, unknown> {
  return { name, cpu: 100_000, memory: '100TiB', gpus: { model, count: 1 }, sharing };
}

/** For a part named outside the document. */
const ANY_MEMORY = { memory: '1MiB' };

/** Tenants on one card. */
export interface Tenants {
  readonly card: Card;
  /** By tenant, relative to alone on the whole card. */
  readonly speeds: readonly number[];
  /** Why one of them found no place; the others are placed and active. */
  readonly refusal: Refusal | undefined;
}

/**
 * Places tenants on one card and asks the mode how fast they are with all of them active: everything from a document, as
 * in a run.
 *
 * @param overheads parameters in place of their typical values
 */
export function tenantsOn(
  model: string,
  sharing: unknown,
  tenants: readonly TenantDocument[],
  overheads: Readonly<Record<string, number>> = {},
): Tenants {
  const scenario = scenarioOf({
    apiVersion: 'slicewise/v1',
    name: 'tenants',
    fleet: { hosts: [hostWith(model, sharing)] },
    workload: {
      synthetic: {
        tasks: 1,
        arrivals: { process: 'poisson', rate: '1/h' },
        classes: tenants.map(({ use, slot, profile }, i) => ({
          name: `t${i}`,
          cpu: 1,
          memory: '1GiB',
          gpus: 1,
          lifetime: { kind: 'constant', value: '1h' },
          use: { ...(profile === undefined ? {} : ANY_MEMORY), ...use },
          ...(profile === undefined ? {} : { slot: ANY_MEMORY }),
          ...(slot === undefined ? {} : { slot }),
        })),
      },
    },
    overheads,
    experiment: { kind: 'timed' },
  });
  const card = openCard(hostsOf(scenario, {})[0]?.gpus[0]?.sharing as SharedGpu);
  const residents = new Residents();
  let refusal: Refusal | undefined;
  for (const [i, each] of (scenario.workload.synthetic?.classes ?? []).entries()) {
    const { ask } = requestOf(each);
    if (ask === undefined) throw new RangeError(`Tenant ${each.name} asks for nothing`);
    const profile = tenants[i]?.profile;
    const place = card.admit(profile === undefined ? ask : { ...ask, slot: { kind: 'profile', profile } });
    if (isRefusal(place)) {
      refusal = place;
      break;
    }
    card.place(place);
    residents.join(place, ask.use, true);
  }
  const speeds = new Float64Array(Math.max(1, residents.count));
  card.speeds(residents, speeds);
  return { card, speeds: [...speeds.subarray(0, residents.count)], refusal };
}
