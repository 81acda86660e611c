import type { DistributionSpec } from '../../kernel/distributions/index.ts';
import type { CanonicalDocument } from '../canonical/scenario.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { SyntheticWorkload, TaskClass, Workload } from '../types.ts';
import { resolveArrivals } from './arrivals.ts';
import { resolveClaim } from './claim.ts';
import { resolveDemand } from './demand.ts';
import { resolveDistribution } from './distribution.ts';
import type { FleetCards } from './fleet-cards.ts';
import { resolveWorkers } from './layout.ts';
import { resolveService } from './services.ts';
import { resolveSessionGroup } from './sessions.ts';
import { resolveTrace } from './trace.ts';

type WorkloadDocument = CanonicalDocument['workload'];
type SyntheticDocument = NonNullable<WorkloadDocument['synthetic']>;

/** @param cards of the fleet that the work runs on */
export function resolveWorkload(
  { trace, typical, synthetic, services, sessions }: WorkloadDocument,
  cards: FleetCards,
): Workload {
  return {
    trace: trace === undefined ? null : resolveTrace(trace),
    typicalPath: typical,
    synthetic: synthetic === undefined ? null : resolveSynthetic(synthetic, cards),
    services: (services ?? []).map((service) => resolveService(service, cards)),
    sessions: (sessions ?? []).map((group) => resolveSessionGroup(group, cards)),
  };
}

function resolveSynthetic(
  { tasks, until, arrivals, lifetimes, classes }: SyntheticDocument,
  cards: FleetCards,
): SyntheticWorkload {
  const named = new Map<string, DistributionSpec>();
  for (const [name, distribution] of Object.entries(lifetimes))
    named.set(name, resolveDistribution(distribution));
  return {
    taskCount: tasks ?? null,
    untilUs: until === undefined ? null : readValid(durationQuantity, until),
    arrivals: arrivals === undefined ? null : resolveArrivals(arrivals),
    classes: classes.map((taskClass) => resolveClass(taskClass, named, cards)),
  };
}

function resolveClass(
  taskClass: SyntheticDocument['classes'][number],
  named: ReadonlyMap<string, DistributionSpec>,
  cards: FleetCards,
): TaskClass {
  const { name, weight, lifetime, deadline } = taskClass;
  const isNamed = typeof lifetime === 'string';
  const own = isNamed || lifetime === undefined ? null : resolveDistribution(lifetime);
  return {
    name,
    weight,
    ...resolveDemand(taskClass, cards),
    ...resolveWorkers(taskClass),
    claim: resolveClaim(taskClass, true),
    tenants: Object.entries(taskClass.tenants ?? {}).map(([tenant, share]) => ({ tenant, weight: share })),
    lifetimeName: isNamed ? lifetime : null,
    lifetimeSec: isNamed ? (named.get(lifetime) ?? null) : own,
    ...(deadline === undefined ? {} : { deadline: resolveDeadline(deadline) }),
  };
}

function resolveDeadline(
  written: NonNullable<SyntheticDocument['classes'][number]['deadline']>,
): NonNullable<TaskClass['deadline']> {
  return typeof written === 'string' ? { afterUs: readValid(durationQuantity, written) } : written;
}
