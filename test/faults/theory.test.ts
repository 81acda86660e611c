import { describe, expect, test } from 'vitest';
import type { FaultListener, FaultSetup } from '../../sim/engine/faults.ts';
import { createDistribution, type DistributionSpec } from '../../sim/kernel/distributions/index.ts';
import type { Micros } from '../../sim/kernel/time.ts';
import { FaultMeter } from '../../sim/observe/fault-meter.ts';
import type { Readings } from '../../sim/observe/metric.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { runSmall } from '../queueing/pool-run.ts';
import { constant, drawn, exponential, hostUnit, NO_FAULTS } from './fault-setup.ts';

interface Plant {
  readonly hosts: number;
  readonly between: DistributionSpec;
  readonly repair: DistributionSpec;
  readonly crews?: number;
  readonly standby?: number;
  readonly switchOver?: number;
  readonly seconds: number;
  readonly seed?: number;
  readonly listener?: Partial<FaultListener>;
}

/** Hosts of one GPU that break down and are mended, without jobs. */
function runPlant(plant: Plant): Readings {
  const standby = plant.standby ?? 0;
  const meter = new FaultMeter(0 as Micros, plant.hosts - standby, new Map([['host', plant.hosts]]));
  const hosts = Array.from({ length: plant.hosts }, (_, h) => h);
  runSmall({
    hosts: hosts.map(() => 1),
    jobs: [],
    policy: fifo,
    horizon: plant.seconds,
    faults: (): FaultSetup => ({
      ...NO_FAULTS,
      crews: plant.crews ?? Number.POSITIVE_INFINITY,
      units: hosts.map((h) => drawn(hostUnit(h), plant.between, plant.repair, plant.seed)),
      spares: standby === 0 ? [] : [{ hosts, standby, switchOverUs: (plant.switchOver ?? 0) * 1e6 }],
      listener: {
        capacity: (atUs, up) => {
          meter.capacity(atUs, up);
          plant.listener?.capacity?.(atUs, up);
        },
        unitFailed: (atUs, kind) => meter.unitFailed(atUs, kind),
        repairBegan: (kind, waitedUs) => meter.repairBegan(kind, waitedUs),
        unitWorks: (atUs, kind, downUs) => meter.unitWorks(atUs, kind, downUs),
        jobMet: () => expect.unreachable('there is no job'),
        spareJoined: () => meter.spareJoined(),
      },
    }),
  });
  const readings: Readings = new Map();
  meter.read(readings, (plant.seconds * 1e6) as Micros);
  return readings;
}

const read = (readings: Readings, name: string) => readings.get(`faults.${name}`)?.value as number;

