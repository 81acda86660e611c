import { describe, expect, test } from 'vitest';
import {
  analyseUncertainty,
  designRuns,
  type Overheads,
  type RunMetrics,
  uncertaintyDesign,
} from '../../sim/experiment/uncertainty/index.ts';
import {
  averageRanks,
  rankCorrelation,
  standardizedRegression,
} from '../../sim/experiment/uncertainty/sensitivity.ts';
import { uncertaintyText } from '../../sim/report/uncertainty.ts';
import type { Parameter } from '../../sim/sharing/index.ts';
import { stubParameter } from './stub-parameters.ts';

/** A study of a stand-in for the simulation: `run` gets the full set of values. */
function study(
  parameters: readonly Parameter[],
  samples: number,
  run: (values: Overheads) => Readonly<Record<string, number | null>>,
  stated: readonly string[] = [],
) {
  const typical = Object.fromEntries(parameters.map((each) => [each.id, each.typical]));
  const metrics = (values: Overheads): RunMetrics =>
    Object.fromEntries(
      Object.entries(run({ ...typical, ...values })).map(([name, value]) => [
        name,
        { value, unit: 'seconds' },
      ]),
    );
  const design = uncertaintyDesign(parameters, samples, 11);
  return analyseUncertainty(design, metrics({}), designRuns(design).map(metrics), stated);
}

const PARAMETERS = [
  stubParameter('m.a', [0, 1, 3]),
  stubParameter('m.b', [1, 2, 2], 'inferred'),
  stubParameter('m.idle', [0, 5, 10]),
  stubParameter('m.c', [-1, 0, 1], 'unverified'),
];

const SLOPES: Readonly<Record<string, number>> = { 'm.a': 2, 'm.b': -10, 'm.c': 0.5 };
const linear = (values: Overheads) =>
  Object.entries(SLOPES).reduce((sum, [id, slope]) => sum + slope * (values[id] as number), 100);

describe('a linear function', () => {
  const { metrics, withoutEffect, runs } = study(PARAMETERS, 200, (values) => ({ line: linear(values) }));
  const line = metrics.line;

  test('has its ends in the tornado exactly, the widest first, and names what is assumed', () => {
    expect(line?.typical).toBe(82);
    expect(
      line?.drivers.map(({ id, atLow, atHigh, swing, assumed }) => [id, atLow, atHigh, swing, assumed]),
    ).toEqual([
      ['m.b', 92, 82, 10, true],
      ['m.a', 80, 86, 6, false],
      ['m.c', 81.5, 82.5, 1, true],
    ]);
    // Two ends each, but m.b has its typical value as high end.
    expect(runs).toBe(2 + 1 + 2 + 2 + 200);
  });

  test('is explained wholly by the regression, whose coefficients are slope times spread', () => {
    expect(line?.explained).toBeCloseTo(1, 12);
    const { samples } = uncertaintyDesign(PARAMETERS, 200, 11);
    const spread = (values: readonly number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
    };
    const ofLine = spread(samples.map(linear));
    expect(line?.drivers.length).toBe(3);
    for (const { id, regression } of line?.drivers ?? []) {
      const ofInput = spread(samples.map((sample) => sample[id] as number));
      expect(regression).toBeCloseTo(((SLOPES[id] as number) * ofInput) / ofLine, 10);
    }
  });

  test('does not depend on the parameter that it ignores', () => {
    expect(withoutEffect).toEqual(['m.idle']);
  });

  test('has the quantiles of its distribution', () => {
    const { metrics: many } = study(PARAMETERS, 4000, (values) => ({ line: linear(values) }));
    // Against 200,000 plain draws from another generator: the sum has no closed form.
    let state = 12345;
    const uniform = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const triangle = ([l, t, h]: readonly [number, number, number]) => {
      // The sum of rejection: draw in the box until below the triangle.
      for (;;) {
        const x = l + uniform() * (h - l);
        const height = x < t ? (x - l) / (t - l) : t === h ? 1 : (h - x) / (h - t);
        if (uniform() <= height) return x;
      }
    };
    const draws = Array.from(
      { length: 200_000 },
      () => 100 + 2 * triangle([0, 1, 3]) - 10 * triangle([1, 2, 2]) + 0.5 * triangle([-1, 0, 1]),
    ).sort((a, b) => a - b);
    for (const [p, found] of [
      [0.05, many.line?.p5],
      [0.5, many.line?.p50],
      [0.95, many.line?.p95],
    ] as const) {
      expect(Math.abs((found as number) - (draws[Math.round(p * 200_000)] as number))).toBeLessThan(0.25);
    }
  });
});

