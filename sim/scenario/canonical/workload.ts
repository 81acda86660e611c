import { completed } from '../preset-defaults.ts';
import type { DistributionDocument } from '../schema/distribution.ts';
import type { SyntheticDocument, TaskClassDocument, WorkloadDocument } from '../schema/scenario.ts';
import { canonicalArrivals } from './arrivals.ts';
import { canonicalClaim } from './claim.ts';
import { canonicalDemand, sorted } from './demand.ts';
import { canonicalDistribution, canonicalDuration, canonicalNumber } from './distribution.ts';
import { canonicalWorkers } from './layout.ts';
import { canonicalService } from './services.ts';
import { canonicalSessionGroup } from './sessions.ts';
import { canonicalTrace } from './trace.ts';

function canonicalClass(document: TaskClassDocument) {
  const written = completed(document, 'class');
  const { name, weight, tenants, lifetime, deadline } = written;
  return {
    name,
    weight: canonicalNumber(weight ?? 1),
    ...canonicalDemand(written, 0),
    ...canonicalWorkers(written),
    ...canonicalClaim(written),
    ...(tenants === undefined ? {} : { tenants: sorted(tenants, canonicalNumber) }),
    ...(lifetime === undefined
      ? {}
      : { lifetime: typeof lifetime === 'string' ? lifetime : canonicalDistribution(lifetime) }),
    ...(deadline === undefined ? {} : { deadline: canonicalDeadline(deadline) }),
  };
}

function canonicalDeadline(written: NonNullable<TaskClassDocument['deadline']>) {
  return typeof written === 'string'
    ? canonicalDuration(written)
    : { factor: canonicalNumber(written.factor) };
}

function canonicalLifetimes(written: Readonly<Record<string, DistributionDocument>>) {
  return Object.fromEntries(
    Object.entries(written).map(([name, distribution]) => [name, canonicalDistribution(distribution)]),
  );
}

function canonicalSynthetic({ tasks, until, arrivals, lifetimes, classes }: SyntheticDocument) {
  return {
    ...(tasks === undefined ? {} : { tasks }),
    ...(until === undefined ? {} : { until: canonicalDuration(until) }),
    ...(arrivals === undefined ? {} : { arrivals: canonicalArrivals(arrivals) }),
    lifetimes: canonicalLifetimes(lifetimes ?? {}),
    classes: classes.map(canonicalClass),
  };
}

/** The workload with every default written out, keys in a fixed order. */
export function canonicalWorkload({ trace, typical, synthetic, services, sessions }: WorkloadDocument) {
  return {
    ...(trace === undefined ? {} : { trace: canonicalTrace(trace) }),
    typical: typical ?? null,
    ...(synthetic === undefined ? {} : { synthetic: canonicalSynthetic(synthetic) }),
    ...(services === undefined ? {} : { services: services.map(canonicalService) }),
    ...(sessions === undefined ? {} : { sessions: sessions.map(canonicalSessionGroup) }),
  };
}
