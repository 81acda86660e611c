import { describe, expect, test } from 'vitest';
import {
  createDistribution,
  type DistributionSpec,
  lognormalOfMean,
} from '../../sim/kernel/distributions/index.ts';
import { type ConfidenceInterval, studentInterval } from '../../sim/kernel/stats/confidence.ts';
import { QuantileSketch } from '../../sim/kernel/stats/quantile-sketch.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import { type QueueModel, type QueueRun, runQueue } from './queue-models.ts';
import { erlangB, erlangC, meanSojournShared, meanWaitMg1, meanWaitMmc } from './queueing-formulas.ts';

/** The first arrivals of a run find the station too empty, the last leave it too empty: neither is counted. */
const WARM_UP = 2000;
const REPLICATIONS = 20;

/** Poisson arrivals that keep `servers` servers of this service busy for a share `utilization` of the time. */
function station(
  utilization: number,
  serviceSec: DistributionSpec,
  discipline: QueueModel['discipline'] = 'fifo',
  servers = 1,
): QueueModel {
  const mean = createDistribution(serviceSec).mean() / (utilization * servers);
  return { interarrivalSec: { kind: 'exponential', mean }, serviceSec, discipline, servers };
}

/** A 99.9 % interval for the mean of each measure, from independent replications. */
function intervalsOf<const M extends readonly ((run: QueueRun) => number)[]>(
  model: QueueModel,
  ...measures: M
) {
  const tallies = measures.map(() => new Tally());
  for (let seed = 1; seed <= REPLICATIONS; seed++) {
    const run = runQueue(model, WARM_UP + 18_000, seed);
    for (const [i, measure] of measures.entries()) tallies[i]!.add(measure(run));
  }
  return tallies.map((tally) => studentInterval(tally, 0.999)) as { [K in keyof M]: ConfidenceInterval };
}

const counted = (run: QueueRun) => run.served.filter(({ index }) => index >= WARM_UP);
const meanWaitSec = (run: QueueRun) => Tally.of(counted(run).map(({ waitedUs }) => waitedUs / 1e6)).mean;
const meanSojournSec = (run: QueueRun) =>
  Tally.of(counted(run).map(({ arrivedUs, leftUs }) => (leftUs - arrivedUs) / 1e6)).mean;
const waitingShare = (run: QueueRun) =>
  Tally.of(counted(run).map(({ waitedUs }) => Number(waitedUs > 0))).mean;
const lostShare = (run: QueueRun) => Tally.of(run.lost.slice(WARM_UP).map(Number)).mean;

/** The interval holds the true value, and is narrow enough (`within` of it) that a wrong model would fall outside. */
function expectAgreement(interval: ConfidenceInterval, truth: number, within: number): void {
  expect(interval.lo).toBeLessThanOrEqual(truth);
  expect(interval.hi).toBeGreaterThanOrEqual(truth);
  expect((interval.hi - interval.lo) / 2 / truth).toBeLessThan(within);
}

const exponential: DistributionSpec = { kind: 'exponential', mean: 1 };
const constant: DistributionSpec = { kind: 'constant', value: 1 };
const gamma: DistributionSpec = { kind: 'gamma', shape: 0.5, scale: 2 };
const erlang3: DistributionSpec = { kind: 'gamma', shape: 3, scale: 1 / 3 };
const lognormal = lognormalOfMean(1, 1.2);
const uniform: DistributionSpec = { kind: 'uniform', min: 0.5, max: 1.5 };
const twoSizes: DistributionSpec = { kind: 'discrete', values: [0.5, 8.5], weights: [15, 1] };

