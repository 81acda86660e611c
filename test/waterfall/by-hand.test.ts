import { describe, expect, test } from 'vitest';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { withLimits } from '../../sim/policies/queueing/limits.ts';
import { priority } from '../../sim/policies/queueing/priority.ts';
import { guardOf } from '../queueing/pool-run.ts';
import { waterfallOf } from './small-waterfall.ts';

const host = (name: string, model: string, count: number, cpuMilli = 1_000_000, memoryMib = 2 ** 20) => ({
  name,
  cpuMilli,
  memoryMib,
  gpus: [{ model, count }],
});

const HIGH = { priority: 1 };

describe('GPU-seconds by bucket, worked out by hand', () => {
  test('one job on one GPU: 100 s of work, and 300 s in which nobody wants it', () => {
    expect(waterfallOf({ jobs: [{ name: 'a', at: 50, runs: 100 }], policy: fifo, horizon: 400 })).toEqual({
      'useful work': 100,
      'no-demand none': 300,
    });
  });

  test('a free GPU is stranded only as far as it is wanted, and by who lacks something before who waits for his turn', () => {
    // Three GPUs. a has one from 0 to 100. b wants three from 10 on: the two that are free are too few. c wants one from 20
    // on and may not overtake: all that is free is spoken for. From 100 b runs for 10 s, then c for 10 s on one of three.
    const found = waterfallOf({
      hosts: [3],
      jobs: [
        { name: 'a', at: 0, runs: 100 },
        { name: 'b', at: 10, runs: 10, gpus: 3 },
        { name: 'c', at: 20, runs: 10 },
      ],
      policy: fifo,
      rules: { fill: 'block' },
      horizon: 120,
    });
    expect(found).toEqual({
      'useful work': 100 + 30 + 10,
      'no-demand none': 2 * 10 + 2 * 10,
      'geometry gpu-room': 2 * 90,
    });
  });

  test('who may not overtake is held by order for as much as he wants', () => {
    // b wants all four GPUs of the other host, where x has one until 100; c wants one and would fit at once.
    const found = waterfallOf({
      hosts: [1, 4],
      jobs: [
        { name: 'x', at: 0, runs: 100, gpus: 2 },
        { name: 'b', at: 0, runs: 10, gpus: 4 },
        { name: 'c', at: 0, runs: 10 },
      ],
      policy: fifo,
      rules: { fill: 'block' },
      horizon: 110,
    });
    // Until 100, three GPUs are free: b would take four, so that nothing is left for c's reason. Then c starts with b.
    expect(found).toEqual({ 'useful work': 200 + 40 + 10, 'geometry gpu-room': 300 });
  });

  test('what is left of that is held by order, as far as those behind want it', () => {
    // Two GPUs are free on each of two hosts. b wants three of one host, c one of any and d half of one.
    const found = waterfallOf({
      hosts: [4, 4],
      jobs: [
        { name: 'x', at: 0, runs: 100, gpus: 2 },
        { name: 'y', at: 0, runs: 100, gpus: 3 },
        { name: 'b', at: 40, runs: 10, gpus: 3 },
        { name: 'c', at: 50, runs: 10, milli: 500 },
      ],
      policy: fifo,
      rules: { fill: 'block' },
      placement: 'worst-fit',
      horizon: 100,
    });
    // Free: 2 + 1. b would take 3 of them: nothing is left.
    expect(found).toEqual({ 'useful work': 500, 'no-demand none': 3 * 40, 'geometry gpu-room': 3 * 60 });
    const more = waterfallOf({
      hosts: [4, 4],
      jobs: [
        { name: 'x', at: 0, runs: 100, gpus: 2 },
        { name: 'y', at: 0, runs: 100, gpus: 2 },
        { name: 'b', at: 40, runs: 10, gpus: 3 },
        { name: 'c', at: 50, runs: 10, milli: 500 },
      ],
      policy: fifo,
      rules: { fill: 'block' },
      placement: 'worst-fit',
      horizon: 100,
    });
    expect(more).toEqual({
      'useful work': 400,
      'no-demand none': 4 * 40 + 10 + 0.5 * 50,
      'geometry gpu-room': 3 * 60,
      'order queue-order': 0.5 * 50,
    });
  });

  test('CPU and host memory strand GPUs', () => {
    const jobs = (need: object, more: object) => [
      { name: 'a', at: 0, runs: 100, ...need },
      { name: 'b', at: 40, runs: 10, ...more },
    ];
    expect(
      waterfallOf({
        hostSpecs: [host('h', 'gpu', 2, 4000)],
        jobs: jobs({ cpu: 4000 }, { cpu: 1000 }),
        policy: fifo,
        horizon: 110,
      }),
    ).toEqual({ 'useful work': 110, 'no-demand none': 40 + 10, cpu: 60 });
    expect(
      waterfallOf({
        hostSpecs: [host('h', 'gpu', 2, 4000, 100)],
        jobs: jobs({ memory: 99 }, { memory: 2 }),
        policy: fifo,
        horizon: 110,
      }),
    ).toEqual({ 'useful work': 110, 'no-demand none': 40 + 10, memory: 60 });
  });

  test('a part of a GPU is all that a small job holds or lacks', () => {
    // a holds 0.7 until 100; b wants 0.5 from 20 on: 0.3 are free, which is less than it wants.
    const found = waterfallOf({
      jobs: [
        { name: 'a', at: 0, runs: 100, milli: 700 },
        { name: 'b', at: 20, runs: 20, milli: 500 },
      ],
      policy: fifo,
      horizon: 120,
    });
    expect(found).toEqual({
      'useful work': 70 + 10,
      'no-demand none': 0.3 * 20 + 0.5 * 20,
      'geometry gpu-room': 24,
    });
  });

  test('a limit for each user holds back what the user wants, and no more', () => {
    const claim = { tenant: 'u' };
    const found = waterfallOf({
      hosts: [3],
      jobs: [
        { name: 'a', at: 0, runs: 100, claim },
        { name: 'b', at: 30, runs: 10, claim },
      ],
      policy: {
        ...fifo,
        create: (setup) => withLimits(fifo, { maxJobsPerUser: 1, maxGpusPerUser: Infinity }).create(setup),
      },
      horizon: 110,
    });
    expect(found).toEqual({
      'useful work': 110,
      'no-demand none': 2 * 30 + 70 + 2 * 10,
      'limits user-limit': 70,
    });
  });

  test('work that a kill destroys is taken out of what was useful', () => {
    // a is killed at 50 and starts anew at 80.
    const found = waterfallOf({
      jobs: [
        { name: 'a', at: 0, runs: 100 },
        { name: 'b', at: 50, runs: 30, claim: HIGH },
      ],
      policy: priority,
      rules: { preemption: 'evict', way: 'kill' },
      horizon: 200,
    });
    expect(found).toEqual({ 'useful work': 130, 'redone preemption': 50, 'no-demand none': 20 });
  });

  test('of work since the last checkpoint only that is done again, and writing checkpoints is overhead', () => {
    // Each 10 s of work take 2 s more. At 50 s it has done 41.7 s and saved 40; 3 s to read its state back from 80 on.
    const found = waterfallOf({
      jobs: [
        {
          name: 'a',
          at: 0,
          runs: 100,
          claim: { checkpoint: { intervalUs: 10e6, saveUs: 2e6, restoreUs: 3e6 } },
        },
        { name: 'b', at: 50, runs: 30, claim: HIGH },
      ],
      policy: priority,
      rules: { preemption: 'evict', way: 'kill' },
      horizon: 155,
    });
    expect(found['changing starting']).toBe(3);
    expect(found['redone preemption']).toBeCloseTo(50 / 1.2 - 40, 4);
    // From 83 to the end of its 60 s of work at 155.
    expect(found['useful work']).toBeCloseTo(30 + 40 + 60, 4);
    expect(found['overhead checkpoints']).toBeCloseTo((50 + 72) / 6, 4);
  });

  test('what is saved before giving way is no work, and keeps the GPU for as long', () => {
    const found = waterfallOf({
      jobs: [
        {
          name: 'a',
          at: 0,
          runs: 100,
          claim: { checkpoint: { intervalUs: Infinity, saveUs: 5e6, restoreUs: 0 } },
        },
        { name: 'b', at: 50, runs: 30, claim: HIGH },
      ],
      policy: priority,
      rules: { preemption: 'evict', way: 'checkpoint' },
      horizon: 135,
    });
    expect(found).toEqual({ 'useful work': 130, 'changing saving': 5 });
  });

  test('a gang on unlike GPUs is as fast as the slowest: the faster one waits', () => {
    const found = waterfallOf({
      hostSpecs: [host('a', 'fast', 1), host('b', 'slow', 1)],
      jobs: [
        { name: 'g', at: 0, runs: 100, workers: [1, 1], profile: { speedByModel: { fast: 1, slow: 0.25 } } },
      ],
      policy: fifo,
      horizon: 400,
    });
    expect(found).toEqual({ 'useful work': 400 + 100, 'overhead gang': 300 });
  });

  test('room that backfilling keeps for the first job is held by order', () => {
    // b waits for both GPUs until 100; c would run beyond that, so the free GPU is kept: b lacks room there, c is kept off.
    const found = waterfallOf({
      hosts: [2],
      jobs: [
        { name: 'a', at: 0, runs: 100 },
        { name: 'b', at: 0, runs: 10, gpus: 2 },
        { name: 'c', at: 0, runs: 200 },
      ],
      policy: fifo,
      rules: { fill: 'easy' },
      guard: guardOf('easy'),
      horizon: 110,
    });
    expect(found).toEqual({ 'useful work': 120, 'geometry gpu-room': 100 });
  });
});
