import { Fleet } from '../../../sim/cluster/fleet.ts';
import { FragmentationMeter } from '../../../sim/cluster/fragmentation.ts';
import { ShapeTable } from '../../../sim/cluster/request.ts';
import type { RunContext } from '../../../sim/engine/run-context.ts';
import { runTimed } from '../../../sim/engine/timed.ts';
import { claimOf, poolNumbers } from '../../../sim/experiment/claims.ts';
import { profileOf, requestOf } from '../../../sim/experiment/demand.ts';
import { hostsOf } from '../../../sim/experiment/hosts.ts';
import { poolsOf } from '../../../sim/experiment/pools.ts';
import { repartitionOf } from '../../../sim/experiment/repartition.ts';
import { RandomStreams } from '../../../sim/kernel/random.ts';
import type { Micros } from '../../../sim/kernel/time.ts';
import { placementPolicy } from '../../../sim/policies/placement/index.ts';
import { Placer } from '../../../sim/policies/placement/placer.ts';
import type { Scenario } from '../../../sim/scenario/types.ts';
import type { Task } from '../../../sim/workload/task.ts';
import { scenarioOf } from '../sharing/product.ts';
import type { MisoJob } from './jobs.ts';
import { MISO_GPU, type SpeedByProfile, useOfProgram } from './speeds.ts';

/** Cards of the fleet. */
export const MISO_GPUS = 8;

/** How cards are cut anew while jobs run, as a document says it, and what stopping a job for it takes. */
export interface CutAnew {
  readonly repartition: Readonly<Record<string, unknown>>;
  readonly checkpoint: Readonly<Record<string, string>>;
}

/** The fleet under one sharing mode, and a task class for each program, as a document says them. */
export function misoScenario(
  speeds: ReadonlyMap<string, SpeedByProfile>,
  sharing: unknown,
  anew?: CutAnew,
): Scenario {
  const isWhole = sharing === 'bare-metal';
  return scenarioOf({
    apiVersion: 'slicewise/v1',
    name: 'miso',
    fleet: {
      hosts: [
        { name: 'host', cpu: 1000, memory: '10TiB', gpus: { model: MISO_GPU, count: MISO_GPUS }, sharing },
      ],
    },
    workload: {
      synthetic: {
        tasks: 100,
        arrivals: { process: 'poisson', rate: '60/h' },
        classes: [...speeds].map(([name, byProfile]) => ({
          name,
          cpu: 1,
          memory: '1GiB',
          gpus: 1,
          lifetime: { kind: 'constant', value: '600s' },
          // On MIG the smallest instance that is free and on which the program runs.
          slot: isWhole ? 'whole' : { memory: '1MiB' },
          use: useOfProgram(byProfile),
          ...(anew === undefined ? {} : { checkpoint: anew.checkpoint }),
        })),
      },
    },
    policy: { placement: 'worst-fit', queueing: 'fifo' },
    ...(anew === undefined ? {} : { repartition: [{ hosts: 'host', ...anew.repartition }] }),
    experiment: { kind: 'timed' },
  });
}

/**
 * Runs exactly these jobs through the engine: the document's fleet, mode and classes, with arrivals and work of the list
 * in place of drawn ones.
 *
 * @returns mean completion time in seconds
 * @throws {RangeError} if a job does not finish
 */
export function meanCompletionSec(scenario: Scenario, jobs: readonly MisoJob[]): number {
  const streams = new RandomStreams(1);
  const fleet = new Fleet(hostsOf(scenario, {}));
  const fragmentation = new FragmentationMeter(fleet, []);
  const classes = new Map(
    (scenario.workload.synthetic?.classes ?? []).map((each) => [
      each.name,
      {
        request: requestOf(each),
        profile: profileOf(each),
        claim: claimOf(each.claim, each.name, poolNumbers(scenario)),
      },
    ]),
  );
  const tasks = jobs.map((job): Task => {
    const kind = classes.get(job.program);
    if (kind === undefined) throw new RangeError(`Nothing is known of ${job.program}`);
    return { name: job.name, arrivalUs: job.arrivalUs, durationUs: job.workUs, ...kind };
  });
  let totalUs = 0;
  let finished = 0;
  const given = tasks.values();
  const context: RunContext = {
    fleet,
    shapes: new ShapeTable(fleet.modelNames),
    placer: new Placer(
      placementPolicy(scenario.policy.placement),
      {
        fleet,
        fragmentation,
        reference: { cpuMilli: 1000, gpuMilli: 1000 },
        random: streams.stream('placement-gpu'),
      },
      scenario.policy.tieBreak,
      streams.stream('placement-tie'),
    ),
    observers: [
      {
        finished: (atUs, job) => {
          totalUs += atUs - job.arrivalUs;
          finished += 1;
        },
      },
    ],
  };
  runTimed(context, {
    source: { nextTask: () => given.next().value },
    pools: poolsOf(scenario, context, [context.placer]),
    horizonUs: Number.POSITIVE_INFINITY,
    warmupUs: 0 as Micros,
    sessionGroups: 0,
    repartition: scenario.repartition.length === 0 ? undefined : repartitionOf(scenario.repartition, fleet),
  });
  if (finished !== jobs.length) throw new RangeError(`${finished} of ${jobs.length} jobs have finished`);
  return totalUs / jobs.length / 1e6;
}
