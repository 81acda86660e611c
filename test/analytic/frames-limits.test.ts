import { describe, expect, test } from 'vitest';
import {
  createDistribution,
  type DistributionSpec,
  lognormalOfMean,
} from '../../sim/kernel/distributions/index.ts';
import type { FrameClass, RingClass } from '../../sim/sharing/frames/frame-class.ts';
import { LEVELS, quantileAt } from '../../sim/sharing/frames/quantile-function.ts';
import { type SliceRules, switchUsFor } from '../../sim/sharing/frames/rules.ts';
import { simulateFrames } from '../../sim/sharing/frames/simulate.ts';
import { meanWaitMg1 } from './queueing-formulas.ts';

const FRAMES = 1 << 15;

const rules = (over: Partial<SliceRules> = {}): SliceRules => ({
  scheduler: 'best-effort',
  sliceUs: 1000,
  switchUs: 0,
  averaging: 33,
  slots: 0,
  encoders: 0,
  ...over,
});

/** Draws as fast as it can: with no time between frames it always has work. */
const eager = (gpuMs: DistributionSpec, over: Partial<FrameClass> = {}): FrameClass => ({
  kind: 'frames',
  gpuMs,
  speed: 1,
  kernelMs: 0,
  cpuMs: 0,
  targetFps: 1e6,
  limiterFps: null,
  encodeMs: 0,
  networkMs: 0,
  displayMs: 0,
  deadlineMs: 1000,
  ...over,
});

function timesOf(
  of: SliceRules,
  classes: readonly RingClass[],
  active: readonly number[],
  running = 0,
  frames = FRAMES,
) {
  return simulateFrames({ rules: of, classes, active, running }, 'limits', frames)[0]!;
}

/** Relative difference. */
const off = (got: number, want: number) => Math.abs(got / want - 1);

const works: readonly (readonly [string, DistributionSpec])[] = [
  ['constant', { kind: 'constant', value: 8 }],
  ['lognormal', lognormalOfMean(8, 0.6)],
  ['gamma', { kind: 'gamma', shape: 0.8, scale: 10 }],
  ['pareto', { kind: 'pareto', shape: 2.2, min: 4, max: 900 }],
];

describe('A tenant alone', () => {
  test.each(works)('has the distribution of its work as it is: %s', (_name, gpuMs) => {
    const distribution = createDistribution(gpuMs);
    const settings: readonly (readonly [SliceRules, number])[] = [
      [rules({ switchUs: 70 }), 0],
      [rules({ scheduler: 'equal-share', switchUs: 70 }), 1],
      [rules({ scheduler: 'fixed-share', slots: 1 }), 0],
    ];
    for (const [of, running] of settings) {
      const { gpuMs: gpu } = timesOf(of, [eager(gpuMs, { targetFps: 60, cpuMs: 1 })], [1], running);
      for (const p of [0.1, 0.5, 0.9, 0.95, 0.99]) {
        expect(off(quantileAt(gpu.quantiles, p), distribution.quantile(p))).toBeLessThan(0.015);
      }
      expect(off(gpu.mean, distribution.mean())).toBeLessThan(0.01);
    }
  });

  test('sees its frames after CPU, GPU, encoder, network and display, and gets them at its rate or the limiter of the card', () => {
    const still = {
      gpuMs: { kind: 'constant', value: 5 } as const,
      cpuMs: 3,
      encodeMs: 2,
      networkMs: 1.5,
      displayMs: 8,
    };
    for (const [targetFps, limiterFps, fps] of [
      [30, 60, 30],
      [144, 45, 45],
      [1000, null, 125],
    ] as const) {
      const times = timesOf(rules(), [eager(still.gpuMs, { ...still, targetFps, limiterFps })], [1]);
      expect(times.seenMs.mean).toBeCloseTo(19.5, 6);
      expect(off(1000 / times.cycleMs, fps)).toBeLessThan(1e-4);
      // A click falls anywhere between two begins.
      expect(off(times.clickMs.mean, 19.5 + 500 / fps)).toBeLessThan(0.003);
      expect(off(quantileAt(times.clickMs.quantiles, 0.95), 19.5 + 950 / fps)).toBeLessThan(0.003);
    }
  });

  test.each([
    [19.4, 0],
    [19.6, 1],
  ])('has no frame or every frame in time around a deadline: %f ms', (deadlineMs, share) => {
    const game = eager(
      { kind: 'constant', value: 10 },
      { encodeMs: 1.5, displayMs: 8, targetFps: 60, deadlineMs },
    );
    expect(timesOf(rules(), [game], [1]).inTimeShare).toBe(share);
  });
});

