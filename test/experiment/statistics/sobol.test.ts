import { describe, expect, test } from 'vitest';
import {
  oneAtATimeEffects,
  oneAtATimeRuns,
  sobolDesign,
  sobolEffects,
  sobolIndices,
  sobolRuns,
  studyRun,
} from '../../../sim/experiment/statistics/index.ts';
import { sin } from '../../../sim/kernel/math.ts';
import { reading, upTo } from './runs.ts';

describe('Sobol indices', () => {
  const indicesOf = (inputs: number, rows: number, model: (x: readonly number[]) => number) => {
    const design = sobolDesign(inputs, rows, 1);
    return sobolIndices(design, design.points.map(model)) ?? [];
  };

  test('of the Ishigami function are those of its closed form', () => {
    // a = 7, b = 0.1. Ishigami and Homma 1990: V1 = (1 + b pi^4 / 5)^2 / 2, V2 = a^2 / 8, V13 = 8 b^2 pi^8 / 225.
    const [a, b] = [7, 0.1];
    const v1 = (1 + (b * Math.PI ** 4) / 5) ** 2 / 2;
    const v2 = a ** 2 / 8;
    const v13 = (8 * b ** 2 * Math.PI ** 8) / 225;
    const v = v1 + v2 + v13;
    const found = indicesOf(3, 2048, (u) => {
      const [x, y, z] = u.map((each) => Math.PI * (2 * each - 1)) as [number, number, number];
      return sin(x) + a * sin(y) ** 2 + b * z ** 4 * sin(x);
    });
    const first = [v1 / v, v2 / v, 0];
    const total = [(v1 + v13) / v, v2 / v, v13 / v];
    found.forEach((index, i) => {
      expect(Math.abs(index.first - (first[i] as number))).toBeLessThan(0.02);
      expect(Math.abs(index.total - (total[i] as number))).toBeLessThan(0.02);
      expect(index.firstCi95[0]).toBeLessThanOrEqual(first[i] as number);
      expect(index.firstCi95[1]).toBeGreaterThanOrEqual(first[i] as number);
      expect(index.totalCi95[0]).toBeLessThanOrEqual(total[i] as number);
      expect(index.totalCi95[1]).toBeGreaterThanOrEqual(total[i] as number);
    });
  });

  test("of Sobol's g-function are those of its closed form, with the sequence and with a Latin hypercube", () => {
    for (const [inputs, rows, tolerance] of [
      [6, 2048, 0.03],
      [12, 2048, 0.08],
    ] as const) {
      const a = Array.from({ length: inputs }, (_, i) => [0, 0.5, 3, 9, 99, 99][i] ?? 99);
      // V_i = 1 / (3 (1 + a_i)^2), V = prod(1 + V_i) - 1.
      const parts = a.map((each) => 1 / (3 * (1 + each) ** 2));
      const product = parts.reduce((all, each) => all * (1 + each), 1);
      const found = indicesOf(inputs, rows, (x) =>
        x.reduce(
          (all, each, i) => (all * (Math.abs(4 * each - 2) + (a[i] as number))) / (1 + (a[i] as number)),
          1,
        ),
      );
      found.forEach((index, i) => {
        const part = parts[i] as number;
        expect(Math.abs(index.first - part / (product - 1))).toBeLessThan(tolerance);
        expect(Math.abs(index.total - (part * product) / ((1 + part) * (product - 1)))).toBeLessThan(
          tolerance,
        );
      });
    }
  });

  test('of a constant are none', () => {
    expect(sobolIndices(sobolDesign(2, 8, 1), new Array(32).fill(3))).toBeNull();
    expect(() => sobolIndices(sobolDesign(2, 8, 1), [1])).toThrow('need 32 outputs');
  });
});

describe('a study over paths of a scenario', () => {
  const document = {
    fleet: { hosts: [{ name: 'a', count: 4, cpu: 0.5 }] },
    workload: { synthetic: { arrivals: { rate: '20/h' } } },
  };
  const inputs = [
    { path: 'workload.synthetic.arrivals.rate', low: '10/h', high: '30/h' },
    { path: 'fleet.hosts[0].count', low: 2, high: 8, isWhole: true },
    { path: 'fleet.hosts.a.cpu', low: 0.1, high: 0.3 },
  ];

  test('changes the values named, in their units, and nothing else', () => {
    const run = studyRun(document, inputs, [0.25, 0.49, 0.5]);
    expect(run.values).toEqual(['15/h', 5, 0.2]);
    expect(run.document).toEqual({
      fleet: { hosts: [{ name: 'a', count: 5, cpu: 0.2 }] },
      workload: { synthetic: { arrivals: { rate: '15/h' } } },
    });
    expect(document.workload.synthetic.arrivals.rate).toBe('20/h');
    expect(() =>
      studyRun(document, [{ path: 'workload.synthetic.arrivals.rate', low: '1/h', high: '2/m' }], [0]),
    ).toThrow('one unit');
    expect(() => studyRun(document, [{ path: 'fleet.hosts[7].count', low: 1, high: 2 }], [0])).toThrow(
      'Cannot vary',
    );
  });

  test('one at a time tells the inputs that matter from those that do not', () => {
    const runs = oneAtATimeRuns(document, inputs).map(({ document: changed }) => {
      const { synthetic } = (changed as typeof document).workload;
      return upTo(4).map((seed) =>
        reading(seed, { 'wait.mean': Number.parseFloat(synthetic.arrivals.rate) + (seed % 3), events: seed }),
      );
    });
    const effects = oneAtATimeEffects(inputs, runs);
    expect(effects.map(({ path, rows }) => [path, rows[0]?.difference, rows[0]?.verdict])).toEqual([
      ['workload.synthetic.arrivals.rate', 20, 'worse'],
      ['fleet.hosts[0].count', 0, 'no-difference-shown'],
      ['fleet.hosts.a.cpu', 0, 'no-difference-shown'],
    ]);
  });

  test('by Sobol indices shares out the variance of a sum by the squares of its ranges', () => {
    const runs = sobolRuns(document, inputs, 512, 3);
    expect(runs).toHaveLength(5 * 512);
    const outputs = runs.map(({ values: [rate, , x] }) => Number.parseFloat(String(rate)) + 100 * Number(x));
    const found = sobolEffects(inputs, 512, 3, outputs) ?? [];
    expect(found.map(({ path }) => path)).toEqual(inputs.map(({ path }) => path));
    expect(found[0]?.first).toBeCloseTo(0.5, 1);
    expect(found[1]?.total).toBe(0);
    expect(found[2]?.first).toBeCloseTo(0.5, 1);
    expect(sobolEffects(inputs, 512, 3, [null, ...outputs.slice(1)])).toBeNull();
  });
});
