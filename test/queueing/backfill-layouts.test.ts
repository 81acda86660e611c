import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_CLAIM } from '../../sim/cluster/claim.ts';
import { ANY_LAYOUT, type Layout } from '../../sim/cluster/layout.ts';
import { ConservativeGuard } from '../../sim/engine/backfill/conservative.ts';
import { DEFAULT_BACKFILL } from '../../sim/engine/backfill/index.ts';
import { giveBack, reserve } from '../../sim/engine/reserve.ts';
import { admitJob } from '../../sim/engine/run-context.ts';
import type { Task } from '../../sim/workload/task.ts';
import { hostSpecs, requestOf, type SmallHost } from '../topology/small-fleet.ts';
import { emptyContext, type FillRun, type Placed, runFill } from './backfill-runs.ts';

const SECOND = 1_000_000;

interface Promised {
  readonly first: number;
  last: number;
}

/** Runs tasks under conservative backfilling and notes what each that waits is promised, by name. */
function runNoting(setup: Omit<FillRun, 'fill'>) {
  const promises = new Map<string, Promised>();
  const placed = runFill({
    ...setup,
    fill: 'conservative',
    guard:
      ({ fleet }, placer) =>
      (scheduler) => {
        const guard = new ConservativeGuard(fleet, placer, scheduler, DEFAULT_BACKFILL);
        return {
          depth: guard.depth,
          beginPass: () => guard.beginPass(),
          changed: () => guard.changed(),
          forget: (live) => guard.forget(live),
          place: (live, nowUs) => {
            const parts = guard.place(live, nowUs);
            if (parts !== undefined) return parts;
            const atUs = guard.promisedUs(live) ?? Number.POSITIVE_INFINITY;
            const known = promises.get(live.job.name);
            if (known === undefined) promises.set(live.job.name, { first: atUs, last: atUs });
            else {
              expect([live.job.name, atUs <= known.last]).toEqual([live.job.name, true]);
              known.last = atUs;
            }
            return undefined;
          },
        };
      },
  });
  return { placed, promises };
}

function taskOf(
  name: string,
  at: number,
  runs: number,
  gpus: readonly number[],
  layout?: Partial<Layout>,
  label = '',
): Task {
  const workers = gpus.map((count) => requestOf({ gpus: count }));
  return {
    name,
    request: workers[0] as Task['request'],
    workers: workers.length === 1 ? undefined : workers,
    layout: layout === undefined ? undefined : { ...ANY_LAYOUT, prefer: layout.within ?? 'pool', ...layout },
    claim: { ...NO_CLAIM, label },
    arrivalUs: at * SECOND,
    durationUs: runs * SECOND,
  };
}

test('a gang that needs one rack is not passed by jobs that would keep that rack from it', () => {
  const hosts: readonly SmallHost[] = [
    { gpus: 2, rack: 'a' },
    { gpus: 2, rack: 'b' },
    { gpus: 2, rack: 'a' },
    { gpus: 2, rack: 'b' },
  ];
  // From 4 on four GPUs are free, two in each rack; rack a is free at 6, rack b not before 20.
  const tasks = [
    taskOf('a0', 0, 4, [2]),
    taskOf('b0', 0, 4, [2]),
    taskOf('a1', 0, 6, [2]),
    taskOf('b1', 0, 20, [2]),
    taskOf('gang', 1, 5, [2, 2], { within: 'rack' }),
    taskOf('long', 4, 30, [2]),
    taskOf('longer', 4, 30, [1]),
  ];
  const { placed, promises } = runNoting({ hosts: hostSpecs(hosts), tasks, placement: 'first-fit' });
  const story = (name: string) => {
    const { startUs, parts } = placed.get(name) as Placed;
    return [startUs / SECOND, ...parts.map(({ host }) => host)];
  };
  expect(promises.get('gang')?.first).toBe(6 * SECOND);
  expect(story('gang')).toEqual([6, 0, 2]);
  // First-fit alone would have put it on host 0, in the rack that the gang is to have.
  expect(story('long')).toEqual([4, 1]);
  expect(story('longer')).toEqual([11, 0]);
});

