import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostSpec } from '../../sim/cluster/fleet.ts';
import { DEFAULT_BACKFILL } from '../../sim/engine/backfill/index.ts';
import { giveBack, reserve, takeBack } from '../../sim/engine/reserve.ts';
import { admitJob } from '../../sim/engine/run-context.ts';
import type { Task } from '../../sim/workload/task.ts';
import { hostsArbitrary, jobsArbitrary, tasksOf } from './backfill-cases.ts';
import { emptyContext, type Placed, runFill } from './backfill-runs.ts';

const SECOND = 1_000_000;

/**
 * When a job that is first in the queue from `sinceUs` would have started had nobody been let past it from then on: a
 * fleet of its own with those that ran is emptied as they end.
 */
function startAlone(
  fleet: readonly HostSpec[],
  placement: 'best-fit' | 'first-fit' | 'worst-fit',
  task: Task,
  sinceUs: number,
  there: readonly Placed[],
): number {
  const context = emptyContext(fleet, placement);
  const job = admitJob(context, task, 0);
  const present = there
    .filter(({ startUs, endUs }) => startUs <= sinceUs && endUs > sinceUs)
    .sort((a, b) => a.endUs - b.endUs);
  // Their shapes are those of another table, which this fleet does not mind.
  for (const { parts } of present) takeBack(context.fleet, parts);
  let nowUs = sinceUs;
  for (;;) {
    if (reserve(context.fleet, context.placer, job) !== undefined) return nowUs;
    const next = present[0] as Placed;
    nowUs = next.endUs;
    while (present[0]?.endUs === nowUs) giveBack(context.fleet, (present.shift() as Placed).parts);
  }
}

describe('EASY backfilling', () => {
  test.each(['best-fit', 'first-fit', 'worst-fit'] as const)(
    'with true estimates never delays the head of the queue (%s)',
    (placement) => {
      let waited = 0;
      let passed = 0;
      fc.assert(
        fc.property(hostsArbitrary, jobsArbitrary, (fleet, list) => {
          const tasks = tasksOf(list, fleet, placement, (runsUs) => runsUs);
          const placed = runFill({ hosts: fleet, tasks, fill: 'easy', placement });
          expect(placed.size).toBe(tasks.length);
          let sinceUs = 0;
          tasks.forEach((task, i) => {
            const own = placed.get(task.name) as Placed;
            // First in the queue when it is there and all before it have started.
            sinceUs = Math.max(sinceUs, task.arrivalUs);
            if (own.startUs > sinceUs) {
              waited += 1;
              const before = tasks.slice(0, i).map(({ name }) => placed.get(name) as Placed);
              const behind = tasks.slice(i + 1).map(({ name }) => placed.get(name) as Placed);
              const there = [...before, ...behind.filter(({ startUs }) => startUs < sinceUs)];
              passed += behind.filter(({ startUs }) => startUs >= sinceUs && startUs < own.startUs).length;
              expect(own.startUs).toBeLessThanOrEqual(startAlone(fleet, placement, task, sinceUs, there));
            }
            sinceUs = Math.max(sinceUs, own.startUs);
          });
        }),
        { numRuns: 500, seed: 11 },
      );
      expect(waited).toBeGreaterThan(400);
      expect(passed).toBeGreaterThan(400);
    },
  );

  test.each(['easy', 'conservative'] as const)(
    'under %s nothing is lost and nobody starts twice when estimates are wrong',
    (fill) => {
      const factors = [0.2, 0.5, 1, 1.3, 4];
      fc.assert(
        fc.property(
          hostsArbitrary,
          jobsArbitrary,
          fc.array(fc.nat(4), { minLength: 24, maxLength: 24 }),
          (fleet, list, wrong) => {
            const tasks = tasksOf(list, fleet, 'best-fit', (runsUs, i) =>
              Math.max(1, Math.round(runsUs * (factors[wrong[i] as number] as number))),
            );
            const once = runFill({ hosts: fleet, tasks, fill });
            expect(once.size).toBe(tasks.length);
            for (const task of tasks) {
              const { startUs, endUs } = once.get(task.name) as Placed;
              expect(startUs).toBeGreaterThanOrEqual(task.arrivalUs);
              expect(endUs).toBe(startUs + task.durationUs);
            }
            expect(runFill({ hosts: fleet, tasks, fill })).toEqual(once);
          },
        ),
        { numRuns: 150, seed: 12 },
      );
    },
  );

  test('looks at no more jobs behind the head than the depth', () => {
    const gpu = (count: number) => ({
      cpuMilli: 0,
      memoryMib: 0,
      gpuCount: count,
      gpuMilli: 1000,
      models: [],
    });
    const task = (name: string, count: number, runs: number): Task => ({
      name,
      request: gpu(count),
      arrivalUs: 0,
      durationUs: runs * SECOND,
    });
    const tasks = [
      task('a', 3, 10),
      task('wide', 4, 5),
      task('b', 2, 1),
      task('c', 3, 1),
      task('small', 1, 2),
    ];
    const fleet = [{ name: 'h', cpuMilli: 1000, memoryMib: 1000, gpus: [{ model: 'A', count: 4 }] }];
    for (const fill of ['easy', 'conservative'] as const) {
      const at = (depth: number) =>
        runFill({ hosts: fleet, tasks, fill, options: { depth } }).get('small')?.startUs;
      expect(DEFAULT_BACKFILL.depth).toBeGreaterThan(3);
      expect(at(3)).toBe(0);
      expect(at(2)).toBeGreaterThan(0);
    }
  });
});
