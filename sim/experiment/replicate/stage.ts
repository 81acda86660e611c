import { Fleet } from '../../cluster/fleet.ts';
import { FragmentationMeter } from '../../cluster/fragmentation.ts';
import { GPU_MILLI, ShapeTable, type TaskShape } from '../../cluster/request.ts';
import { RandomStreams } from '../../kernel/random.ts';
import type { Placer } from '../../policies/placement/placer.ts';
import type { Scenario } from '../../scenario/types.ts';
import { hostsOf } from '../hosts.ts';
import { placersOf } from '../pools.ts';
import { typicalRequests } from '../tasks.ts';
import type { TraceData } from '../trace-data.ts';
import type { ReplicationHooks } from './types.ts';

/** What a run starts with, whoever watches it: the empty fleet, who places jobs on it, and the chances of its seed. */
export interface Stage {
  readonly streams: RandomStreams;
  readonly fleet: Fleet;
  readonly shapes: ShapeTable;
  /** What the usual tasks ask for, and how often. */
  readonly mix: readonly { readonly shape: TaskShape; readonly frequency: number }[];
  readonly fragmentation: FragmentationMeter;
  /** By pool. */
  readonly placers: readonly Placer[];
  /** By pool: numbers of its hosts. */
  readonly poolHosts: readonly (readonly number[])[];
}

/** Sets the stage of one run; nothing has happened on it. */
export function buildStage(
  scenario: Scenario,
  traces: TraceData,
  seed: number,
  hooks: Pick<ReplicationHooks, 'hosts' | 'solver'>,
): Stage {
  const streams = new RandomStreams(seed);
  const stated = hostsOf(scenario, traces);
  const fleet = new Fleet(hooks.hosts?.(stated) ?? stated);
  learnRules(fleet, scenario);
  const expected = (shape: TaskShape) => fleet.expectedMilli(shape);
  const shapes = new ShapeTable(fleet.modelNames, expected);
  // The mix has a table of its own: its shapes carry no host memory and must not take numbers from the run's shapes.
  const mixShapes = new ShapeTable(fleet.modelNames, expected);
  const mix = typicalRequests(scenario, traces).map(({ request, frequency }) => ({
    shape: mixShapes.intern(request),
    frequency,
  }));
  const fragmentation = new FragmentationMeter(fleet, mix);
  const placers = placersOf(
    scenario,
    {
      fleet,
      fragmentation,
      reference: referenceSize(scenario, fleet),
      random: streams.stream('placement-gpu'),
      solver: hooks.solver,
    },
    streams,
  );
  const poolHosts = placers.map(({ hosts }) => hosts);
  return { streams, fleet, shapes, mix, fragmentation, placers, poolHosts };
}

/** Makes known from the start which classes others keep away from. */
function learnRules(fleet: Fleet, { workload: { synthetic, services, sessions } }: Scenario): void {
  for (const { layout } of [...(synthetic?.classes ?? []), ...services, ...sessions]) {
    if (layout !== undefined) fleet.neighbours.learn(layout);
  }
}

/** What CPU and GPU of a host are divided by before they are compared: stated, else the largest host of the fleet. */
function referenceSize(scenario: Scenario, fleet: Fleet): { cpuMilli: number; gpuMilli: number } {
  const stated = scenario.policy.referenceHost;
  if (stated !== null) return { cpuMilli: stated.cpuMilli, gpuMilli: stated.gpuCount * GPU_MILLI };
  let cpuMilli = 1;
  let gpus = 1;
  for (let h = 0; h < fleet.hostCount; h++) {
    cpuMilli = Math.max(cpuMilli, fleet.cpuCapacityMilli[h] as number);
    gpus = Math.max(gpus, fleet.gpusOf(h));
  }
  return { cpuMilli, gpuMilli: gpus * GPU_MILLI };
}