describe('Tenants that always have work', () => {
  test.each(works)('take k times as long on average, whatever the slice: %s', (_name, gpuMs) => {
    // The card is never idle and loses nothing: k tenants finish 1 / mean frames a second together.
    const mean = createDistribution(gpuMs).mean();
    for (const [k, sliceUs] of [
      [2, 1000],
      [5, 6000],
      [12, 30_000],
    ] as const) {
      const times = timesOf(rules({ sliceUs }), [eager(gpuMs)], [k]);
      expect(off(times.cycleMs, k * mean)).toBeLessThan(0.015);
      expect(times.gpuMs.quantiles[0]).toBeGreaterThanOrEqual(createDistribution(gpuMs).min * 0.999);
    }
  });

  test.each(works)('take k times as long each as slices get short: processor sharing, %s', (_name, gpuMs) => {
    const distribution = createDistribution(gpuMs);
    for (const k of [2, 7, 20]) {
      const { gpuMs: gpu } = timesOf(rules({ sliceUs: 20 }), [eager(gpuMs)], [k]);
      for (const p of [0.5, 0.95, 0.99]) {
        expect(off(quantileAt(gpu.quantiles, p), k * distribution.quantile(p))).toBeLessThan(0.02);
      }
    }
  });

  test('lose the switch out of every slice, and none when alone', () => {
    const render = eager({ kind: 'constant', value: 400 });
    for (const k of [2, 6]) {
      const { cycleMs } = timesOf(rules({ sliceUs: 2000, switchUs: 140 }), [render], [k]);
      expect(off(cycleMs, (k * 400) / (1 - 140 / 2000))).toBeLessThan(0.002);
    }
    expect(off(timesOf(rules({ sliceUs: 2000, switchUs: 140 }), [render], [1]).cycleMs, 400)).toBeLessThan(
      1e-6,
    );
  });

  test.each([
    ['gives back what it ran over: equal parts', 33, 2],
    // A turn of 2 ms becomes one kernel of 7 ms; the other tenant has 2 of 9 ms.
    ['keeps it where nothing is averaged', 0, 9 / 2],
  ])('beside a neighbour with long kernels that %s', (_name, averaging, factor) => {
    const render = eager({ kind: 'constant', value: 300 });
    const { cycleMs } = timesOf(
      rules({ sliceUs: 2000, averaging }),
      [render, { kind: 'batch', kernelMs: 7 }],
      [1, 1],
    );
    expect(off(cycleMs, 300 * factor)).toBeLessThan(0.01);
  });

  test('of containers in time slices: latencies for 3, 5 and 7 pods follow from those of one and a loss of 10 % (TS-1, TS-2)', () => {
    // Mean seconds a request by number of always busy pods (overhead record TS-1).
    const published = { 1: 0.08815, 3: 0.29314, 5: 0.48895, 7: 0.68488 };
    const inference = eager({ kind: 'constant', value: published[1] * 1000 });
    const sliceUs = 2000;
    for (const pods of [3, 5, 7] as const) {
      const of = rules({ sliceUs, averaging: 0, switchUs: switchUsFor(sliceUs, 0.901) });
      expect(off(timesOf(of, [inference], [pods]).gpuMs.mean / 1000, published[pods])).toBeLessThan(0.01);
    }
  });
});

