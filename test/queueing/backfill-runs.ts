import { Fleet, type HostSpec } from '../../sim/cluster/fleet.ts';
import { FragmentationMeter } from '../../sim/cluster/fragmentation.ts';
import type { Part } from '../../sim/cluster/part.ts';
import { ShapeTable } from '../../sim/cluster/request.ts';
import { type BackfillOptions, DEFAULT_BACKFILL, guardFor } from '../../sim/engine/backfill/index.ts';
import type { RunContext } from '../../sim/engine/run-context.ts';
import type { Scheduler } from '../../sim/engine/scheduler.ts';
import { type BackfillGuard, DEFAULT_RULES } from '../../sim/engine/scheduling.ts';
import { runTimed } from '../../sim/engine/timed.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import type { Micros } from '../../sim/kernel/time.ts';
import { placementPolicy } from '../../sim/policies/placement/index.ts';
import type { PlacementPolicyName } from '../../sim/policies/placement/names.ts';
import { Placer } from '../../sim/policies/placement/placer.ts';
import { DEFAULT_QUEUEING_CONFIG, type QueueingPolicy } from '../../sim/policies/queueing/discipline.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import type { Task } from '../../sim/workload/task.ts';

/** A run under a fill rule. */
export interface FillRun {
  readonly hosts: readonly HostSpec[];
  /** In order of arrival; names tell them apart. */
  readonly tasks: readonly Task[];
  readonly fill: 'block' | 'skip' | 'easy' | 'conservative';
  readonly placement?: PlacementPolicyName;
  readonly policy?: QueueingPolicy;
  readonly options?: Partial<BackfillOptions>;
  readonly horizonUs?: number;
  /** Who guards those passed over, in place of the guard of the fill rule. */
  readonly guard?: (context: RunContext, placer: Placer) => (scheduler: Scheduler) => BackfillGuard;
}

/** When a job was placed, where, and when it finished; microseconds. */
export interface Placed {
  readonly startUs: number;
  readonly parts: readonly Part[];
  endUs: number;
}

/** A fleet with the parts of a run context around it, as it is when nobody is there. */
export function emptyContext(hosts: readonly HostSpec[], placement: PlacementPolicyName): RunContext {
  const fleet = new Fleet(hosts);
  const streams = new RandomStreams(1);
  const placer = new Placer(
    placementPolicy(placement),
    {
      fleet,
      fragmentation: new FragmentationMeter(fleet, []),
      reference: { cpuMilli: 64_000, gpuMilli: 8000 },
      random: streams.stream('placement-gpu'),
    },
    'host-order',
    streams.stream('placement-tie'),
  );
  return { fleet, shapes: new ShapeTable(fleet.modelNames), placer, observers: [] };
}

/** Runs tasks in order of arrival and tells when and where each was placed, by name. */
export function runFill(setup: FillRun): ReadonlyMap<string, Placed> {
  const placed = new Map<string, Placed>();
  const context: RunContext = {
    ...emptyContext(setup.hosts, setup.placement ?? 'best-fit'),
    observers: [
      {
        placed: (atUs, { name }, parts) => {
          if (placed.has(name)) throw new Error(`${name} was placed twice`);
          placed.set(name, { startUs: atUs, parts, endUs: Number.POSITIVE_INFINITY });
        },
        finished: (atUs, { name }) => {
          (placed.get(name) as Placed).endUs = atUs;
        },
      },
    ],
  };
  const { fleet, placer } = context;
  const tasks = setup.tasks.values();
  const policy = setup.policy ?? fifo;
  runTimed(context, {
    source: { nextTask: () => tasks.next().value },
    pools: [
      {
        placer,
        discipline: policy.create({
          fleet,
          capacity: {
            gpus: fleet.gpuCount,
            cpuMilli: fleet.cpuTotalMilli,
            memoryMib: fleet.memoryTotalMib,
          },
          config: DEFAULT_QUEUEING_CONFIG,
        }),
        rules: { ...DEFAULT_RULES, fill: setup.fill },
        isImmediate: false,
        guard:
          setup.guard?.(context, placer) ??
          guardFor(setup.fill, context, placer, { ...DEFAULT_BACKFILL, ...setup.options }),
      },
    ],
    horizonUs: setup.horizonUs ?? Number.POSITIVE_INFINITY,
    warmupUs: 0 as Micros,
    sessionGroups: 0,
  });
  return placed;
}
