import fc from 'fast-check';
import type { HostSpec } from '../../sim/cluster/fleet.ts';
import { giveBack, reserve } from '../../sim/engine/reserve.ts';
import { admitJob } from '../../sim/engine/run-context.ts';
import type { PlacementPolicyName } from '../../sim/policies/placement/names.ts';
import type { Task } from '../../sim/workload/task.ts';
import { emptyContext } from './backfill-runs.ts';

const SECOND = 1_000_000;

/** A job of a random case: sizes are small so that they often collide. */
const request = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ gpuCount: fc.constant(1), gpuMilli: fc.constantFrom(250, 300, 500, 700) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ gpuCount: fc.integer({ min: 1, max: 3 }), gpuMilli: fc.constant(1000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ gpuCount: fc.integer({ min: 2, max: 3 }), gpuMilli: fc.constant(500) }),
  },
  { weight: 1, arbitrary: fc.constant({ gpuCount: 0, gpuMilli: 0 }) },
);

const worker = fc.record({
  size: request,
  cpuMilli: fc.constantFrom(0, 1000, 3000, 6000),
  memoryMib: fc.constantFrom(0, 1024, 3072),
  models: fc.constantFrom<readonly string[]>([], [], [], ['A'], ['B']),
});

/** Jobs of a random case in order of arrival, seconds. */
export const jobsArbitrary = fc.array(
  fc.record({
    gap: fc.constantFrom(0, 0, 1, 1, 2, 5),
    runs: fc.integer({ min: 1, max: 15 }),
    worker,
    /** Workers of a gang; equal ones or a mixture. */
    gang: fc.oneof(
      { weight: 4, arbitrary: fc.constant(null) },
      {
        weight: 1,
        arbitrary: fc.record({ count: fc.integer({ min: 2, max: 3 }), other: fc.option(worker) }),
      },
    ),
  }),
  { minLength: 3, maxLength: 24 },
);

/** Hosts with two models of GPUs, some with none. */
export const hostsArbitrary = fc
  .array(fc.record({ a: fc.nat(3), b: fc.nat(2), cpu: fc.constantFrom(6000, 12_000) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((specs) =>
    specs.map(
      ({ a, b, cpu }, h): HostSpec => ({
        name: `h${h}`,
        cpuMilli: cpu,
        memoryMib: 8192,
        gpus: [...(a > 0 ? [{ model: 'A', count: a }] : []), ...(b > 0 ? [{ model: 'B', count: b }] : [])],
      }),
    ),
  );

type Jobs = typeof jobsArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** Tasks of a random case, without those that could not even start on an empty fleet. */
export function tasksOf(
  list: Jobs,
  fleet: readonly HostSpec[],
  placement: PlacementPolicyName,
  estimate: (runsUs: number, i: number) => number,
): Task[] {
  const context = emptyContext(fleet, placement);
  let at = 0;
  const tasks: Task[] = [];
  for (const [i, { gap, runs, worker: first, gang }] of list.entries()) {
    at += gap;
    const ask = ({ size, ...rest }: typeof first) => ({ ...size, ...rest });
    const all = [
      ask(first),
      ...(gang === null ? [] : Array.from({ length: gang.count - 1 }, () => ask(gang.other ?? first))),
    ];
    const task: Task = {
      name: `j${i}`,
      request: all[0] as Task['request'],
      workers: all.length === 1 ? undefined : all,
      arrivalUs: at * SECOND,
      durationUs: runs * SECOND,
      estimateUs: estimate(runs * SECOND, i),
    };
    const parts = reserve(context.fleet, context.placer, admitJob(context, task, i));
    if (parts === undefined) continue;
    giveBack(context.fleet, parts);
    tasks.push(task);
  }
  return tasks;
}
