import { describe, expect, test } from 'vitest';
import type { DistributionSpec } from '../../sim/kernel/distributions/index.ts';
import { type ConfidenceInterval, studentInterval } from '../../sim/kernel/stats/confidence.ts';
import { QuantileSketch } from '../../sim/kernel/stats/quantile-sketch.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import type { DispatchSpec } from '../../sim/workload/service/dispatcher.ts';
import type { LatencySummary } from '../../sim/workload/service/latency-record.ts';
import type { TrafficSpec } from '../../sim/workload/service/traffic.ts';
import { meanWaitMg1, meanWaitMmc } from '../analytic/queueing-formulas.ts';
import { ONE_BY_ONE, runService } from './service-loop.ts';

const REPLICATIONS = 20;
const FROM_SEC = 2000;

const exponential: DistributionSpec = { kind: 'exponential', mean: 1 };
const memoryless: DispatchSpec = { ...ONE_BY_ONE, variability: exponential };

const poisson = (ratePerSecond: number): TrafficSpec => ({
  kind: 'open',
  arrivals: { process: 'poisson', ratePerSecond, hourFactors: null, dayFactors: null },
});

/** A 99.9 % interval for the mean of each measure, and all latencies together. */
function measure(
  dispatch: DispatchSpec,
  traffic: TrafficSpec,
  measures: readonly ((summary: LatencySummary) => number)[],
  untilSec = 22_000,
  speed = 1,
): { intervals: ConfidenceInterval[]; latencies: QuantileSketch } {
  const tallies = measures.map(() => new Tally());
  const latencies = new QuantileSketch();
  for (let seed = 1; seed <= REPLICATIONS; seed++) {
    const run = runService(dispatch, traffic, seed, { untilSec, fromSec: FROM_SEC, speed });
    const summary = run.record.summary(run.endUs);
    for (const [i, of] of measures.entries()) tallies[i]!.add(of(summary));
    latencies.merge(run.record.latencies);
  }
  return { intervals: tallies.map((tally) => studentInterval(tally, 0.999)), latencies };
}

const latency = (summary: LatencySummary) => summary.meanSec;
const throughput = (summary: LatencySummary) => summary.answersPerSec;
const meanBatch = (summary: LatencySummary) => summary.meanBatch;

function expectAgreement(interval: ConfidenceInterval | undefined, truth: number, within: number): void {
  expect(interval!.lo).toBeLessThanOrEqual(truth);
  expect(interval!.hi).toBeGreaterThanOrEqual(truth);
  expect((interval!.hi - interval!.lo) / 2 / truth).toBeLessThan(within);
}

/** Stationary distribution of a Markov chain by uniformization, until it moves no more. */
function stationary(
  states: number,
  rate: number,
  step: (from: number, give: (to: number, rate: number) => void) => void,
) {
  let p = new Float64Array(states).fill(1 / states);
  for (let round = 0; round < 200_000; round++) {
    const next = p.slice();
    for (let from = 0; from < states; from++) {
      step(from, (to, r) => {
        next[to] = next[to]! + (p[from]! * r) / rate;
        next[from] = next[from]! - (p[from]! * r) / rate;
      });
    }
    const moved = next.reduce((sum, x, i) => sum + Math.abs(x - p[i]!), 0);
    p = next;
    if (moved < 1e-12) break;
  }
  return p;
}

describe('One replica, one request at a time', () => {
  test.each([0.5, 0.8])('M/M/1 at utilization %f: mean latency and its quantiles', (utilization) => {
    const { intervals, latencies } = measure(memoryless, poisson(utilization), [latency]);
    expectAgreement(intervals[0], 1 / (1 - utilization), 0.08);
    for (const p of [0.5, 0.95, 0.99]) {
      const truth = (-1e6 * Math.log(1 - p)) / (1 - utilization);
      expect(Math.abs(latencies.quantile(p) / truth - 1)).toBeLessThan(0.05);
    }
  });

  test('M/D/1: the mean wait is that of Pollaczek and Khinchine', () => {
    const { intervals } = measure(ONE_BY_ONE, poisson(0.8), [latency]);
    expectAgreement(intervals[0], 1 + meanWaitMg1(0.8, 1, 0), 0.05);
  });

  test('on a GPU of half the speed it is the same service with twice the work', () => {
    const { intervals } = measure(ONE_BY_ONE, poisson(0.35), [latency], 42_000, 0.5);
    expectAgreement(intervals[0], 2 + meanWaitMg1(0.7, 2, 0), 0.05);
  });

  test('M/M/3: three slots of one replica serve one queue', () => {
    const { intervals } = measure({ ...memoryless, concurrency: 3 }, poisson(2.4), [latency]);
    expectAgreement(intervals[0], 1 + meanWaitMmc(3, 2.4, 1), 0.06);
  });
});