describe('Tenants with pauses', () => {
  /** Mean time at a processor-sharing station of a closed network with a delay, by mean value analysis: any distributions. */
  function meanAtStation(tenants: number, workMs: number, delayMs: number): number {
    let [queue, response] = [0, 0];
    for (let n = 1; n <= tenants; n++) {
      response = workMs * (1 + queue);
      queue = (n / (response + delayMs)) * response;
    }
    return response;
  }

  test.each([
    ['gamma', { kind: 'gamma', shape: 1, scale: 3 }],
    ['heavier gamma', { kind: 'gamma', shape: 0.5, scale: 6 }],
    ['lognormal', lognormalOfMean(3, 1)],
  ] as const)('are the machine-repair model as slices get short, with %s work', (_name, gpuMs) => {
    for (const [tenants, cpuMs] of [
      [2, 6],
      [6, 20],
      [10, 20],
    ] as const) {
      const card = rules({ sliceUs: 50 });
      const { gpuMs: gpu } = timesOf(card, [eager(gpuMs, { cpuMs })], [tenants], 0, 1 << 17);
      expect(off(gpu.mean, meanAtStation(tenants, 3, cpuMs))).toBeLessThan(0.015);
    }
  });

  /** Mean wait of one of n periodic sources of unit work and random phases (Roberts and Virtamo, IEEE Trans. Commun. 39(2), 1991). */
  function meanWaitPeriodic(sources: number, period: number): number {
    const others = sources - 1;
    const logFactorial = [0];
    for (let i = 1; i <= others; i++) logFactorial.push(logFactorial[i - 1]! + Math.log(i));
    const choose = (k: number) => logFactorial[others]! - logFactorial[k]! - logFactorial[others - k]!;
    const above = (x: number) => {
      let sum = 0;
      for (let k = Math.floor(x) + 1; k <= others; k++) {
        const part = (k - x) / period;
        const spread = k === others ? 0 : (others - k) * Math.log(1 - part);
        sum += Math.exp(choose(k) + k * Math.log(part) + spread) * ((period - others + x) / (period - k + x));
      }
      return sum;
    };
    const step = 0.01;
    let mean = 0;
    for (let x = step / 2; x < others; x += step) mean += above(x) * step;
    return mean;
  }

  test('with even frames shorter than a slice wait as periodic sources at one server do, near M/D/1 where there are many', () => {
    expect(off(meanWaitPeriodic(800, 800 / 0.6), meanWaitMg1(0.6, 1, 0))).toBeLessThan(0.02);
    for (const [tenants, load] of [
      [2, 0.6],
      [5, 0.5],
      [10, 0.8],
      [30, 0.9],
    ] as const) {
      const periodMs = tenants / load;
      const even = eager({ kind: 'constant', value: 1 }, { targetFps: 1000 / periodMs });
      // Phases do not change during a run: it takes many runs.
      const { gpuMs } = timesOf(rules({ sliceUs: 1500 }), [even], [tenants], 0, 1 << 19);
      expect(off(gpuMs.mean - 1, meanWaitPeriodic(tenants, periodMs))).toBeLessThan(0.02);
    }
  });
});

