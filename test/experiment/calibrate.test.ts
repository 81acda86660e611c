import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calibrate, type Measurement } from '../../sim/experiment/calibrate/index.ts';
import { minimise } from '../../sim/experiment/calibrate/minimise.ts';
import { predictedFactor } from '../../sim/experiment/calibrate/predict.ts';
import type { Parameter } from '../../sim/sharing/index.ts';
import { row, stubMode, surroundings, typicalValues } from './stub-modes.ts';

function parameter(id: string, typical: number, min: number, max: number): Parameter {
  return {
    id,
    what: id,
    unit: 'fraction',
    low: typical - (typical - min) / 2,
    typical,
    high: typical + (max - typical) / 2,
    min,
    max,
    source: 'made up for this test',
    evidence: 'measured',
  };
}

const efficiency = parameter('time-slicing.efficiency', 0.8, 0.1, 1);
const boot = parameter('time-slicing.boot', 5, 0, 60);
const sliced = stubMode('time-slicing', [efficiency, boot], (n, value) =>
  n === 1 ? 1 : value('time-slicing.efficiency') / n,
);
const gamma = parameter('mps.interference', 0.2, 0, 2);
const curve = parameter('mps.curve', 0, 0, 1);
const mps = stubMode('mps', [gamma, curve], (n, value) => {
  const others = n - 1;
  return 1 / (1 + value('mps.interference') * others + value('mps.curve') * others * others);
});

