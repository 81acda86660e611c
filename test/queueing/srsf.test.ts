import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { srsf } from '../../sim/policies/queueing/srsf.ts';
import { srtf } from '../../sim/policies/queueing/srtf.ts';
import { endsOf, runSmall } from './pool-run.ts';
import { slowJobs, smallJob } from './random-jobs.ts';

describe('Shortest remaining service first', () => {
  const jobs = [
    { name: 'narrow', at: 0, runs: 9, gpus: 1 },
    { name: 'wide', at: 3, runs: 4, gpus: 2 },
    { name: 'late', at: 4, runs: 3, gpus: 1 },
  ];

  test('counts a wide job as long as its GPU-time, where the shortest time alone would stop others for it', () => {
    const by = (policy: typeof srsf) =>
      endsOf(runSmall({ hosts: [2], jobs, policy, rules: { preemption: 'evict' } }));
    // wide: 4 s, 8 GPU-s. narrow has 6 s, 6 GPU-s left when it comes: only by time does it give way. At 4 wide has 3 s
    // left, no more than late.
    expect(by(srtf)).toEqual({ wide: 7, late: 10, narrow: 13 });
    expect(by(srsf)).toEqual({ late: 7, narrow: 9, wide: 13 });
  });

  test('stops a wide job for a narrow one that is longer but smaller', () => {
    const stories = runSmall({
      hosts: [4],
      jobs: [
        { name: 'wide', at: 0, runs: 5, gpus: 4 },
        { name: 'narrow', at: 1, runs: 10, gpus: 1 },
      ],
      policy: srsf,
      rules: { preemption: 'evict' },
    });
    // 16 GPU-s left against 10.
    expect(endsOf(stories)).toEqual({ narrow: 11, wide: 15 });
  });

  test('counts all workers of a gang', () => {
    const stories = runSmall({
      hosts: [1, 1],
      jobs: [
        { name: 'gang', at: 0, runs: 6, workers: [1, 1] },
        { name: 'single', at: 2, runs: 7 },
      ],
      policy: srsf,
      rules: { preemption: 'evict' },
    });
    // 4 s on two GPUs are more than 7 s on one.
    expect(endsOf(stories)).toEqual({ single: 9, gang: 13 });
  });

  test('does what shortest remaining time first does where all jobs have one GPU', () => {
    fc.assert(
      fc.property(slowJobs(8, 1), (list) => {
        const by = (policy: typeof srsf) =>
          runSmall({ hosts: [2], jobs: list.map(smallJob), policy, rules: { preemption: 'evict' } });
        expect(by(srsf)).toEqual(by(srtf));
      }),
      { seed: 31, numRuns: 100 },
    );
  });
});