describe('Several replicas', () => {
  test.each([0.6, 0.85])('in turn: two are two queues E2/M/1, at utilization %f', (utilization) => {
    const rate = 2 * utilization;
    // Each gets every second arrival; the root of sigma = (transform of the gaps at 1 - sigma), by iteration.
    let sigma = 0;
    for (let i = 0; i < 10_000; i++) sigma = (rate / (rate + 1 - sigma)) ** 2;
    const spec = { ...memoryless, replicas: 2, dispatch: 'round-robin' } as const;
    const { intervals, latencies } = measure(spec, poisson(rate), [latency]);
    expectAgreement(intervals[0], 1 / (1 - sigma), 0.08);
    for (const p of [0.5, 0.95, 0.99]) {
      const truth = (-1e6 * Math.log(1 - p)) / (1 - sigma);
      expect(Math.abs(latencies.quantile(p) / truth - 1)).toBeLessThan(0.05);
    }
  });

  test('to the shorter queue: mean latency as its Markov chain has it, better than in turn, worse than one queue', () => {
    const [rate, size] = [1.6, 60];
    const p = stationary(size * size, rate + 2, (from, give) => {
      const [a, b] = [Math.floor(from / size), from % size];
      if (a <= b && a + 1 < size) give(from + size, rate);
      if (a > b && b + 1 < size) give(from + 1, rate);
      if (a > 0) give(from - size, 1);
      if (b > 0) give(from - 1, 1);
    });
    const requests = p.reduce((sum, x, i) => sum + x * (Math.floor(i / size) + (i % size)), 0);
    const { intervals } = measure({ ...memoryless, replicas: 2 }, poisson(rate), [latency]);
    expectAgreement(intervals[0], requests / rate, 0.05);
    expect(requests / rate).toBeGreaterThan(1 + meanWaitMmc(2, rate, 1));
  });
});

describe('A closed loop', () => {
  test.each([
    [1, 3],
    [5, 3],
    [12, 4],
  ])('of %i clients who think %f s at one replica is the machine repair model', (clients, thinkSec) => {
    // Weights of k clients at the replica: k goes up at (clients - k) / think, down at 1.
    const weights = [1];
    for (let k = 1; k <= clients; k++) weights.push((weights[k - 1]! * (clients - k + 1)) / thinkSec);
    const busy = 1 - 1 / weights.reduce((a, b) => a + b, 0);
    const traffic = { kind: 'closed', clients, thinkSec: { kind: 'exponential', mean: thinkSec } } as const;
    const { intervals } = measure(memoryless, traffic, [throughput, latency], 12_000);
    expectAgreement(intervals[0], busy, 0.03);
    expectAgreement(intervals[1], clients / busy - thinkSec, 0.04);
  });

  test('that never thinks keeps the replica busy: n clients wait n services', () => {
    const traffic = { kind: 'closed', clients: 7, thinkSec: { kind: 'constant', value: 0 } } as const;
    const { record, endUs } = runService(ONE_BY_ONE, traffic, 1, { untilSec: 1000, fromSec: 100 });
    const summary = record.summary(endUs);
    expect(summary.answersPerSec).toBeCloseTo(1, 2);
    expect(summary.meanSec).toBe(7);
  });
});

describe('Batches', () => {
  /** A GPU that does up to eight requests in little more time than one. */
  const batchSec = [1, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.5];

  test.each([
    [1, 1, 1],
    [8, 1, 1],
    [8, 2, 3],
  ])(
    'of up to %i with %i slots and %i replicas answer maxBatch / length a slot when pressed, no more',
    (maxBatch, concurrency, replicas) => {
      const spec = { ...ONE_BY_ONE, batchSec, maxBatch, concurrency, replicas };
      const clients = maxBatch * concurrency * replicas * 3;
      const traffic = { kind: 'closed', clients, thinkSec: { kind: 'constant', value: 0 } } as const;
      const { record, endUs } = runService(spec, traffic, 1, { untilSec: 6000, fromSec: 600 });
      const summary = record.summary(endUs);
      const capacity = (maxBatch / batchSec[maxBatch - 1]!) * concurrency * replicas;
      expect(summary.meanBatch).toBe(maxBatch);
      expect(Math.abs(summary.answersPerSec / capacity - 1)).toBeLessThan(0.002);
    },
  );

  test('without waiting, of memoryless length whatever the size: latency and batch size as their Markov chain has them', () => {
    const [rate, most, size] = [3, 5, 400];
    // State 0: idle; state n + 1: busy with n waiting.
    const p = stationary(size, rate + 1, (from, give) => {
      if (from + 1 < size) give(from + 1, rate);
      if (from === 1) give(0, 1);
      if (from > 1) give(1 + Math.max(0, from - 1 - most), 1);
    });
    const waiting = p.reduce((sum, x, i) => sum + x * Math.max(0, i - 1), 0);
    const spec = { ...memoryless, maxBatch: most, batchSec: [1] };
    const { intervals } = measure(spec, poisson(rate), [latency, meanBatch, throughput]);
    expectAgreement(intervals[0], waiting / rate + 1, 0.03);
    // Busy share: batches a second.
    expectAgreement(intervals[1], rate / (1 - p[0]!), 0.02);
    expectAgreement(intervals[2], rate, 0.02);
  });

  test('that wait for others: a lone request is answered after the wait and the work', () => {
    const spec = { ...ONE_BY_ONE, batchSec: [0.01], maxBatch: 4, batchWaitUs: 30_000 };
    const arrivals = { process: 'deterministic', ratePerSecond: 1 } as const;
    const { record, endUs } = runService(spec, { kind: 'open', arrivals }, 1, { untilSec: 500 });
    expect(record.summary(endUs).maxSec).toBe(0.04);
    expect(record.summary(endUs).meanSec).toBe(0.04);
  });

  test('that wait for others: a Poisson stream that the GPU hardly feels has batches of theory', () => {
    // The wait opens with the first request; those of the next 50 ms join: 1 + Poisson(rate x wait) of them.
    const spec = { ...ONE_BY_ONE, batchSec: [1e-6], maxBatch: 1000, batchWaitUs: 50_000, concurrency: 50 };
    const { intervals } = measure(spec, poisson(40), [meanBatch, latency], 2500);
    expectAgreement(intervals[0], 1 + 40 * 0.05, 0.01);
    // The first waits 50 ms, the two others on average half of it.
    expectAgreement(intervals[1], (0.05 + 40 * 0.05 * 0.025) / (1 + 40 * 0.05), 0.01);
  });
});