describe('calibrate', () => {
  test('finds the efficiency behind exact latencies, and leaves what the rows do not touch alone', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.11, max: 0.99, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        fc.uniqueArray(fc.integer({ min: 2, max: 20 }), { minLength: 1, maxLength: 4 }),
        (truth, alone, counts) => {
          const rows = [
            row('time-slicing', 1, alone),
            ...counts.map((n) => row('time-slicing', n, (alone * n) / truth)),
          ];
          const { fit } = calibrate('time-slicing', rows, surroundings(sliced));
          expect(fit.fitted.map((each) => each.parameter.id)).toEqual(['time-slicing.efficiency']);
          expect(fit.fitted[0]?.value).toBeCloseTo(truth, 7);
          expect(fit.unsettled).toEqual([]);
          expect(fit.rmse).toBeLessThan(1e-7);
          expect([...fit.sizes.values()][0]).toBeCloseTo(alone, 6);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('latency, throughput of one and of all tell the same', () => {
    const truth = 0.65;
    const kinds: readonly ((n: number) => Partial<Measurement> & { value: number })[] = [
      (n) => ({ metric: 'latency', value: n === 1 ? 3 : (3 * n) / truth }),
      (n) => ({ metric: 'throughput', value: n === 1 ? 7 : (7 * truth) / n }),
      (n) => ({ metric: 'total-throughput', value: n === 1 ? 7 : 7 * truth }),
    ];
    for (const kind of kinds) {
      const rows = [1, 3, 5].map((n) => row('time-slicing', n, 1, kind(n)));
      const found = calibrate('time-slicing', rows, surroundings(sliced));
      expect(found.fit.fitted[0]?.value).toBeCloseTo(truth, 7);
      expect(found.rows[1]?.speed).toBeCloseTo(truth / 3, 7);
      expect(found.rows[1]?.measuredSpeed).toBeCloseTo(truth / 3, 7);
    }
    // Throughput of one and of all share the size of the program.
    const mixed = [
      row('time-slicing', 1, 7, { metric: 'throughput' }),
      row('time-slicing', 4, 7 * truth, { metric: 'total-throughput' }),
    ];
    expect(calibrate('time-slicing', mixed, surroundings(sliced)).fit.fitted[0]?.value).toBeCloseTo(truth, 7);
  });

  test('two parameters at once, with several programs and a baseline on bare metal', () => {
    const law = (n: number, g: number, c: number) => 1 + g * (n - 1) + c * (n - 1) ** 2;
    const [g, c] = [0.43, 0.07];
    const rows = [
      row('bare-metal', 1, 0.5, { program: 'a', slot: { kind: 'whole' } }),
      ...[2, 3, 6].map((n) => row('mps', n, 0.5 * law(n, g, c), { program: 'a' })),
      ...[3, 5].map((n) => row('mps', n, 9 * law(n, g, c), { program: 'b' })),
    ];
    const { fit } = calibrate('mps', rows, surroundings(mps));
    expect(fit.fitted.map(({ parameter: { id } }) => id)).toEqual(['mps.interference', 'mps.curve']);
    expect(fit.fitted[0]?.value).toBeCloseTo(g, 5);
    expect(fit.fitted[1]?.value).toBeCloseTo(c, 5);
    expect(fit.r2).toBeCloseTo(1, 9);
    expect(fit.degreesOfFreedom).toBe(6 - 2 - 2);
  });

  test('with noise: the closed form of a mean, its standard error and its interval', () => {
    // All rows at 2 or more tenants and one at 1: log(value n-free) is one constant against another.
    const noisy = [1.02, 0.97, 1.05, 0.99];
    const rows = [
      row('time-slicing', 1, 1),
      row('time-slicing', 1, 1.04),
      ...noisy.map((factor, i) => row('time-slicing', i + 2, ((i + 2) / 0.7) * factor)),
    ];
    const { fit } = calibrate('time-slicing', rows, surroundings(sliced));
    const logs = noisy.map((factor) => Math.log(factor / 0.7));
    const base = [0, Math.log(1.04)];
    const mean = (v: readonly number[]) => v.reduce((s, e) => s + e, 0) / v.length;
    const value = Math.exp(mean(base) - mean(logs));
    const square = [...logs.map((e) => e - mean(logs)), ...base.map((e) => e - mean(base))].reduce(
      (s, e) => s + e * e,
      0,
    );
    const dof = 6 - 2;
    const error = value * Math.sqrt((square / dof) * (1 / 4 + 1 / 2));
    expect(fit.degreesOfFreedom).toBe(dof);
    expect(fit.fitted[0]?.value).toBeCloseTo(value, 7);
    expect(fit.fitted[0]?.standardError).toBeCloseTo(error, 6);
    // 97.5 % quantile of Student's t with 4 degrees of freedom, from a printed table.
    expect(fit.fitted[0]?.interval?.[1]).toBeCloseTo(value + 2.776445 * error, 5);
    expect(fit.rmse).toBeCloseTo(Math.sqrt(square / 6), 9);
    expect(fit.rmseTypical).toBeGreaterThan(fit.rmse);
  });

  test('the interval holds the truth about 19 times in 20', () => {
    let state = 7;
    const uniform = () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state + 0.5) / 2 ** 32;
    };
    const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    let inside = 0;
    const trials = 300;
    for (let trial = 0; trial < trials; trial++) {
      const rows = [1, 1, 2, 3, 4, 6].map((n) =>
        row('time-slicing', n, (n === 1 ? 1 : n / 0.6) * Math.exp(0.03 * normal())),
      );
      const [low, high] = calibrate('time-slicing', rows, surroundings(sliced)).fit.fitted[0]?.interval ?? [
        1, 0,
      ];
      if (low <= 0.6 && 0.6 <= high) inside += 1;
    }
    expect(inside / trials).toBeGreaterThan(0.91);
    expect(inside / trials).toBeLessThan(0.985);
  });

  test('says what the rows cannot tell: the size of the program, another parameter, too few rows', () => {
    const noBaseline = calibrate(
      'time-slicing',
      [row('time-slicing', 3, 1), row('time-slicing', 5, 1.7)],
      surroundings(sliced),
    );
    expect(noBaseline.fit.fitted).toEqual([]);
    expect(noBaseline.fit.unsettled).toMatchObject([
      {
        parameter: { id: 'time-slicing.efficiency' },
        reason: expect.stringContaining('add a row on bare metal'),
      },
    ]);

    const a = parameter('mps.a', 0.5, 0, 1);
    const b = parameter('mps.b', 0.5, 0, 1);
    const product = stubMode('mps', [a, b], (n, value) =>
      n === 1 ? 1 : ((0.1 + value('mps.a')) * (0.1 + value('mps.b'))) / n,
    );
    const twins = calibrate(
      'mps',
      [row('mps', 1, 1), row('mps', 2, 3), row('mps', 4, 6.1), row('mps', 8, 12)],
      surroundings(product),
    );
    expect(twins.fit.fitted).toHaveLength(1);
    expect(twins.fit.unsettled).toHaveLength(1);
    expect(twins.fit.unsettled[0]?.reason).toMatch(/cannot tell it apart from mps\.[ab]/);
    expect(twins.fit.rmse).toBeLessThan(0.02);

    const few = calibrate('mps', [row('mps', 1, 1), row('mps', 3, 2)], surroundings(mps));
    expect(few.fit.fitted).toHaveLength(1);
    expect(few.fit.fitted[0]?.standardError).toBeNull();
    expect(few.fit.unsettled).toHaveLength(1);
    expect(few.fit.degreesOfFreedom).toBe(0);
  });

  test('of parameters that say the same only one is fitted, beside another that the rows do not ask to move', () => {
    const a = parameter('mps.a', 0.5, 0, 1);
    const b = parameter('mps.b', 0.5, 0, 1);
    const c = parameter('mps.c', 0.3, 0, 1);
    const both = stubMode('mps', [a, b, c], (n, value) =>
      n === 1 ? 1 : (0.1 + value('mps.a')) * (0.1 + value('mps.b')) * n ** -value('mps.c'),
    );
    const truth = (n: number) => 1 / (0.6 * 0.9 * n ** -0.3);
    const rows = [row('mps', 1, 1), ...[2, 3, 5, 8].map((n) => row('mps', n, truth(n)))];
    const { fit } = calibrate('mps', rows, surroundings(both));
    const ids = fit.fitted.map((each) => each.parameter.id);
    expect(ids).toHaveLength(2);
    expect(ids).toContain('mps.c');
    expect(fit.fitted.find((each) => each.parameter.id === 'mps.c')?.value).toBeCloseTo(0.3, 5);
    expect(fit.fitted.every(({ standardError }) => standardError !== null)).toBe(true);
    expect(fit.unsettled).toHaveLength(1);
  });

  test('a value beyond the bounds stays at the bound and is marked', () => {
    const rows = [row('time-slicing', 1, 1), row('time-slicing', 4, 3)];
    const { fit } = calibrate('time-slicing', rows, surroundings(sliced));
    expect(fit.fitted[0]).toMatchObject({ value: 1, atBound: 'max' });
    expect(fit.residuals[1]).toBeLessThan(-0.1);
  });

  test('rows that the mode would refuse are refused with its reason, and a mode without rows, too', () => {
    const narrow = stubMode('time-slicing', [efficiency], () => 1, 3);
    expect(() => calibrate('time-slicing', [row('time-slicing', 5, 1)], surroundings(narrow))).toThrow(
      'tenant 4 of 5 is refused: all 3 replicas are in use (replica-none-free)',
    );
    expect(() => calibrate('mps', [row('time-slicing', 5, 1)], surroundings(sliced, mps))).toThrow(
      'nothing was measured',
    );
  });

  test('tenants of a prediction sit on the card together and are all active', () => {
    const seen: number[] = [];
    const spy = stubMode('hook', [], (n, _value, residents) => {
      seen.push(n, residents.activeCount);
      return 0.25;
    });
    const factor = (metric: Measurement['metric']) =>
      predictedFactor(
        row('hook', 3, 1, { metric }),
        spy,
        surroundings(spy).specOf(row('hook', 3, 1)),
        typicalValues([]),
      );
    expect([factor('latency'), factor('throughput'), factor('total-throughput')]).toEqual([4, 0.25, 0.75]);
    expect(seen).toEqual([3, 3, 3, 3, 3, 3]);
  });
});

