import { describe, expect, test } from 'vitest';
import { guardFor } from '../../sim/engine/backfill/index.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { runSmall, type SmallJob, type SmallRun } from './pool-run.ts';

type Fill = 'block' | 'skip' | 'easy' | 'conservative';

const run = (fill: Fill, setup: Omit<SmallRun, 'policy'> & Partial<Pick<SmallRun, 'policy'>>) =>
  runSmall({
    policy: fifo,
    rules: { fill },
    guard: (scheduler, context) => {
      const make = guardFor(fill, context, context.placer);
      if (make === undefined) throw new Error(`no guard under ${fill}`);
      return make(scheduler);
    },
    ...setup,
  });

const startsOf = (fill: Fill, setup: Omit<SmallRun, 'policy'>) => {
  const stories =
    fill === 'easy' || fill === 'conservative'
      ? run(fill, setup)
      : runSmall({ policy: fifo, rules: { fill }, ...setup });
  return Object.fromEntries([...stories].map(([name, { starts }]) => [name, starts[0]?.at]));
};

describe('Backfilling', () => {
  /*
   * Four GPUs, time from left to right. A runs on three of them until 4; B needs two, C all four, D and E one each.
   *
   *        in order              EASY                  conservative
   *        0   4   8 10   15 20  0   4   8 10 12       0   4   8 10        20
   *   GPU0 AAAABBBBCCDDDDDDDDDD  AAAABBBB  CC          AAAABBBBCCDDDDDDDDDD
   *   GPU1 AAAABBBBCCEEEEE       AAAABBBB  CC          AAAABBBBCC
   *   GPU2 AAAA    CC            AAAAEEEEE CC          AAAA    CC
   *   GPU3         CC            DDDDDDDDDDCC          EEEEE   CC
   *
   * EASY lets D start at once: B still finds two GPUs at 4; that C has to wait for D until 10 it does not mind.
   * Conservative backfilling keeps 8 to 10 for C, so D can start at 10 only; E is over by 8 and takes the free GPU.
   */
  const textbook: readonly SmallJob[] = [
    { name: 'A', at: 0, runs: 4, gpus: 3 },
    { name: 'B', at: 0, runs: 4, gpus: 2 },
    { name: 'C', at: 0, runs: 2, gpus: 4 },
    { name: 'D', at: 0, runs: 10, gpus: 1 },
    { name: 'E', at: 0, runs: 5, gpus: 1 },
  ];

  test.each([
    ['block', { A: 0, B: 4, C: 8, D: 10, E: 10 }],
    ['easy', { A: 0, B: 4, C: 10, D: 0, E: 4 }],
    ['conservative', { A: 0, B: 4, C: 8, D: 10, E: 0 }],
  ] as const)('draws the textbook schedule under %s', (fill, starts) => {
    expect(startsOf(fill, { hosts: [4], jobs: textbook })).toEqual(starts);
  });

  test.each(['easy', 'conservative'] as const)(
    'under %s looks for another host where the first would delay the head',
    (fill) => {
      // Both hosts have one GPU free. The policy would put `small` on the first, which `wide` needs at 5.
      const stories = run(fill, {
        hosts: [2, 3],
        jobs: [
          { name: 'a', at: 0, runs: 5, gpus: 1 },
          { name: 'b', at: 0, runs: 50, gpus: 2 },
          { name: 'wide', at: 1, runs: 5, gpus: 2 },
          { name: 'small', at: 2, runs: 30, gpus: 1 },
        ],
      });
      expect(stories.get('wide')?.starts).toEqual([{ at: 5, hosts: [0] }]);
      expect(stories.get('small')?.starts).toEqual([{ at: 2, hosts: [1] }]);
    },
  );

  test.each(['easy', 'conservative'] as const)(
    'under %s two jobs may not take both hosts of which the head needs one',
    (fill) => {
      const starts = startsOf(fill, {
        hosts: [2, 2],
        placement: 'worst-fit',
        jobs: [
          { name: 'a', at: 0, runs: 5, gpus: 1 },
          { name: 'b', at: 0, runs: 5, gpus: 1 },
          { name: 'wide', at: 1, runs: 5, gpus: 2 },
          { name: 'x', at: 2, runs: 30, gpus: 1 },
          { name: 'y', at: 2, runs: 30, gpus: 1 },
        ],
      });
      expect(starts).toEqual({ a: 0, b: 0, wide: 5, x: 2, y: 5 });
    },
  );

  test('under EASY a gang over two hosts starts when both are free, whoever is let past', () => {
    const setup = (d: number) => ({
      hosts: [2, 2],
      jobs: [
        { name: 'a', at: 0, runs: 10, gpus: 2 },
        { name: 'b', at: 0, runs: 4, gpus: 1 },
        { name: 'gang', at: 1, runs: 5, workers: [2, 2] },
        { name: 'd', at: 2, runs: d, gpus: 1 },
      ],
    });
    expect(startsOf('easy', setup(8))).toEqual({ a: 0, b: 0, gang: 10, d: 2 });
    expect(startsOf('easy', setup(9))).toEqual({ a: 0, b: 0, gang: 10, d: 15 });
    expect(startsOf('conservative', setup(8))).toEqual({ a: 0, b: 0, gang: 10, d: 2 });
    expect(startsOf('conservative', setup(9))).toEqual({ a: 0, b: 0, gang: 10, d: 15 });
  });

  test.each(['easy', 'conservative'] as const)(
    'under %s a job that outlives its estimate is taken to end a second from now',
    (fill) => {
      // `late` should end at 5 and ends at 20. From 5 on `wide` is expected within a second, so `s2` (2 s) may not start on
      // the free GPU at 7, while `s1` (half a second) may at 8.
      const starts = startsOf(fill, {
        hosts: [2],
        jobs: [
          { name: 'late', at: 0, runs: 20, gpus: 1, estimate: 5 },
          { name: 'wide', at: 1, runs: 5, gpus: 2 },
          { name: 's0', at: 2, runs: 3, gpus: 1 },
          { name: 's2', at: 7, runs: 2, gpus: 1 },
          { name: 's1', at: 8, runs: 0.5, gpus: 1 },
        ],
      });
      expect(starts).toEqual({ late: 0, wide: 20, s0: 2, s2: 25, s1: 8 });
    },
  );

  test('knows of jobs that save their state while they still hold their GPUs', () => {
    const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 4e6, restoreUs: 0 };
    const urgentFirst = {
      ...fifo,
      create: () => ({
        rank: (job: { job: { claim: { priority: number } } }) => -job.job.claim.priority,
        mayEvict: (waiting: { job: { name: string } }) => waiting.job.name === 'urgent',
      }),
    };
    const stories = run('easy', {
      hosts: [2],
      rules: { fill: 'easy', preemption: 'evict', way: 'checkpoint' },
      policy: urgentFirst,
      jobs: [
        { name: 'x', at: 0, runs: 30, gpus: 1, claim: { checkpoint } },
        // Stops x, which saves from 1 to 5 and waits again; the host is closed to others until then.
        { name: 'urgent', at: 1, runs: 5, gpus: 2, claim: { priority: 9 } },
        { name: 'other', at: 2, runs: 3, gpus: 1, claim: { priority: 5 } },
      ],
    });
    expect(stories.get('urgent')?.starts).toEqual([{ at: 5, hosts: [0] }]);
    expect(stories.get('other')?.starts).toEqual([{ at: 10, hosts: [0] }]);
    expect(stories.get('x')?.starts.map(({ at }) => at)).toEqual([0, 10]);
    expect(stories.get('x')?.end).toBe(39);
  });
});
