import { expect, test } from 'vitest';
import type { HostSpec } from '../../sim/cluster/fleet.ts';
import { resolveGpu } from '../../sim/hardware/index.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { guardOf, runSmall, type SmallJob } from './pool-run.ts';

/** Hosts of one GPU, 30 GB/s apart, where NVLink of an A100 (600 GB/s both ways) was measured: ten times slower. */
const HOSTS = [0, 1, 2].map(
  (h): HostSpec => ({
    name: `h${h}`,
    cpuMilli: 1000,
    memoryMib: 1024,
    gpus: [{ model: 'gpu', count: 1 }],
    place: { nicBytesPerSec: 30e9 },
  }),
);
const reference = resolveGpu('A100-80GB').gpu;

const jobs = (communication: number, seconds: number): readonly SmallJob[] => [
  { name: 'base', at: 0, runs: 20, gpus: 1 },
  { name: 'head', at: 1, runs: 5, workers: [1, 1, 1] },
  { name: 'pair', at: 2, runs: seconds, workers: [1, 1], profile: { reference, communication } },
];

// A job that exchanges data for a tenth of its time takes 0.9 + 0.1 x 10 = 1.9 times as long across these hosts.
test.each([
  ['easy', 0, 18, 2],
  ['easy', 0.1, 18, 25],
  ['easy', 0.1, 9, 2],
  ['conservative', 0, 18, 2],
  ['conservative', 0.1, 18, 25],
  ['conservative', 0.1, 9, 2],
] as const)(
  '%s counts how a gang exchanges data: %d of the time, %d s, starts at %d',
  (fill, part, seconds, at) => {
    expect(reference.fabricGbPerSecBidirectional).toBe(600);
    const stories = runSmall({
      hostSpecs: HOSTS,
      jobs: jobs(part, seconds),
      policy: fifo,
      rules: { fill },
      guard: guardOf(fill),
    });
    expect(stories.get('pair')?.starts).toMatchObject([{ at }]);
    expect(stories.get('pair')?.end).toBeCloseTo(at + seconds * (part === 0 ? 1 : 1.9), 5);
    expect(stories.get('head')?.starts).toMatchObject([{ at: 20 }]);
  },
);
