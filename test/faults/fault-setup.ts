import type { Fleet } from '../../sim/cluster/fleet.ts';
import type { FaultSetup } from '../../sim/engine/faults.ts';
import { drawnFailures, type FaultUnit, loggedFailures } from '../../sim/faults/index.ts';
import { createDistribution, type DistributionSpec } from '../../sim/kernel/distributions/index.ts';
import { RandomStream } from '../../sim/kernel/random.ts';

/** No faults at all: what a test does not state. */
export const NO_FAULTS: FaultSetup = {
  units: [],
  crews: Number.POSITIVE_INFINITY,
  process: null,
  graceUs: 0,
  windows: [],
  spares: [],
  jobs: 'restart',
  retries: Number.POSITIVE_INFINITY,
};

export const exponential = (mean: number): DistributionSpec => ({ kind: 'exponential', mean });
export const constant = (value: number): DistributionSpec => ({ kind: 'constant', value });

export function hostUnit(host: number): FaultUnit {
  return { kind: 'host', name: `h${host}`, hosts: [host], gpu: -1 };
}

/** @param index within the host */
export function gpuUnit(fleet: Fleet, host: number, index: number): FaultUnit {
  const gpu = (fleet.gpuStart[host] as number) + index;
  return { kind: 'gpu', name: `h${host}/gpu${index}`, hosts: [host], gpu };
}

/** A unit whose failures are drawn, in seconds. */
export function drawn(
  unit: FaultUnit,
  between: DistributionSpec,
  repair: DistributionSpec,
  seed = 1,
): FaultSetup['units'][number] {
  const source = RandomStream.named(seed, `fault-${unit.kind}`, unit.name);
  const law = drawnFailures(createDistribution(between), createDistribution(repair), source);
  return { unit, law, needsCrew: true };
}

/** A unit that fails at these times for so long, in seconds. */
export function logged(
  unit: FaultUnit,
  ...log: readonly (readonly [number, number])[]
): FaultSetup['units'][number] {
  const law = loggedFailures(log.map(([at, lasts]) => ({ atUs: at * 1e6, forUs: lasts * 1e6 })));
  return { unit, law, needsCrew: false };
}
