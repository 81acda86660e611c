import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TaskRequest } from '../../sim/cluster/request.ts';
import type { Task } from '../../sim/workload/task.ts';
import { hostsArbitrary, jobsArbitrary, tasksOf } from './backfill-cases.ts';
import { type Placed, runFill } from './backfill-runs.ts';
import { conservativeTwin, type TwinStory } from './backfill-twin.ts';

const SECOND = 1_000_000;

/** The twin puts workers one by one, which finds what there is to find only where they are alike and take whole GPUs. */
function isPlain({ request, workers }: Task): boolean {
  return (
    workers === undefined ||
    (workers.every((each) => each.gpuMilli === request.gpuMilli && sameSize(each, request)) &&
      (request.gpuCount < 2 || request.gpuMilli === 1000))
  );
}

function sameSize(a: TaskRequest, b: TaskRequest): boolean {
  return (
    a.cpuMilli === b.cpuMilli &&
    a.memoryMib === b.memoryMib &&
    a.gpuCount === b.gpuCount &&
    a.models[0] === b.models[0]
  );
}

describe('Conservative backfilling', () => {
  test('starts every job when a slow twin does, and with true estimates no later than promised on arrival', () => {
    let waited = 0;
    let early = 0;
    fc.assert(
      fc.property(hostsArbitrary, jobsArbitrary, (fleet, list) => {
        const tasks = tasksOf(list, fleet, 'first-fit', (runsUs) => runsUs).filter(isPlain);
        const placed = runFill({ hosts: fleet, tasks, fill: 'conservative', placement: 'first-fit' });
        const twin = conservativeTwin(fleet, tasks);
        for (const { name, arrivalUs } of tasks) {
          const { promised, start } = twin.get(name) as TwinStory;
          expect([name, (placed.get(name) as Placed).startUs / SECOND]).toEqual([name, start]);
          expect(start).toBeLessThanOrEqual(promised);
          if (start * SECOND > arrivalUs) waited += 1;
        }
        const inOrder = runFill({ hosts: fleet, tasks, fill: 'block', placement: 'first-fit' });
        for (const [name, { startUs }] of placed) {
          if (startUs < (inOrder.get(name) as Placed).startUs) early += 1;
        }
      }),
      { numRuns: 500, seed: 21 },
    );
    expect(waited).toBeGreaterThan(300);
    expect(early).toBeGreaterThan(300);
  });

  test('starts every job when a slow twin does where jobs end before their estimates', () => {
    const factors = [1, 1.5, 2, 3];
    fc.assert(
      fc.property(
        hostsArbitrary,
        jobsArbitrary,
        fc.array(fc.nat(3), { minLength: 24, maxLength: 24 }),
        (fleet, list, longer) => {
          const tasks = tasksOf(
            list,
            fleet,
            'first-fit',
            (runsUs, i) => Math.ceil((runsUs / SECOND) * (factors[longer[i] as number] as number)) * SECOND,
          ).filter(isPlain);
          const placed = runFill({ hosts: fleet, tasks, fill: 'conservative', placement: 'first-fit' });
          const twin = conservativeTwin(fleet, tasks);
          for (const { name } of tasks) {
            const { promised, start } = twin.get(name) as TwinStory;
            expect([name, (placed.get(name) as Placed).startUs / SECOND]).toEqual([name, start]);
            expect(start).toBeLessThanOrEqual(promised);
          }
        },
      ),
      { numRuns: 200, seed: 22 },
    );
  });
});
