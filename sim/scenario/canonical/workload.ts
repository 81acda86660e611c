import { cpuQuantity } from '../quantities/cpu.ts';
import { gpuShareQuantity } from '../quantities/gpu-share.ts';
import { memoryQuantity } from '../quantities/memory.ts';
import { readValid } from '../quantities/quantity.ts';
import { rateQuantity } from '../quantities/rate.ts';
import type { DistributionDocument } from '../schema/distribution.ts';
import type {
  ArrivalsDocument,
  SyntheticDocument,
  TaskClassDocument,
  WorkloadDocument,
} from '../schema/scenario.ts';
import { canonicalDistribution, canonicalDuration, canonicalNumber } from './distribution.ts';

function canonicalClass(written: TaskClassDocument) {
  const { name, weight, cpu, memory, gpus = 0, gpu, models, lifetime } = written;
  return {
    name,
    weight: canonicalNumber(weight ?? 1),
    cpu: cpuQuantity.write(readValid(cpuQuantity, cpu)),
    memory: memoryQuantity.write(readValid(memoryQuantity, memory)),
    gpus: canonicalNumber(gpus),
    gpu: gpuShareQuantity.write(readValid(gpuShareQuantity, gpu ?? (gpus > 0 ? 1 : 0))),
    models: [...(models ?? [])],
    ...(lifetime === undefined
      ? {}
      : { lifetime: typeof lifetime === 'string' ? lifetime : canonicalDistribution(lifetime) }),
  };
}

function canonicalArrivals(written: ArrivalsDocument): ArrivalsDocument {
  switch (written.process) {
    case 'poisson':
      return {
        process: written.process,
        rate: rateQuantity.write(written.rate),
        hourOfDay: written.hourOfDay?.map(canonicalNumber) ?? null,
        dayOfWeek: written.dayOfWeek?.map(canonicalNumber) ?? null,
      };
    case 'deterministic':
      return { process: written.process, rate: rateQuantity.write(written.rate) };
    case 'renewal':
      return { process: written.process, interarrival: canonicalDistribution(written.interarrival) };
  }
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
export function canonicalWorkload({ trace, typical, synthetic }: WorkloadDocument) {
  return {
    ...(trace === undefined
      ? {}
      : { trace: { format: trace.format, pods: trace.pods, strict: trace.strict ?? false } }),
    typical: typical ?? null,
    ...(synthetic === undefined ? {} : { synthetic: canonicalSynthetic(synthetic) }),
  };
}
