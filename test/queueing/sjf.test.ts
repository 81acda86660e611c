import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { sjf } from '../../sim/policies/queueing/sjf.ts';
import { endsOf, runSmall, type SmallJob } from './pool-run.ts';
import { firstStarts, slowJobs, smallJob } from './random-jobs.ts';
import { lowest, slowQueue, startsOf } from './slow-queue.ts';

function sumOfEnds(jobs: readonly SmallJob[], policy = sjf): number {
  return Object.values(endsOf(runSmall({ jobs, policy }))).reduce<number>((sum, end) => sum + (end ?? 0), 0);
}

/** The least sum of completion times over all orders of jobs that are all there at 0. */
function bestSum(lengths: readonly number[], startAt = 0): number {
  if (lengths.length === 0) return 0;
  return Math.min(
    ...lengths.map((runs, i) => startAt + runs + bestSum(lengths.toSpliced(i, 1), startAt + runs)),
  );
}

describe('Shortest job first', () => {
  test('takes the shortest of those that wait, equal ones in order of arrival, and stops nobody', () => {
    const stories = runSmall({
      jobs: [
        { name: 'running', at: 0, runs: 10 },
        { name: 'long', at: 1, runs: 6 },
        { name: 'short', at: 2, runs: 3 },
        { name: 'twin', at: 3, runs: 3 },
        { name: 'shortest', at: 4, runs: 1 },
      ],
      policy: sjf,
    });
    expect(endsOf(stories)).toEqual({ running: 10, shortest: 11, short: 14, twin: 17, long: 23 });
  });

  test('goes by the estimate and not by what is true', () => {
    const stories = runSmall({
      jobs: [
        { name: 'running', at: 0, runs: 5 },
        { name: 'says-2', at: 1, runs: 8, estimate: 2 },
        { name: 'says-4', at: 1, runs: 1, estimate: 4 },
      ],
      policy: sjf,
    });
    expect(endsOf(stories)).toEqual({ running: 5, 'says-2': 13, 'says-4': 14 });
  });

  test('has the least mean completion time of all orders when all jobs are there at once', () => {
    let beatsFifo = 0;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 7 }), (lengths) => {
        const jobs = lengths.map((runs, i) => ({ name: `j${i}`, at: 0, runs }));
        const sum = sumOfEnds(jobs);
        expect(sum).toBe(bestSum(lengths));
        if (sum < sumOfEnds(jobs, fifo)) beatsFifo += 1;
      }),
      { seed: 11, numRuns: 100 },
    );
    expect(beatsFifo).toBeGreaterThan(20);
  });

  test('starts jobs when a slow twin does, on several GPUs with nobody past the head', () => {
    fc.assert(
      fc.property(slowJobs(9, 3), (jobs) => {
        const stories = runSmall({
          hosts: [3],
          jobs: jobs.map(smallJob),
          policy: sjf,
          rules: { fill: 'block' },
        });
        const twin = slowQueue(3, jobs, (waiting) => lowest(waiting, ({ runs }) => runs));
        expect(firstStarts(stories)).toEqual(startsOf(twin));
      }),
      { seed: 12, numRuns: 200 },
    );
  });
});