test('nobody whom a promised job keeps away from is let in where it is to go', () => {
  const tasks = [
    taskOf('first', 0, 5, [2]),
    taskOf('lone', 1, 5, [2, 2], { apartFrom: ['noisy'], spread: 'hosts' }, 'lone'),
    // There is a free GPU beside each of the places of `lone`, but `noisy` would be there when it comes.
    taskOf('noisy', 2, 10, [1], undefined, 'noisy'),
    taskOf('quiet', 2, 10, [1], undefined, 'quiet'),
  ];
  const { placed } = runNoting({
    hosts: hostSpecs([{ gpus: 3 }, { gpus: 3, rack: 'x' }]),
    tasks: tasks.map((task) =>
      task.name === 'first' ? { ...task, workers: [task.request, task.request] } : task,
    ),
    placement: 'first-fit',
  });
  const at = (name: string) => (placed.get(name) as Placed).startUs / SECOND;
  expect(['first', 'lone', 'noisy', 'quiet'].map(at)).toEqual([0, 5, 10, 2]);
});

const layouts = fc.constantFrom<Partial<Layout> | undefined>(
  undefined,
  undefined,
  { within: 'rack' },
  { within: 'host' },
  { within: 'island' },
  { spread: 'hosts' },
  { spread: 'racks' },
  { maxPerHost: 1, within: 'rack' },
  { maxOfClassPerHost: 1 },
  { apartFrom: ['x'] },
  { apartFrom: ['y'], spread: 'hosts' },
);
const cases = fc.array(
  fc.record({
    gap: fc.constantFrom(0, 0, 1, 1, 2, 5),
    runs: fc.integer({ min: 1, max: 15 }),
    gpus: fc.integer({ min: 1, max: 2 }),
    workers: fc.constantFrom(1, 1, 2, 3),
    layout: layouts,
    label: fc.constantFrom('x', 'y', 'z'),
  }),
  { minLength: 3, maxLength: 24 },
);
const fleets = fc.array(
  fc.record({
    gpus: fc.integer({ min: 1, max: 4 }),
    rack: fc.constantFrom('a', 'b', 'c'),

    gpusPerIsland: fc.constantFrom(1, 2, 4),
  }),
  { minLength: 2, maxLength: 5 },
);

test('with true estimates every job, whatever its layout, starts no later than promised, and promises only get better', () => {
  let kept = 0;
  let ruled = 0;
  fc.assert(
    fc.property(
      fleets,
      cases,
      fc.constantFrom('first-fit' as const, 'worst-fit' as const),
      (small, list, placement) => {
        const hosts = hostSpecs(small);
        const context = emptyContext(hosts, placement);
        let at = 0;
        const tasks: Task[] = [];
        for (const [i, { gap, runs, gpus, workers, layout, label }] of list.entries()) {
          at += gap;
          const task = taskOf(`j${i}`, at, runs, new Array(workers).fill(gpus), layout, label);
          const parts = reserve(context.fleet, context.placer, admitJob(context, task, i));
          if (parts === undefined) continue;
          giveBack(context.fleet, parts);
          tasks.push(task);
        }
        const { placed, promises } = runNoting({ hosts, tasks, placement });
        for (const { name, layout } of tasks) {
          const promise = promises.get(name);
          if (promise === undefined) continue;
          expect([name, promise.first < Number.POSITIVE_INFINITY]).toEqual([name, true]);
          expect([name, (placed.get(name) as Placed).startUs <= promise.last]).toEqual([name, true]);
          kept += 1;
          if (layout !== undefined) ruled += 1;
        }
      },
    ),
    { numRuns: 300, seed: 41 },
  );
  expect(kept).toBeGreaterThan(800);
  expect(ruled).toBeGreaterThan(400);
});
