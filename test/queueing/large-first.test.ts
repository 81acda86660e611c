import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largeFirst } from '../../sim/policies/queueing/large-first.ts';
import { endsOf, runSmall } from './pool-run.ts';
import { firstStarts, slowJobs, smallJob } from './random-jobs.ts';
import { lowest, slowQueue, startsOf } from './slow-queue.ts';

describe('Large first', () => {
  test('gives large jobs the first choice and fills with small ones', () => {
    const stories = runSmall({
      hosts: [4],
      jobs: [
        { name: 'running', at: 0, runs: 10, gpus: 2 },
        { name: 'half', at: 1, runs: 2, milli: 500 },
        { name: 'one', at: 1, runs: 4, gpus: 1 },
        { name: 'two', at: 1, runs: 3, gpus: 2 },
        { name: 'four', at: 1, runs: 5, gpus: 4 },
      ],
      policy: largeFirst,
    });
    // At 1 four finds no room, two does. At 4 one and half share what is left of the four GPUs until running ends.
    expect(endsOf(stories)).toEqual({ two: 4, half: 6, one: 8, running: 10, four: 15 });
  });

  test('counts all workers of a gang as one size', () => {
    const stories = runSmall({
      hosts: [2, 2],
      jobs: [
        { name: 'running', at: 0, runs: 2, workers: [2, 2] },
        { name: 'pair', at: 1, runs: 1, gpus: 2 },
        { name: 'gang', at: 1, runs: 1, workers: [1, 1, 1] },
      ],
      policy: largeFirst,
    });
    expect(endsOf(stories)).toEqual({ running: 2, gang: 3, pair: 4 });
  });

  test('starts jobs when a slow twin does, where nobody passes the head', () => {
    fc.assert(
      fc.property(slowJobs(9, 3), (jobs) => {
        const stories = runSmall({
          hosts: [3],
          jobs: jobs.map(smallJob),
          policy: largeFirst,
          rules: { fill: 'block' },
        });
        const twin = slowQueue(3, jobs, (waiting) => lowest(waiting, ({ gpus }) => -gpus));
        expect(firstStarts(stories)).toEqual(startsOf(twin));
      }),
      { seed: 41, numRuns: 150 },
    );
  });
});