describe('minimise', () => {
  test('one variable: the lowest of several valleys, a kink, a bound', () => {
    const box = [{ min: -4, max: 6 }];
    const find = (f: (x: number) => number) => minimise(([x]) => f(x as number), box, [0]).at[0];
    expect(find((x) => Math.abs(x - 1.2345))).toBeCloseTo(1.2345, 9);
    expect(find((x) => -x)).toBe(6);
    expect(find((x) => (x * x - 9) ** 2 + x)).toBeCloseTo(-3.0139, 3);
    expect(find((x) => (x < 2 ? Number.POSITIVE_INFINITY : (x - 2.5) ** 2))).toBeCloseTo(2.5, 6);
  });

  test('several variables: a curved valley, a corner, a kinked bowl', () => {
    const rosenbrock = minimise(
      ([x, y]) => (1 - (x as number)) ** 2 + 100 * ((y as number) - (x as number) ** 2) ** 2,
      [
        { min: -2, max: 2 },
        { min: -1, max: 3 },
      ],
      [-1.2, 1],
    );
    expect(rosenbrock.at[0]).toBeCloseTo(1, 4);
    expect(rosenbrock.at[1]).toBeCloseTo(1, 4);
    const corner = minimise(
      ([x, y]) => (x as number) + 2 * (y as number),
      [
        { min: 1, max: 2 },
        { min: -3, max: 5 },
      ],
      [1.5, 0],
    );
    expect(corner.at).toEqual([1, -3]);
    const bowl = minimise(
      ([x, y, z]) =>
        Math.abs((x as number) - 0.3) + Math.abs((y as number) - 0.6) + Math.abs((z as number) - 0.9),
      [
        { min: 0, max: 1 },
        { min: 0, max: 1 },
        { min: 0, max: 1 },
      ],
      [0.5, 0.5, 0.5],
    );
    [0.3, 0.6, 0.9].forEach((value, i) => {
      expect(bowl.at[i]).toBeCloseTo(value, 5);
    });
  });
});
