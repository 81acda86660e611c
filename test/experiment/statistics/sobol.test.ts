import { describe, expect, test } from 'vitest';
import {
  sobolDesign,
  sobolIndices,
  sobolRuns,
  sobolStudy,
  studyRun,
} from '../../../sim/experiment/statistics/index.ts';
import { sin } from '../../../sim/kernel/math.ts';

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

  test('of few rows and a long tail are 0 of what does nothing, and intervals hold the truth about as often as they say', () => {
    // As a queue: 1 / (1 - load); the load is a product of two inputs, the third is idle.
    const model = ([a, b]: readonly number[]) => {
      const load = 0.2 + 0.6 * (a as number) * (0.5 + 0.5 * (b as number));
      return load / (1 - load);
    };
    const design = sobolDesign(3, 8192, 77);
    const truth = sobolIndices(design, design.points.map(model)) ?? [];
    const seeds = 60;
    const covered = { first: 0, total: 0 };
    for (let seed = 0; seed < seeds; seed++) {
      const few = sobolDesign(3, 64, seed);
      const found = sobolIndices(few, few.points.map(model), seed) ?? [];
      expect(found[2]).toMatchObject({ first: 0, firstCi95: [0, 0], total: 0, totalCi95: [0, 0] });
      for (const [i, { firstCi95, totalCi95 }] of found.slice(0, 2).entries()) {
        const { first, total } = truth[i] as { first: number; total: number };
        if (firstCi95[0] <= first && first <= firstCi95[1]) covered.first += 0.5 / seeds;
        if (totalCi95[0] <= total && total <= totalCi95[1]) covered.total += 0.5 / seeds;
      }
    }
    expect(covered.first).toBeGreaterThan(0.85);
    expect(covered.total).toBeGreaterThan(0.9);
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
    { path: 'fleet.hosts[0].count', low: 2, high: 8, step: 1 },
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
      studyRun(document, [{ path: 'workload.synthetic.arrivals.rate', low: '1/h', high: '2GiB' }], [0]),
    ).toThrow('one unit');
    expect(() => studyRun(document, [{ path: 'fleet.hosts[7].count', low: 1, high: 2 }], [0])).toThrow(
      'Cannot vary',
    );
  });

  test('by Sobol indices shares out the variance of a sum by the squares of its ranges', () => {
    const runs = sobolRuns(document, inputs, 512, 3);
    expect(runs).toHaveLength(5 * 512);
    const outputs = runs.map(({ values: [rate, , x] }) => Number.parseFloat(String(rate)) + 100 * Number(x));
    const study = (values: readonly (number | null)[]) =>
      sobolStudy(inputs, 512, 3, new Map([['wait.mean', values.map((value) => [value])]]))[0];
    const found = study(outputs);
    expect(found?.fromSeeds).toBeNull();
    const byPath = new Map(found?.indices?.map((index) => [index.path, index]));
    expect(byPath.get('workload.synthetic.arrivals.rate')?.first).toBeCloseTo(0.5, 1);
    expect(byPath.get('fleet.hosts.a.cpu')?.first).toBeCloseTo(0.5, 1);
    expect(found?.indices?.at(-1)).toMatchObject({ path: 'fleet.hosts[0].count', first: 0, total: 0 });
    expect(study([null, ...outputs.slice(1)])).toMatchObject({
      indices: null,
      reason: '1 of 2560 runs have no value',
    });
    expect(study(outputs.map(() => 3))).toMatchObject({ indices: null, reason: 'is the same in every run' });
  });

  test('by Sobol indices says how much of the variance the seeds make', () => {
    const runs = sobolRuns(document, inputs, 128, 3);
    // Variance of the inputs: (30 - 10)^2 / 12 = 33.3. Of each of four values: 24; of their mean: 6.
    const spread = [-6, -2, 2, 6].map((each) => each * Math.sqrt((24 * 3) / 80));
    const values = runs.map(({ values: [rate] }) =>
      spread.map((each) => Number.parseFloat(String(rate)) + each),
    );
    const [found] = sobolStudy(inputs, 128, 3, new Map([['wait.mean', values]]));
    expect(found?.fromSeeds).toBeCloseTo(6 / 33.3, 2);
  });
});

describe('equal parts', () => {
  test('of a study fall to each whole number and to each value of a list', () => {
    const document = { fleet: { hosts: [{ name: 'a', count: 4 }] }, policy: { placement: 'fgd' } };
    const inputs = [
      { path: 'fleet.hosts[0].count', low: 2, high: 5, step: 1 },
      { path: 'policy.placement', values: ['fgd', 'best-fit'] },
    ];
    const counts = new Map<string, number>();
    for (const { values } of sobolRuns(document, inputs, 256, 1).slice(0, 256)) {
      for (const value of values) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    }
    expect([...counts].sort()).toEqual([
      ['2', 64],
      ['3', 64],
      ['4', 64],
      ['5', 64],
      ['best-fit', 128],
      ['fgd', 128],
    ]);
  });
});
