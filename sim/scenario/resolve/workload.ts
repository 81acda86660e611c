import type { DistributionSpec } from '../../kernel/distributions/index.ts';
import type { CanonicalDocument } from '../canonical/scenario.ts';
import { cpuQuantity } from '../quantities/cpu.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { gpuShareQuantity } from '../quantities/gpu-share.ts';
import { memoryQuantity } from '../quantities/memory.ts';
import { readValid } from '../quantities/quantity.ts';
import { rateQuantity } from '../quantities/rate.ts';
import type { ArrivalsDocument } from '../schema/scenario.ts';
import type { Arrivals, SyntheticWorkload, TaskClass, Workload } from '../types.ts';
import { resolveDistribution } from './distribution.ts';

type WorkloadDocument = CanonicalDocument['workload'];
type SyntheticDocument = NonNullable<WorkloadDocument['synthetic']>;

export function resolveWorkload({ trace, typical, synthetic }: WorkloadDocument): Workload {
  return {
    trace:
      trace === undefined ? null : { format: trace.format, podsPath: trace.pods, isStrict: trace.strict },
    typicalPath: typical,
    synthetic: synthetic === undefined ? null : resolveSynthetic(synthetic),
  };
}

function resolveSynthetic({
  tasks,
  until,
  arrivals,
  lifetimes,
  classes,
}: SyntheticDocument): SyntheticWorkload {
  const named = new Map<string, DistributionSpec>();
  for (const [name, distribution] of Object.entries(lifetimes))
    named.set(name, resolveDistribution(distribution));
  return {
    taskCount: tasks ?? null,
    untilUs: until === undefined ? null : readValid(durationQuantity, until),
    arrivals: arrivals === undefined ? null : resolveArrivals(arrivals),
    classes: classes.map((taskClass) => resolveClass(taskClass, named)),
  };
}

function resolveClass(
  { name, weight, cpu, memory, gpus, gpu, models, lifetime }: SyntheticDocument['classes'][number],
  named: ReadonlyMap<string, DistributionSpec>,
): TaskClass {
  const isNamed = typeof lifetime === 'string';
  const own = isNamed || lifetime === undefined ? null : resolveDistribution(lifetime);
  return {
    name,
    weight,
    cpuMilli: readValid(cpuQuantity, cpu),
    memoryMib: readValid(memoryQuantity, memory),
    gpuCount: gpus,
    gpuMilli: readValid(gpuShareQuantity, gpu),
    models,
    lifetimeName: isNamed ? lifetime : null,
    lifetimeSec: isNamed ? (named.get(lifetime) ?? null) : own,
  };
}

function resolveArrivals(arrivals: ArrivalsDocument): Arrivals {
  switch (arrivals.process) {
    case 'poisson':
      return {
        process: arrivals.process,
        ratePerSecond: readValid(rateQuantity, arrivals.rate),
        hourFactors: toMeanOne(arrivals.hourOfDay),
        dayFactors: toMeanOne(arrivals.dayOfWeek),
      };
    case 'deterministic':
      return { process: arrivals.process, ratePerSecond: readValid(rateQuantity, arrivals.rate) };
    case 'renewal':
      return { process: arrivals.process, gapSec: resolveDistribution(arrivals.interarrival) };
  }
}

/** Weights scaled so that their mean is 1; null stays. */
function toMeanOne(weights: readonly number[] | null | undefined): readonly number[] | null {
  if (weights == null) return null;
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return weights.map((weight) => weight / mean);
}