describe('odd functions', () => {
  test('a parameter that acts only together with another is found by its correlation, with swing 0', () => {
    const pair = [stubParameter('m.gate', [0, 0, 1]), stubParameter('m.size', [0, 1, 2])];
    const { metrics } = study(pair, 300, (v) => ({
      // Typical gate 0 hides the size.
      y: (v['m.gate'] as number) * (1 + 40 * (v['m.size'] as number)),
    }));
    const found = metrics.y?.drivers.map(({ id, swing }) => [id, swing]);
    expect(found).toEqual([
      ['m.gate', 41],
      ['m.size', 0],
    ]);
    expect(metrics.y?.explained).toBeLessThan(0.99);
  });

  test('of parameters without effect none is taken for one, whatever the seed', () => {
    const many = Array.from({ length: 30 }, (_, i) => stubParameter(`m.p${i}`, [0, 1, 2]));
    let alarms = 0;
    for (let seed = 0; seed < 40; seed++) {
      const design = uncertaintyDesign(many, 40, seed);
      const typical: RunMetrics = { y: { value: 1, unit: 'seconds' } };
      const runs = designRuns(design).map(
        (values): RunMetrics => ({
          y: { value: 'm.p0' in values ? 1 + (values['m.p0'] as number) ** 3 - 1 : 1, unit: 'seconds' },
        }),
      );
      alarms += (analyseUncertainty(design, typical, runs).metrics.y?.drivers.length as number) - 1;
    }
    expect(alarms).toBeLessThanOrEqual(1);
  });

  test('a curved but rising function has rank correlation 1 and less than all of it explained by a line', () => {
    const { metrics } = study([stubParameter('m.x', [0, 1, 10])], 100, (v) => ({
      y: 2 ** (v['m.x'] as number),
    }));
    expect(metrics.y?.drivers[0]?.rankCorrelation).toBeCloseTo(1, 12);
    expect(metrics.y?.explained).toBeLessThan(0.9);
  });

  test('values that are missing in some samples are left out and counted; a metric that never has one stays null', () => {
    const { metrics } = study([stubParameter('m.x', [0, 1, 2])], 100, (v) => ({
      sometimes: (v['m.x'] as number) > 1 ? 5 : null,
      never: null,
    }));
    // x is above its middle in half of the strata.
    expect(metrics.sometimes).toMatchObject({ n: 50, p5: 5, p95: 5, typical: null });
    expect(metrics.sometimes?.drivers).toMatchObject([{ id: 'm.x', atLow: null, atHigh: 5 }]);
    expect(metrics.never).toMatchObject({
      n: 0,
      p5: null,
      p50: null,
      p95: null,
      drivers: [],
      explained: null,
    });
  });

  test('fewer samples than drivers leave the regression out, not the tornado', () => {
    const many = Array.from({ length: 12 }, (_, i) => stubParameter(`m.p${i}`, [0, 1, 2]));
    const { metrics } = study(many, 10, (v) => ({
      y: many.reduce((s, { id }, i) => s + i * (v[id] as number), 0),
    }));
    expect(metrics.y?.explained).toBeNull();
    expect(metrics.y?.drivers.map(({ swing }) => swing)).toEqual([22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2]);
    expect(metrics.y?.drivers.every(({ regression }) => regression === null)).toBe(true);
  });

  test('a wrong number of runs is refused', () => {
    const design = uncertaintyDesign([stubParameter('m.x', [0, 1, 2])], 10, 1);
    expect(() =>
      analyseUncertainty(
        design,
        {},
        designRuns(design)
          .slice(1)
          .map(() => ({})),
      ),
    ).toThrow('need 12 runs, got 11');
  });
});

