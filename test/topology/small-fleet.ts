import type { Job } from '../../sim/cluster/changes.ts';
import { NO_CLAIM } from '../../sim/cluster/claim.ts';
import { Fleet, type HostSpec } from '../../sim/cluster/fleet.ts';
import { FragmentationMeter } from '../../sim/cluster/fragmentation.ts';
import { ANY_LAYOUT, type Layout } from '../../sim/cluster/layout.ts';
import { ShapeTable, type TaskRequest } from '../../sim/cluster/request.ts';
import { reserve } from '../../sim/engine/reserve.ts';
import { admitJob, type RunContext } from '../../sim/engine/run-context.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { placementPolicy } from '../../sim/policies/placement/index.ts';
import type { PlacementPolicyName } from '../../sim/policies/placement/names.ts';
import { Placer } from '../../sim/policies/placement/placer.ts';

/** A host of these tests: GPUs are all of one model unless `models` says otherwise; CPU and memory are plentiful unless stated. */
export interface SmallHost {
  readonly gpus: number;
  readonly models?: readonly string[];
  readonly cpu?: number;
  readonly rack?: string;
  readonly island?: string;
  readonly gpusPerIsland?: number;
  readonly nvlink?: boolean;
  readonly numa?: number;
}

export function hostSpecs(hosts: readonly SmallHost[]): readonly HostSpec[] {
  return hosts.map(({ gpus, models = ['gpu'], cpu = 1e6, rack, island, gpusPerIsland, nvlink, numa }, h) => ({
    name: `h${h}`,
    cpuMilli: cpu,
    memoryMib: 2 ** 30,
    gpus:
      gpus === 0
        ? []
        : models.map((model) => ({ model, count: gpus / models.length, hasFabric: nvlink ?? true })),
    numaDomains: numa ?? 1,
    place: { rack, island, gpusPerIsland },
  }));
}

/** A fleet with a placement policy at work on it. */
export function contextOf(
  hosts: readonly HostSpec[],
  policy: PlacementPolicyName = 'best-fit',
): RunContext & { readonly fleet: Fleet } {
  const fleet = new Fleet(hosts);
  const streams = new RandomStreams(1);
  const placer = new Placer(
    placementPolicy(policy),
    {
      fleet,
      fragmentation: new FragmentationMeter(fleet, []),
      reference: { cpuMilli: 1e6, gpuMilli: 8000 },
      random: streams.stream('placement-gpu'),
    },
    'host-order',
    streams.stream('placement-tie'),
  );
  return { fleet, placer, shapes: new ShapeTable(fleet.modelNames), observers: [] };
}

/** What one worker of these tests asks for. */
export interface Ask {
  readonly gpus: number;
  readonly milli?: number;
  readonly cpu?: number;
  readonly models?: readonly string[];
}

export function requestOf({ gpus, milli = 1000, cpu = 0, models = [] }: Ask): TaskRequest {
  return { cpuMilli: cpu, memoryMib: 0, gpuCount: gpus, gpuMilli: gpus === 0 ? 0 : milli, models };
}

let numbers = 0;

/** A job of a class with one worker for each ask. */
export function jobOf(
  context: RunContext,
  asks: readonly Ask[],
  layout?: Partial<Layout>,
  label = 'own',
): Job {
  const requests = asks.map(requestOf);
  const task = {
    name: label,
    request: requests[0] as TaskRequest,
    workers: requests,
    layout: layout === undefined ? undefined : { ...ANY_LAYOUT, prefer: layout.within ?? 'pool', ...layout },
    claim: { ...NO_CLAIM, label },
    arrivalUs: 0,
    durationUs: 1e6,
  };
  return admitJob(context, task, numbers++);
}

/** Host of each worker, where they find room; else undefined. They keep it. */
export function placed(context: RunContext, job: Job): readonly number[] | undefined {
  return reserve(context.fleet, context.placer, job)?.map(({ host }) => host);
}

/** Everything that is left on a fleet, and who is where. */
export function stateOf({ fleet }: RunContext, labels: readonly string[]): unknown {
  return {
    cpu: [...fleet.cpuFreeMilli],
    gpu: [...fleet.gpuFreeMilli],
    residents: [...fleet.residents],
    gains: fleet.gains,
    labels: labels.map((label) => [...fleet.hostNames.keys()].map((h) => fleet.neighbours.countOf(label, h))),
  };
}