describe('One server, first come first served', () => {
  test.each([
    ['M/M/1', exponential, 0.5],
    ['M/M/1', exponential, 0.7],
    ['M/D/1', constant, 0.8],
    ['M/G/1 with gamma service', gamma, 0.5],
    ['M/G/1 with Erlang-3 service', erlang3, 0.7],
    ['M/G/1 with lognormal service', lognormal, 0.5],
    ['M/G/1 with service of two sizes', twoSizes, 0.5],
  ] as const)('%s %#: the mean wait is that of Pollaczek and Khinchine', (_name, serviceSec, utilization) => {
    const { mean, variance } = createDistribution(serviceSec);
    const truth = meanWaitMg1(utilization, mean(), variance());
    const [wait] = intervalsOf(station(utilization, serviceSec), meanWaitSec);
    expectAgreement(wait, truth, 0.08);
  });

  test('M/M/1: the time in the station is exponential, as its quantiles show', () => {
    const all = new QuantileSketch();
    for (let seed = 1; seed <= 10; seed++) {
      const sketch = new QuantileSketch();
      for (const { arrivedUs, leftUs } of counted(runQueue(station(0.5, exponential), 22_000, seed))) {
        sketch.add(leftUs - arrivedUs);
      }
      all.merge(sketch);
    }
    // The sketch errs by up to 0.8 %, the sample by some 1 %.
    for (const p of [0.1, 0.5, 0.9, 0.95, 0.99]) {
      const truth = -2e6 * Math.log(1 - p);
      expect(Math.abs(all.quantile(p) / truth - 1)).toBeLessThan(0.03);
    }
  });

  test('M/M/1: an arrival finds the server busy as often as the server is busy', () => {
    const [waiting] = intervalsOf(station(0.7, exponential), waitingShare);
    expectAgreement(waiting, 0.7, 0.02);
  });
});

describe('Several servers', () => {
  test.each([
    [2, 0.6],
    [5, 0.8],
    [16, 0.85],
  ])('M/M/%i at utilization %f: mean wait and share that waits follow Erlang C', (servers, utilization) => {
    const model = station(utilization, exponential, 'fifo', servers);
    const load = utilization * servers;
    const [waiting, wait] = intervalsOf(model, waitingShare, meanWaitSec);
    expectAgreement(waiting, erlangC(servers, load), 0.06);
    expectAgreement(wait, meanWaitMmc(servers, load, 1), 0.12);
  });

  test.each([
    ['M/M/4/4', 4, 3, exponential],
    ['M/M/10/10', 10, 12, exponential],
    ['M/G/4/4 with lognormal service', 4, 3, lognormal],
    ['M/D/4/4', 4, 3, constant],
  ] as const)(
    '%s: the share lost is that of Erlang B, whatever the service',
    (_name, servers, load, serviceSec) => {
      const model = { ...station(load / servers, serviceSec, 'fifo', servers), capacity: servers };
      const [lost] = intervalsOf(model, lostShare);
      expectAgreement(lost, erlangB(servers, load), 0.04);
    },
  );
});

describe('One server shared evenly', () => {
  test.each([
    ['exponential', exponential],
    ['constant', constant],
    ['uniform', uniform],
    ['gamma', gamma],
    ['lognormal', lognormal],
    ['two sizes of', twoSizes],
  ] as const)(
    'M/G/1-PS with %s service: the mean time in the station depends on the mean alone',
    (_name, serviceSec) => {
      const [sojourn] = intervalsOf(station(0.6, serviceSec, 'shared'), meanSojournSec);
      expectAgreement(sojourn, meanSojournShared(0.6, 1), 0.06);
    },
  );

  test('the same service in order of arrival does not have that mean', () => {
    const [sojourn] = intervalsOf(station(0.6, twoSizes), meanSojournSec);
    expect(sojourn.lo).toBeGreaterThan(meanSojournShared(0.6, 1));
  });
});

test.each([
  ['M/M/1', station(0.9, exponential)],
  ['M/G/3', station(0.8, lognormal, 'fifo', 3)],
  ['M/M/2/5', { ...station(0.95, exponential, 'fifo', 2), capacity: 5 }],
  ['M/G/1-PS', station(0.8, gamma, 'shared')],
] as const)("%s: Little's law holds to the microsecond over a run that ends empty", (_name, model) => {
  for (let seed = 1; seed <= 5; seed++) {
    const run = runQueue(model, 5000, seed);
    const timeInStationUs = run.served.reduce(
      (sum, { arrivedUs, leftUs }) => sum + BigInt(leftUs - arrivedUs),
      0n,
    );
    expect(run.inStation.value).toBe(0);
    expect(run.served.length + run.lost.filter(Boolean).length).toBe(5000);
    expect(run.inStation.exactIntegral(run.endUs)).toBe(timeInStationUs);
  }
});

test('Runs of one seed are the same run, and other seeds give other runs', () => {
  const model = station(0.7, lognormal);
  expect(runQueue(model, 500, 3).served).toEqual(runQueue(model, 500, 3).served);
  expect(runQueue(model, 500, 3).endUs).not.toBe(runQueue(model, 500, 4).endUs);
});