/** Chances of the number of failed ones in a birth-death chain: `fail(i)` from i to i + 1, `mend(i)` from i to i - 1. */
function stationary(most: number, fail: (i: number) => number, mend: (i: number) => number): number[] {
  const weights = [1];
  for (let i = 1; i <= most; i++) weights.push(((weights[i - 1] as number) * fail(i - 1)) / mend(i));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

const mean = (chances: readonly number[], value: (i: number) => number) =>
  chances.reduce((sum, chance, i) => sum + chance * value(i), 0);

describe('Availability is as renewal theory says', () => {
  test.each([
    ['exponential', exponential(900), exponential(100)],
    ['Weibull, wearing out', { kind: 'weibull', shape: 2.5, scale: 1000 }, constant(80)],
    [
      'Weibull, dying young',
      { kind: 'weibull', shape: 0.6, scale: 500 },
      { kind: 'uniform', min: 0, max: 200 },
    ],
    ['lognormal repair', constant(700), { kind: 'lognormal', logMean: 4, logStdDev: 1 }],
    ['gamma', { kind: 'gamma', shape: 3, scale: 200 }, { kind: 'gamma', shape: 0.5, scale: 300 }],
  ] as [string, DistributionSpec, DistributionSpec][])(
    '%s: MTTF / (MTTF + MTTR), with any distributions',
    (_name, between, repair) => {
      const readings = runPlant({ hosts: 40, between, repair, seconds: 1_000_000 });
      const mttf = createDistribution(between).mean();
      const mttr = createDistribution(repair).mean();
      const expected = mttf / (mttf + mttr);
      expect(Math.abs(read(readings, 'availability') - expected)).toBeLessThan(0.004);
      expect(read(readings, 'host.availability')).toBeCloseTo(read(readings, 'availability'), 9);
      expect(Math.abs(read(readings, 'host.mtbf') / mttf - 1)).toBeLessThan(0.03);
      expect(Math.abs(read(readings, 'host.mttr') / mttr - 1)).toBeLessThan(0.03);
      expect(read(readings, 'host.repairWait.max')).toBe(0);
    },
  );
});

describe('The machine-repair model (M/M/c//N)', () => {
  test.each([
    [10, 1, 0.05],
    [10, 2, 0.2],
    [6, 3, 1],
    [20, 4, 0.3],
    [5, 5, 0.5],
  ])('%i machines, %i crews, failures at %d of the repair rate', (machines, crews, ratio) => {
    const repairSec = 100;
    const readings = runPlant({
      hosts: machines,
      between: exponential(repairSec / ratio),
      repair: exponential(repairSec),
      crews,
      seconds: 6_000_000,
    });
    const chances = stationary(
      machines,
      (i) => (machines - i) * ratio,
      (i) => Math.min(i, crews),
    );
    const failed = mean(chances, (i) => i);
    const queued = mean(chances, (i) => Math.max(0, i - crews));
    const rate = mean(chances, (i) => ((machines - i) * ratio) / repairSec);
    const seenFailed = machines * (1 - read(readings, 'availability'));
    expect(Math.abs(seenFailed - failed)).toBeLessThan(0.02 * failed + 0.01);
    // Little's law turns those in the queue into their waits.
    const wait = queued / rate;
    expect(Math.abs(read(readings, 'host.repairWait.mean') - wait)).toBeLessThan(0.06 * wait + 1);
    expect(Math.abs(read(readings, 'host.mttr') - wait - repairSec)).toBeLessThan(0.04 * (wait + repairSec));
    expect(Math.abs(read(readings, 'host.failures') / (rate * 6_000_000) - 1)).toBeLessThan(0.02);
  });

  test.each([
    [8, 0, 1],
    [8, 1, 1],
    [8, 2, 1],
    [8, 3, 2],
  ])('%i to serve with %i cold spares and %i crews', (serving, spares, crews) => {
    const ratio = 0.08;
    const readings = runPlant({
      hosts: serving + spares,
      standby: spares,
      between: exponential(100 / ratio),
      repair: exponential(100),
      crews,
      seconds: 8_000_000,
    });
    const chances = stationary(
      serving + spares,
      (i) => Math.min(serving, serving + spares - i) * ratio,
      (i) => Math.min(i, crews),
    );
    const up = mean(chances, (i) => Math.min(serving, serving + spares - i));
    expect(Math.abs(read(readings, 'availability') - up / serving)).toBeLessThan(0.004);
    expect(read(readings, 'sparesJoined') > 0).toBe(spares > 0);
  });
});

describe('k out of n', () => {
  test('the time until fewer than k of n work is that of the closed form, with and without cold spares', () => {
    const mttf = 1000;
    const firstBelow = (hosts: number, standby: number, need: number, seed: number) => {
      let at: number | undefined;
      runPlant({
        hosts,
        standby,
        between: exponential(mttf),
        // Nobody is mended within the run.
        repair: constant(1e9),
        seconds: 20_000,
        seed,
        listener: {
          capacity: (atUs, up) => {
            if (up < need) at ??= atUs / 1e6;
          },
        },
      });
      return at as number;
    };
    const average = (hosts: number, standby: number, need: number) => {
      let sum = 0;
      for (let seed = 0; seed < 1000; seed++) sum += firstBelow(hosts, standby, need, seed);
      return sum / 1000;
    };
    // 3 of 5, all on: failures at rates 5, 4, 3 per MTTF.
    const hot = mttf * (1 / 5 + 1 / 4 + 1 / 3);
    expect(Math.abs(average(5, 0, 3) / hot - 1)).toBeLessThan(0.05);
    // 3 to serve with 2 cold spares: three failures at rate 3, an Erlang time.
    const cold = mttf * (3 / 3);
    expect(Math.abs(average(5, 2, 3) / cold - 1)).toBeLessThan(0.05);
  });

  test('a switch-over takes capacity away for its length', () => {
    const readings = runPlant({
      hosts: 9,
      standby: 1,
      switchOver: 50,
      between: exponential(100_000),
      repair: constant(10),
      seconds: 50_000_000,
    });
    // A host is mended before the spare has joined: of one failure the spare takes over after 50 s.
    const failures = read(readings, 'host.failures');
    const missing = (1 - read(readings, 'availability')) * 8 * 50_000_000;
    expect(read(readings, 'sparesJoined') / failures).toBeGreaterThan(0.95);
    expect(Math.abs(missing / failures - 50)).toBeLessThan(1.5);
  });
});

describe('Lost work', () => {
  /** Mean completion of one job on one host that fails while it runs. */
  function completion(setup: {
    readonly work: number;
    readonly interval: number;
    readonly save: number;
    readonly restore: number;
    readonly mttf: number;
    readonly repair: number;
    readonly runs: number;
  }): { readonly mean: number; readonly lost: number } {
    let sum = 0;
    let lost = 0;
    for (let seed = 0; seed < setup.runs; seed++) {
      const stories = runSmall({
        hosts: [1],
        policy: fifo,
        horizon: 15_000,
        jobs: [
          {
            name: 'j',
            at: 0,
            runs: setup.work,
            claim: {
              checkpoint: {
                intervalUs: setup.interval * 1e6,
                saveUs: setup.save * 1e6,
                restoreUs: setup.restore * 1e6,
              },
            },
          },
        ],
        faults: () => ({
          ...NO_FAULTS,
          units: [drawn(hostUnit(0), exponential(setup.mttf), constant(setup.repair), seed)],
        }),
      });
      sum += stories.get('j')?.end as number;
      lost += stories.get('j')?.lost as number;
    }
    return { mean: sum / setup.runs, lost: lost / setup.runs };
  }

  test('completion with periodic checkpoints is (MTTF + R)(e^((tau + delta) / MTTF) - 1) for each segment', () => {
    const [segments, tau, delta, mttf, repair] = [5, 100, 10, 150, 30];
    const seen = completion({
      work: segments * tau,
      interval: tau,
      save: delta,
      restore: 0,
      mttf,
      repair,
      runs: 2500,
    });
    const expected = segments * (mttf + repair) * Math.expm1((tau + delta) / mttf);
    expect(Math.abs(seen.mean / expected - 1)).toBeLessThan(0.03);
    // Failures of a segment, times the progress of an attempt that ends in one.
    const length = tau + delta;
    const tries = Math.expm1(length / mttf);
    const attempt = mttf - length / Math.expm1(length / mttf);
    const lost = (segments * tries * attempt * tau) / length;
    expect(Math.abs(seen.lost / lost - 1)).toBeLessThan(0.05);
  });

  test('a restart that reads its checkpoint back may fail, too', () => {
    const [segments, tau, delta, mttf, repair, restore] = [4, 100, 5, 200, 20, 40];
    const seen = completion({
      work: segments * tau,
      interval: tau,
      save: delta,
      restore,
      mttf,
      repair,
      runs: 2500,
    });
    const length = tau + delta;
    // The first segment starts from nothing; a later one that has failed reads back before each further try.
    const first = (mttf + repair) * Math.expm1(length / mttf);
    const again = (mttf + repair) * Math.expm1((length + restore) / mttf);
    const fails = -Math.expm1(-length / mttf);
    const later = fails * mttf + fails * (repair + again);
    const expected = first + (segments - 1) * later;
    expect(Math.abs(seen.mean / expected - 1)).toBeLessThan(0.03);
  });
});
