import { describe, expect, test } from 'vitest';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { type ConfidenceInterval, studentInterval } from '../../sim/kernel/stats/confidence.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import type { MarkovModulatedSpec } from '../../sim/workload/arrivals/markov-modulated.ts';
import { createArrivals } from '../../sim/workload/arrivals.ts';
import { countsInWindows } from './counts-in-windows.ts';

type States = MarkovModulatedSpec['states'];

const start = (states: States, seed: number | string) =>
  createArrivals({ process: 'markov-modulated', states }, new RandomStreams(seed));

/** Quiet and busy spells: 8 and 0.5 arrivals a second for 3 and 9 seconds. */
const TWO: States = [
  { ratePerSecond: 8, meanSec: 3 },
  { ratePerSecond: 0.5, meanSec: 9 },
];
const THREE: States = [
  { ratePerSecond: 0, meanSec: 4 },
  { ratePerSecond: 2, meanSec: 1 },
  { ratePerSecond: 20, meanSec: 0.5 },
];

const meanRate = (states: States) =>
  states.reduce((sum, s) => sum + s.ratePerSecond * s.meanSec, 0) /
  states.reduce((sum, s) => sum + s.meanSec, 0);

/** Variance over mean of the arrivals in a window of `t` seconds, for two states (Heffes and Lucantoni, 1986). */
function dispersionOfTwo([a, b]: States, t: number): number {
  const [outA, outB] = [1 / a!.meanSec, 1 / b!.meanSec];
  const change = outA + outB;
  const apart = a!.ratePerSecond - b!.ratePerSecond;
  const peak =
    (2 * outA * outB * apart ** 2) / (change ** 2 * (a!.ratePerSecond * outB + b!.ratePerSecond * outA));
  return 1 + peak * (1 - (1 - Math.exp(-change * t)) / (change * t));
}

/**
 * The same for any states, by the covariance of the rate: `p' = p Q` from p = (share x rate), step by step (Runge and
 * Kutta), and the double integral of the covariance over the window.
 */
function dispersion(states: States, t: number): number {
  const total = states.reduce((sum, s) => sum + s.meanSec, 0);
  const rate = meanRate(states);
  const slope = (p: number[]) =>
    p.map((own, j) =>
      states.reduce(
        (sum, from, i) => (i === j ? sum : sum + p[i]! / from.meanSec / (states.length - 1)),
        -own / states[j]!.meanSec,
      ),
    );
  const plus = (p: number[], d: number[], h: number) => p.map((x, i) => x + h * d[i]!);
  let p = states.map((s) => (s.meanSec / total) * s.ratePerSecond);
  const steps = 20_000;
  const h = t / steps;
  let integral = 0;
  for (let i = 0; i <= steps; i++) {
    const covariance = p.reduce((sum, x, j) => sum + x * states[j]!.ratePerSecond, 0) - rate * rate;
    integral += covariance * (t - i * h) * h * (i === 0 || i === steps ? 0.5 : 1);
    const k1 = slope(p);
    const k2 = slope(plus(p, k1, h / 2));
    const k3 = slope(plus(p, k2, h / 2));
    const k4 = slope(plus(p, k3, h));
    p = p.map((x, j) => x + (h / 6) * (k1[j]! + 2 * k2[j]! + 2 * k3[j]! + k4[j]!));
  }
  return 1 + (2 * integral) / (rate * t);
}

function measure(
  states: States,
  windowSec: number,
  windows: number,
): [ConfidenceInterval, ConfidenceInterval] {
  const rates = new Tally();
  const dispersions = new Tally();
  for (let seed = 1; seed <= 40; seed++) {
    const counts = Tally.of(countsInWindows(start(states, seed), 0, windowSec, windows));
    rates.add(counts.mean / windowSec);
    dispersions.add(counts.variance / counts.mean);
  }
  return [studentInterval(rates, 0.999), studentInterval(dispersions, 0.999)];
}

function expectAgreement(interval: ConfidenceInterval, truth: number, within: number): void {
  expect(interval.lo).toBeLessThanOrEqual(truth);
  expect(interval.hi).toBeGreaterThanOrEqual(truth);
  expect((interval.hi - interval.lo) / 2 / truth).toBeLessThan(within);
}

describe('Markov-modulated arrivals', () => {
  test('the numeric covariance and the closed form of two states are the same function', () => {
    for (const t of [0.5, 5, 60]) expect(dispersion(TWO, t)).toBeCloseTo(dispersionOfTwo(TWO, t), 5);
  });

  test.each([1, 6, 40])(
    'of two states have the rate and the dispersion of theory in windows of %i s',
    (t) => {
      const [rate, index] = measure(TWO, t, 4000);
      expectAgreement(rate, meanRate(TWO), 0.03);
      expectAgreement(index, dispersionOfTwo(TWO, t), 0.05);
    },
  );

  test.each([0.5, 10])(
    'of three states, one of them silent, have those of theory in windows of %f s',
    (t) => {
      const [rate, index] = measure(THREE, t, 6000);
      expectAgreement(rate, meanRate(THREE), 0.04);
      expectAgreement(index, dispersion(THREE, t), 0.06);
    },
  );

  test('have their long-run rate from the first second on', () => {
    const firstSecond = new Tally();
    for (let seed = 1; seed <= 8000; seed++) {
      firstSecond.add(countsInWindows(start(TWO, `first ${seed}`), 0, 1, 1)[0] as number);
    }
    expectAgreement(studentInterval(firstSecond, 0.999), meanRate(TWO), 0.06);
  });

  test('of one state are the Poisson arrivals of that rate, instant by instant', () => {
    const one = start([{ ratePerSecond: 0.3, meanSec: 5 }], 7);
    const spec = { process: 'poisson', ratePerSecond: 0.3, hourFactors: null, dayFactors: null } as const;
    const same = createArrivals(spec, new RandomStreams(7));
    for (let i = 0; i < 10_000; i++) expect(Math.abs(one.nextUs() - same.nextUs())).toBeLessThanOrEqual(1);
  });

  test('come at whole microseconds in order, at any rate, and the same again for the same seed', () => {
    for (const states of [TWO, THREE, [...THREE, { ratePerSecond: 1e6, meanSec: 1e-3 }]]) {
      const [one, two] = [start(states, 5), start(states, 5)];
      let last = 0;
      for (let i = 0; i < 20_000; i++) {
        const at = one.nextUs();
        expect(Number.isSafeInteger(at) && at >= last).toBe(true);
        expect(two.nextUs()).toBe(at);
        last = at;
      }
    }
  });

  test('reject states that cannot be', () => {
    expect(() => start([], 1)).toThrow(/at least one state/);
    expect(() => start([{ ratePerSecond: -1, meanSec: 1 }], 1)).toThrow(
      /states\[0\].ratePerSecond must be 0 to/,
    );
    expect(() => start([TWO[0]!, { ratePerSecond: 1, meanSec: 0 }], 1)).toThrow(
      /states\[1\].meanSec must be/,
    );
    expect(() => start([{ ratePerSecond: 0, meanSec: 1 }], 1)).toThrow(/too few/);
    expect(() => start([{ ratePerSecond: 1, meanSec: Number.NaN }], 1)).toThrow(RangeError);
  });
});