describe('Kept slots', () => {
  test.each(works)(
    'as they get short make each tenant the nth part of a card, busy neighbours or not: %s',
    (_name, gpuMs) => {
      const distribution = createDistribution(gpuMs);
      const desktop = eager(gpuMs, { cpuMs: 3 });
      for (const [of, running] of [
        [rules({ scheduler: 'fixed-share', sliceUs: 20, slots: 8 }), 0],
        [rules({ scheduler: 'equal-share', sliceUs: 20 }), 8],
      ] as const) {
        const alone = timesOf(of, [desktop, { kind: 'batch', kernelMs: 0 }], [1, 0], running);
        const crowded = timesOf(of, [desktop, { kind: 'batch', kernelMs: 0 }], [1, 7], running);
        expect(crowded.gpuMs.mean).toBe(alone.gpuMs.mean);
        for (const p of [0.5, 0.95, 0.99]) {
          expect(off(quantileAt(alone.gpuMs.quantiles, p), 8 * distribution.quantile(p))).toBeLessThan(0.015);
        }
      }
    },
  );

  test('make a frame that fits into one wait for it, from any point of the cycle', () => {
    const [sliceUs, switchUs, slots, workUs] = [2000, 100, 5, 700];
    const cycleUs = slots * sliceUs;
    const byArrival = Float64Array.from({ length: cycleUs }, (_, at) => {
      if (at <= switchUs) return switchUs - at + workUs;
      if (at <= sliceUs - workUs) return workUs;
      // What is left of the slot counts; the rest waits for the next one.
      return cycleUs + switchUs - at + workUs - Math.max(0, sliceUs - at);
    }).sort();
    const of = rules({ scheduler: 'fixed-share', sliceUs, switchUs, slots });
    // A period of the cycle and a third: arrivals go through all points.
    const rare = eager({ kind: 'constant', value: workUs / 1000 }, { targetFps: 1e6 / (cycleUs + 3331) });
    const { gpuMs } = timesOf(of, [rare], [1]);
    expect(off(gpuMs.mean, byArrival.reduce((sum, us) => sum + us, 0) / cycleUs / 1000)).toBeLessThan(0.01);
    for (const p of [0.3, 0.5, 0.7, 0.95, 0.99]) {
      expect(off(quantileAt(gpuMs.quantiles, p), byArrival[Math.floor(p * cycleUs)]! / 1000)).toBeLessThan(
        0.01,
      );
    }
  });
});

test('Turns that hold no whole number of kernels give the same share as those that do, however long debts take to settle', () => {
  // A kernel hardly longer than a turn: from a start without debts it would take a thousand turns to settle, far more
  // than a run has.
  const render = eager({ kind: 'constant', value: 10 });
  for (const kernelMs of [2.1, 2.6, 3, 1.3]) {
    const { cycleMs } = timesOf(rules({ sliceUs: 2000 }), [render, { kind: 'batch', kernelMs }], [1, 1]);
    expect(off(cycleMs, 20), `kernels of ${kernelMs} ms`).toBeLessThan(0.01);
  }
});

test('A shared encoder caps the frames of all sessions together and makes them wait; one each does not', () => {
  const stream = eager({ kind: 'constant', value: 0.1 }, { encodeMs: 4, targetFps: 60, cpuMs: 1 });
  const shared = timesOf(rules({ encoders: 1 }), [stream], [8]);
  expect(off((8 * 1000) / shared.cycleMs, 250)).toBeLessThan(0.005);
  const two = timesOf(rules({ encoders: 2 }), [stream], [8]);
  expect(off((8 * 1000) / two.cycleMs, 480)).toBeLessThan(0.005);
  const own = timesOf(rules({ encoders: 0 }), [stream], [8]);
  expect(off(1000 / own.cycleMs, 60)).toBeLessThan(0.001);
  expect(quantileAt(own.seenMs.quantiles, 0.99)).toBeLessThan(two.seenMs.mean + 4);
  expect(shared.seenMs.mean).toBeGreaterThan(two.seenMs.mean);
  expect(two.seenMs.mean).toBeGreaterThan(own.seenMs.mean + 0.5);
});

test('Nothing is ever faster than alone: at every probability frames take at least as long with a neighbour more', () => {
  const gpuMs = lognormalOfMean(3, 0.8);
  const desktop = eager(gpuMs, { targetFps: 60, cpuMs: 2 });
  const alone = timesOf(rules({ switchUs: 50 }), [desktop], [1]).gpuMs.quantiles;
  let before = alone;
  for (const k of [2, 3, 5, 8, 13]) {
    const { quantiles } = timesOf(rules({ switchUs: 50 }), [desktop], [k]).gpuMs;
    // The ends are single frames, which chance moves.
    for (let i = 1; i < LEVELS.length - 8; i++) expect(quantiles[i]! / before[i]!).toBeGreaterThan(0.99);
    before = quantiles;
  }
});
