import type { HostSpec } from '../../cluster/fleet.ts';
import type { HeldPart } from './job-kind.ts';

/** What does not change about a fleet, and so is the same for each state of it. */
export interface FleetPlan {
  /** The GPUs of host h are `gpuStart[h]` to `gpuStart[h + 1] - 1`. */
  readonly gpuStart: Int32Array;
  readonly hostOfGpu: Int32Array;
  readonly cpuMilli: Int32Array;
  readonly memoryMib: Float64Array;
  /** See `GpuPlaces` of parts.ts. */
  readonly plainPlaces: Map<number, readonly HeldPart[]>;
}

const plans = new WeakMap<readonly HostSpec[], FleetPlan>();

/** Worked out once for a list of hosts: every jump within a replay begins with a fresh state. */
export function planOf(hosts: readonly HostSpec[]): FleetPlan {
  const known = plans.get(hosts);
  if (known !== undefined) return known;
  const gpuStart = new Int32Array(hosts.length + 1);
  for (const [h, { gpus }] of hosts.entries()) {
    const own = gpus.reduce((sum, { count }) => sum + count, 0);
    gpuStart[h + 1] = (gpuStart[h] as number) + own;
  }
  const hostOfGpu = new Int32Array(gpuStart[hosts.length] as number);
  for (let h = 0; h < hosts.length; h++) hostOfGpu.fill(h, gpuStart[h], gpuStart[h + 1]);
  const plan: FleetPlan = {
    gpuStart,
    hostOfGpu,
    cpuMilli: Int32Array.from(hosts, ({ cpuMilli }) => cpuMilli),
    memoryMib: Float64Array.from(hosts, ({ memoryMib }) => memoryMib),
    plainPlaces: new Map(),
  };
  plans.set(hosts, plan);
  return plan;
}
