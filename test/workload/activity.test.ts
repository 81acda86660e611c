import { describe, expect, test } from 'vitest';
import { createDistribution, type DistributionSpec } from '../../sim/kernel/distributions/index.ts';
import { RandomStream } from '../../sim/kernel/random.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import { Activity } from '../../sim/workload/activity.ts';
import { fastExponential } from '../../sim/workload/fast-exponential.ts';

const stream = (entity: string | number) => RandomStream.named(1, 'activity', entity);

describe('Fast exponential variates', () => {
  const draws = stream('test');
  const values = Float64Array.from({ length: 2_000_000 }, () => fastExponential(draws));

  test('have the distribution function of the exponential', () => {
    const sorted = values.toSorted();
    let distance = 0;
    for (const [i, x] of sorted.entries()) {
      distance = Math.max(distance, Math.abs((i + 0.5) / sorted.length + Math.expm1(-x)));
    }
    // Kolmogorov's bound at 0.1 %.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(sorted.length));
  });

  test('fill 400 equally likely cells equally, those at the edges of the layers and in the tail too', () => {
    const cells = new Array<number>(400).fill(0);
    for (const x of values) {
      const cell = Math.min(399, Math.floor(-Math.expm1(-x) * 400));
      cells[cell] = cells[cell]! + 1;
    }
    const chiSquare = cells.reduce((sum, n) => sum + (n - 5000) ** 2 / 5000, 0);
    // 399 degrees of freedom: standard deviation 28.2.
    expect(Math.abs(chiSquare - 399)).toBeLessThan(4 * 28.2);
  });

  test('go on beyond the layers as the tail does', () => {
    const beyond = values.filter((x) => x > 7.69711747);
    const expected = values.length * Math.exp(-7.69711747);
    expect(Math.abs(beyond.length - expected)).toBeLessThan(4 * Math.sqrt(expected));
    const excess = Tally.of(beyond.map((x) => x - 7.69711747));
    expect(Math.abs(excess.mean - 1)).toBeLessThan(4 / Math.sqrt(excess.count));
  });

  test('are not related to their neighbours', () => {
    let product = 0;
    for (let i = 1; i < values.length; i++) product += (values[i]! - 1) * (values[i - 1]! - 1);
    expect(Math.abs(product / values.length)).toBeLessThan(4 / Math.sqrt(values.length));
  });
});

/** Lengths of `count` periods with and without work. */
function periods(
  onSec: DistributionSpec,
  offSec: DistributionSpec,
  count: number,
): { on: Tally; off: Tally } {
  const activity = new Activity({ onSec, offSec });
  const on = new Tally();
  const off = new Tally();
  let lengthUs = activity.begin(0, stream('periods'), true);
  for (let i = 0; i < count; i++) {
    expect(Number.isSafeInteger(lengthUs) && lengthUs >= 1).toBe(true);
    (activity.isOn(0) ? on : off).add(lengthUs / 1e6);
    lengthUs = activity.toggle(0);
  }
  return { on, off };
}

describe('Activity', () => {
  test.each([
    [
      { kind: 'exponential', mean: 4 },
      { kind: 'exponential', mean: 16 },
    ],
    [
      { kind: 'lognormal', logMean: 1, logStdDev: 0.5 },
      { kind: 'gamma', shape: 2, scale: 8 },
    ],
    [
      { kind: 'constant', value: 0.25 },
      { kind: 'exponential', mean: 3 },
    ],
  ] as const)('goes on and off in turn, for as long as %j and %j say', (onSec, offSec) => {
    const { on, off } = periods(onSec, offSec, 40_000);
    expect(on.count).toBe(20_000);
    for (const [tally, spec] of [
      [on, onSec],
      [off, offSec],
    ] as const) {
      const { mean, variance } = createDistribution(spec);
      expect(Math.abs(tally.mean - mean())).toBeLessThanOrEqual(
        4 * Math.sqrt(variance() / tally.count) + 1e-6,
      );
      expect(Math.abs(tally.variance - variance())).toBeLessThanOrEqual(0.1 * variance() + 1e-9);
    }
  });

  test('begins with work at a logon, and by chance where a session goes on from before', () => {
    const activity = new Activity({
      onSec: { kind: 'exponential', mean: 2 },
      offSec: { kind: 'exponential', mean: 6 },
    });
    expect(activity.share).toBe(0.25);
    let on = 0;
    for (let seat = 0; seat < 4000; seat++) {
      activity.begin(seat, stream(seat), true);
      expect(activity.isOn(seat)).toBe(true);
      activity.begin(seat, stream(seat), false);
      if (activity.isOn(seat)) on += 1;
    }
    expect(Math.abs(on - 1000)).toBeLessThan(4 * Math.sqrt(4000 * 0.25 * 0.75));
  });

  test('of one session is not moved by others at other seats, nor by the seat it has', () => {
    const spec = {
      onSec: { kind: 'exponential', mean: 2 },
      offSec: { kind: 'weibull', shape: 0.6, scale: 9 },
    } as const;
    const alone = new Activity(spec);
    const lengths = [
      alone.begin(0, stream('me'), true),
      ...Array.from({ length: 50 }, () => alone.toggle(0)),
    ];
    const among = new Activity(spec);
    for (let seat = 0; seat < 100; seat++) among.begin(seat, stream(seat), seat % 2 === 0);
    among.end(70);
    expect(among.isOn(70)).toBe(false);
    const again = [among.begin(70, stream('me'), true)];
    for (let i = 0; i < 50; i++) {
      for (let seat = 0; seat < 100; seat++) if (seat !== 70) among.toggle(seat);
      again.push(among.toggle(70));
    }
    expect(again).toEqual(lengths);
  });

  test('needs at least a microsecond for each period, and means that are finite', () => {
    const { on } = periods({ kind: 'constant', value: -1 }, { kind: 'constant', value: 1 }, 100);
    expect(on.max).toBe(1e-6);
    const make = (onSec: DistributionSpec, offSec: DistributionSpec) => () => new Activity({ onSec, offSec });
    const zero = { kind: 'constant', value: 0 } as const;
    expect(make(zero, zero)).toThrow(/Cannot alternate/);
    expect(make({ kind: 'pareto', shape: 0.9, min: 1 }, zero)).toThrow(/Cannot alternate/);
  });
});
