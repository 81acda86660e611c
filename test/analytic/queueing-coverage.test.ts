import { expect, test } from 'vitest';
import { BatchMeans } from '../../sim/kernel/stats/batch-means.ts';
import { type ConfidenceInterval, studentInterval } from '../../sim/kernel/stats/confidence.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import { type QueueModel, runQueue } from './queue-models.ts';
import { meanWaitMmc } from './queueing-formulas.ts';

const SEEDS = 200;
const WARM_UP = 500;
const model: QueueModel = {
  interarrivalSec: { kind: 'exponential', mean: 2 },
  serviceSec: { kind: 'exponential', mean: 1 },
  discipline: 'fifo',
  servers: 1,
};
const trueWaitSec = meanWaitMmc(1, 0.5, 1);

/** Waits of successive jobs of one run in seconds, after the warm-up. */
function waitsSec(jobs: number, seed: number): number[] {
  const { served } = runQueue(model, WARM_UP + jobs, seed);
  return served.slice(WARM_UP).map(({ waitedUs }) => waitedUs / 1e6);
}

function shareCovered(intervalOfSeed: (seed: number) => ConfidenceInterval): number {
  let covered = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { lo, hi } = intervalOfSeed(seed);
    if (lo <= trueWaitSec && trueWaitSec <= hi) covered++;
  }
  return covered / SEEDS;
}

test('95 % intervals from batch means of one run cover the true mean wait of M/M/1 in 92 to 98 % of seeds', () => {
  const covered = shareCovered((seed) => {
    const batches = new BatchMeans(20);
    for (const wait of waitsSec(8000, seed)) batches.add(wait);
    return batches.interval(0.95);
  });
  expect(covered).toBeGreaterThanOrEqual(0.92);
  expect(covered).toBeLessThanOrEqual(0.98);
});

test('95 % intervals from ten replications cover the true mean wait of M/M/1 in 92 to 98 % of seeds', () => {
  const covered = shareCovered((seed) => {
    const means = new Tally();
    for (let i = 0; i < 10; i++) means.add(Tally.of(waitsSec(1000, 1000 * seed + i)).mean);
    return studentInterval(means, 0.95);
  });
  expect(covered).toBeGreaterThanOrEqual(0.92);
  expect(covered).toBeLessThanOrEqual(0.98);
});

test('Waits taken as independent observations give intervals that claim far too much', () => {
  const covered = shareCovered((seed) => studentInterval(Tally.of(waitsSec(1000, seed)), 0.95));
  expect(covered).toBeLessThan(0.7);
});
