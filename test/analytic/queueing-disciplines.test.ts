import { describe, expect, test } from 'vitest';
import { createDistribution, type DistributionSpec } from '../../sim/kernel/distributions/index.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { type ConfidenceInterval, studentInterval } from '../../sim/kernel/stats/confidence.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import type { QueueingPolicy } from '../../sim/policies/queueing/discipline.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { priority } from '../../sim/policies/queueing/priority.ts';
import { sjf } from '../../sim/policies/queueing/sjf.ts';
import { srtf } from '../../sim/policies/queueing/srtf.ts';
import { runSmall, type SmallJob } from '../queueing/pool-run.ts';
import {
  type ClassOfJobs,
  meanSojournLeastLeft,
  meanSojournsByPreemption,
  meanWaitShortestFirst,
  meanWaitsByPriority,
} from './order-formulas.ts';
import { meanWaitMmc } from './queueing-formulas.ts';

const JOBS = 6000;
/** The first find the GPU too empty, the last leave it too empty: neither are counted. */
const MARGIN = 300;
const REPLICATIONS = 16;

interface Stream {
  readonly rate: number;
  readonly service: DistributionSpec;
  readonly priority: number;
}

const momentsOf = ({ rate, service }: Stream): ClassOfJobs => {
  const { mean, variance } = createDistribution(service);
  return { rate, mean: mean(), meanSquare: variance() + mean() ** 2 };
};

/** Jobs of all classes in order of arrival, times on whole microseconds. */
function jobsOf(streams: readonly Stream[], seed: number): readonly SmallJob[] {
  const random = new RandomStreams(seed);
  const total = streams.reduce((sum, { rate }) => sum + rate, 0);
  const jobs: SmallJob[] = [];
  for (const [k, { rate, service, priority: level }] of streams.entries()) {
    const gaps = createDistribution({ kind: 'exponential', mean: 1 / rate });
    const lengths = createDistribution(service);
    const gapStream = random.stream('arrivals', k);
    const lengthStream = random.stream('services', k);
    let at = 0;
    for (;;) {
      at += gaps.sample(gapStream);
      if (at > JOBS / total) break;
      jobs.push({ name: '', at, runs: lengths.sample(lengthStream), claim: { priority: level } });
    }
  }
  return jobs.sort((a, b) => a.at - b.at).map((job, i) => ({ ...job, name: `${i}` }));
}

/** 99.9 % intervals of the mean wait and the mean time in the station, by class. */
function intervals(
  streams: readonly Stream[],
  policy: QueueingPolicy,
  preemption: 'none' | 'evict',
): readonly { readonly wait: ConfidenceInterval; readonly sojourn: ConfidenceInterval }[] {
  const waits = streams.map(() => new Tally());
  const sojourns = streams.map(() => new Tally());
  for (let seed = 1; seed <= REPLICATIONS; seed++) {
    const jobs = jobsOf(streams, seed);
    const stories = runSmall({ jobs, policy, rules: { preemption } });
    const wait = streams.map(() => new Tally());
    const sojourn = streams.map(() => new Tally());
    for (const { name, at, runs, claim } of jobs.slice(MARGIN, -MARGIN)) {
      const end = stories.get(name)?.end as number;
      const k = streams.findIndex((stream) => stream.priority === claim?.priority);
      sojourn[k]?.add(end - at);
      wait[k]?.add(end - at - runs);
    }
    for (const [k, tally] of wait.entries()) waits[k]?.add(tally.mean);
    for (const [k, tally] of sojourn.entries()) sojourns[k]?.add(tally.mean);
  }
  return streams.map((_, k) => ({
    wait: studentInterval(waits[k] as Tally, 0.999),
    sojourn: studentInterval(sojourns[k] as Tally, 0.999),
  }));
}

/** The interval holds the true value, and is narrow enough (`within` of it) that a wrong model would fall outside. */
function expectAgreement(interval: ConfidenceInterval, truth: number, within: number): void {
  expect(interval.lo).toBeLessThanOrEqual(truth);
  expect(interval.hi).toBeGreaterThanOrEqual(truth);
  expect((interval.hi - interval.lo) / 2 / truth).toBeLessThan(within);
}

/** Three classes, the most urgent first, that keep one GPU busy for 75 % of the time. */
const THREE: readonly Stream[] = [
  { rate: 0.25, service: { kind: 'exponential', mean: 0.8 }, priority: 2 },
  { rate: 0.3, service: { kind: 'exponential', mean: 1 }, priority: 1 },
  { rate: 0.125, service: { kind: 'exponential', mean: 2 }, priority: 0 },
];
const WITHIN = [0.06, 0.08, 0.2];

describe('Priorities on one GPU', () => {
  test('M/M/1: mean waits by class are those of Cobham where nobody is stopped', () => {
    const truths = meanWaitsByPriority(THREE.map(momentsOf));
    const found = intervals(THREE, priority, 'none');
    for (const [k, { wait }] of found.entries()) {
      expectAgreement(wait, truths[k] as number, WITHIN[k] as number);
    }
  });

  test('M/M/1: mean times in the station by class are those of preemptive resume where jobs are stopped', () => {
    const truths = meanSojournsByPreemption(THREE.map(momentsOf));
    const found = intervals(THREE, priority, 'evict');
    for (const [k, { sojourn }] of found.entries()) {
      expectAgreement(sojourn, truths[k] as number, WITHIN[k] as number);
    }
    // The two models are told apart: the most urgent class waits for nobody's rest.
    const [first] = meanWaitsByPriority(THREE.map(momentsOf));
    expect(found[0]?.sojourn.hi).toBeLessThan(0.8 + (first as number));
  });

  test('M/G/1: Cobham holds for constant and for very uneven service times, too', () => {
    const streams: readonly Stream[] = [
      { rate: 0.3, service: { kind: 'constant', value: 1 }, priority: 1 },
      { rate: 0.2, service: { kind: 'discrete', values: [0.5, 8.5], weights: [15, 1] }, priority: 0 },
    ];
    const truths = meanWaitsByPriority(streams.map(momentsOf));
    const found = intervals(streams, priority, 'none');
    for (const [k, { wait }] of found.entries()) expectAgreement(wait, truths[k] as number, 0.12);
  });
});

describe('The shortest job first on one GPU', () => {
  const one: readonly Stream[] = [{ rate: 0.7, service: { kind: 'exponential', mean: 1 }, priority: 0 }];

  test('M/M/1: the mean wait is that of Phipps, well below that in order of arrival', () => {
    const truth = meanWaitShortestFirst(0.7);
    const [found] = intervals(one, sjf, 'none');
    expectAgreement(found?.wait as ConfidenceInterval, truth, 0.1);
    const [inOrder] = intervals(one, fifo, 'none');
    expect(inOrder?.wait.lo).toBeGreaterThan(found?.wait.hi as number);
    expectAgreement(inOrder?.wait as ConfidenceInterval, meanWaitMmc(1, 0.7, 1), 0.15);
  });

  test('M/M/1: by time left, with jobs stopped, the mean time in the station is that of Schrage and Miller', () => {
    const truth = meanSojournLeastLeft(0.7);
    const [found] = intervals(one, srtf, 'evict');
    expectAgreement(found?.sojourn as ConfidenceInterval, truth, 0.07);
    expect(found?.sojourn.hi).toBeLessThan(1 + meanWaitShortestFirst(0.7));
  });
});
