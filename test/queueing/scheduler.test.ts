import { describe, expect, test } from 'vitest';
import type { QueueingPolicy } from '../../sim/policies/queueing/discipline.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { endsOf, runSmall } from './pool-run.ts';

const shortestLeft: QueueingPolicy = {
  ...fifo,
  name: 'test-srtf',
  create: () => ({
    rank: (job) => job.estimateLeftUs,
    mayEvict: (waiting, running) => waiting.estimateLeftUs < running.estimateLeftUs,
  }),
};

const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 2e6, restoreUs: 3e6 };

describe('The scheduler', () => {
  test('lets nobody overtake a blocked head under block, and whoever fits under skip', () => {
    const jobs = [
      { name: 'a', at: 0, runs: 10, gpus: 1 },
      { name: 'wide', at: 1, runs: 10, gpus: 2 },
      { name: 'b', at: 2, runs: 10, gpus: 1 },
    ];
    const at = (fill: 'block' | 'skip') =>
      endsOf(runSmall({ hosts: [2], jobs, policy: fifo, rules: { fill } }));
    expect(at('block')).toEqual({ a: 10, wide: 20, b: 30 });
    expect(at('skip')).toEqual({ a: 10, wide: 22, b: 12 });
  });

  test('starts a gang on several hosts at once or not at all', () => {
    const stories = runSmall({
      hosts: [2, 2],
      jobs: [
        { name: 'one', at: 0, runs: 10, gpus: 1 },
        { name: 'gang', at: 1, runs: 5, workers: [2, 2] },
        { name: 'late', at: 2, runs: 1, gpus: 1 },
      ],
      policy: fifo,
    });
    expect(stories.get('gang')?.starts).toEqual([{ at: 10, hosts: [0, 1] }]);
    expect(endsOf(stories)).toEqual({ one: 10, gang: 15, late: 16 });
  });

  test.each([
    // The long job has done 4 of 10 s when the short one takes its place for 2 s.
    ['suspend', 12, 6, 0],
    ['kill', 16, 6, 4],
    // 2 s to save before the short one may start, 3 s to read back.
    ['checkpoint', 17, 8, 0],
  ] as const)('stops a running job by %s', (way, long, short, lost) => {
    const stories = runSmall({
      jobs: [
        { name: 'long', at: 0, runs: 10, claim: { checkpoint } },
        { name: 'short', at: 4, runs: 2 },
      ],
      policy: shortestLeft,
      rules: { preemption: 'evict', way },
    });
    expect(endsOf(stories)).toEqual({ long, short });
    expect(stories.get('long')).toMatchObject({ stops: [way === 'checkpoint' ? 6 : 4], lost });
  });

  test('keeps the room that is being made from others until it is there', () => {
    const stories = runSmall({
      hosts: [2],
      jobs: [
        { name: 'x', at: 0, runs: 20, claim: { checkpoint } },
        { name: 'y', at: 0, runs: 21, claim: { checkpoint: { ...checkpoint, saveUs: 5e6 } } },
        { name: 'wide', at: 4, runs: 2, gpus: 2 },
        { name: 'small', at: 5, runs: 3, gpus: 1 },
      ],
      policy: shortestLeft,
      rules: { preemption: 'evict', way: 'checkpoint', fill: 'skip' },
    });
    expect(stories.get('wide')?.starts).toEqual([{ at: 9, hosts: [0] }]);
    expect(stories.get('small')?.starts).toEqual([{ at: 11, hosts: [0] }]);
  });

  test('falls back to the last checkpoint of its own when a job is killed, and runs slower for taking them', () => {
    const stories = runSmall({
      jobs: [
        {
          name: 'long',
          at: 0,
          runs: 10,
          claim: { checkpoint: { intervalUs: 3e6, saveUs: 1.5e6, restoreUs: 1e6 } },
        },
        { name: 'short', at: 6, runs: 2 },
      ],
      policy: shortestLeft,
      rules: { preemption: 'evict', way: 'kill' },
    });
    // Speed 3 / 4.5: 4 s of work done after 6 s, 3 of them saved; 7 s left take 10.5 s after 1 s of reading back.
    expect(stories.get('long')?.lost).toBeCloseTo(1, 6);
    expect(stories.get('long')?.end).toBeCloseTo(8 + 1 + 10.5, 5);
  });

  test('stops a job as soon as it has run for as long as it is protected', () => {
    const stories = runSmall({
      jobs: [
        { name: 'long', at: 0, runs: 100 },
        { name: 'short', at: 4, runs: 2 },
      ],
      policy: shortestLeft,
      rules: { preemption: 'evict', minRunUs: 30e6 },
    });
    expect(endsOf(stories)).toEqual({ long: 102, short: 32 });
  });

  test('decides at rounds only, where it has rounds', () => {
    const stories = runSmall({
      jobs: [
        { name: 'a', at: 1, runs: 5 },
        { name: 'b', at: 2, runs: 5 },
      ],
      policy: fifo,
      rules: { roundUs: 10e6 },
    });
    expect(endsOf(stories)).toEqual({ a: 15, b: 25 });
  });

  test('gives the fleet out anew in each round, in the order of the discipline', () => {
    const stories = runSmall({
      hosts: [2],
      jobs: [
        { name: 'long', at: 0, runs: 30, gpus: 2 },
        { name: 'short', at: 5, runs: 8, gpus: 1 },
        { name: 'tiny', at: 5, runs: 2, gpus: 1 },
      ],
      policy: shortestLeft,
      rules: { preemption: 'refill', roundUs: 10e6, fill: 'skip' },
    });
    // At 10 s both short ones take the place of the long one; it goes on at 20 s with 20 s left.
    expect(endsOf(stories)).toEqual({ long: 40, short: 18, tiny: 12 });
    expect(stories.get('long')?.stops).toEqual([10]);
  });

  test('takes turns by refill without losing work while others save their state', () => {
    const stories = runSmall({
      jobs: [
        { name: 'long', at: 0, runs: 10, claim: { checkpoint } },
        { name: 'short', at: 4, runs: 2 },
      ],
      policy: shortestLeft,
      rules: { preemption: 'refill', way: 'checkpoint', fill: 'skip' },
    });
    expect(endsOf(stories)).toEqual({ long: 17, short: 8 });
  });
});