describe('rank correlation and regression', () => {
  test('ranks of ties are shared', () => {
    expect(averageRanks([30, 10, 20, 20, 10, 10])).toEqual([6, 2, 4.5, 4.5, 2, 2]);
  });

  test("Spearman's example of a textbook", () => {
    // Without ties: 1 - 6 Σd² / n(n² - 1); IQ and hours of TV, Σd² = 194, n = 10 (Wikipedia, Spearman's rank correlation).
    const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
    const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
    expect(rankCorrelation(iq, hours)).toBeCloseTo(1 - (6 * 194) / 990, 12);
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNull();
  });

  test('regression agrees with the normal equations of two correlated inputs', () => {
    const x = [1, 2, 3, 4, 5, 6, 7];
    const z = [2, 1, 4, 3, 7, 5, 6];
    const y = [1, 3, 2, 5, 8, 8, 7];
    const r = (a: readonly number[], b: readonly number[]) => {
      const mean = (v: readonly number[]) => v.reduce((s, e) => s + e, 0) / v.length;
      const [p, q] = [mean(a), mean(b)];
      const sum = (f: (i: number) => number) => a.reduce((s, _, i) => s + f(i), 0);
      const da = (i: number) => (a[i] as number) - p;
      const db = (i: number) => (b[i] as number) - q;
      return sum((i) => da(i) * db(i)) / Math.sqrt(sum((i) => da(i) ** 2) * sum((i) => db(i) ** 2));
    };
    const [xy, zy, xz] = [r(x, y), r(z, y), r(x, z)];
    const model = standardizedRegression([x, z], y);
    expect(model?.coefficients[0]).toBeCloseTo((xy - zy * xz) / (1 - xz * xz), 12);
    expect(model?.coefficients[1]).toBeCloseTo((zy - xy * xz) / (1 - xz * xz), 12);
    expect(model?.explained).toBeCloseTo((xy * xy + zy * zy - 2 * xy * zy * xz) / (1 - xz * xz), 12);
  });

  test('inputs that depend on each other give no regression', () => {
    const x = [1, 2, 3, 4, 5, 6];
    expect(standardizedRegression([x, x.map((v) => 3 - 2 * v)], [2, 1, 4, 3, 7, 5])).toBeNull();
    expect(standardizedRegression([x, [1, 1, 1, 1, 1, 1]], [2, 1, 4, 3, 7, 5])).toBeNull();
  });
});

describe('the text', () => {
  const found = study(
    PARAMETERS,
    200,
    (v) => ({
      'completion.mean': linear(v),
      constant: 3,
    }),
    ['m.known'],
  );

  test('draws the tornado with both ends, marks what is assumed and names what does nothing', () => {
    expect(uncertaintyText(found)).toMatchInlineSnapshot(`
      "Uncertainty of 4 overheads: 200 samples (Latin hypercube), 207 runs in all, the same seeds in each

      metric            typical        p5       p50       p95
      completion.mean      82 s   82.15 s   85.58 s   91.34 s

      What moves completion.mean: 82 s at typical overheads; a straight line through the drivers
        explains 100 % of the variance
               L at low, H at high               low -> high   rank  share
        m.b *      |=====================L      92 s -> 82 s  -0.86   82 %
        m.a    L===|========H                   80 s -> 86 s   0.38   23 %
        m.c *     L|H                       81.5 s -> 82.5 s   0.17    1 %

      Without effect on any metric: m.idle
      Stated by the scenario, so not varied: m.known
      * assumed: no published measurement stands behind the range
      "
    `);
  });

  test('names below a chart what moves other metrics only', () => {
    const two = study(PARAMETERS, 50, (v) => ({ a: v['m.a'] as number, c: v['m.c'] as number }));
    expect(uncertaintyText(two, ['a'])).toContain('\n  No effect on this one: m.c\n');
    expect(uncertaintyText(two, ['a'])).toContain('\nWithout effect on any metric: m.b, m.idle\n');
  });

  test('shows the chart of the metric that is asked for, also if nothing moves it', () => {
    expect(uncertaintyText(found, ['constant'])).toContain(
      'What moves constant: 3 s at typical overheads\n  none of them',
    );
  });

  test('stays within 100 columns with long names and many drivers', () => {
    const many = Array.from({ length: 25 }, (_, i) =>
      stubParameter(`api-remoting.ethernet-10g.something-with-a-very-long-name-${i}`, [0, 1, 2], 'inferred'),
    );
    const wide = study(many, 40, (v) => ({
      'service.inference-of-a-name.latency.p99': many.reduce(
        (s, { id }, i) => s + 1e5 * i * (v[id] as number),
        1e6,
      ),
    }));
    const lines = uncertaintyText(wide).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines.join('\n')).toContain('and 12 more with smaller swings');
  });
});
