import { describe, expect, test } from 'vitest';
import { runUntilPrecise } from '../../../cli/executors/replications.ts';
import {
  decidePrecision,
  precisionNotes,
  UnknownMetricError,
} from '../../../sim/experiment/statistics/index.ts';
import { replicate } from '../../../sim/index.ts';
import { RandomStream } from '../../../sim/kernel/random.ts';
import { Tally } from '../../../sim/kernel/stats/tally.ts';
import { normal } from '../../stats/lindley.ts';
import { queueScenario, reading, upTo } from './runs.ts';

const values = (list: readonly number[]) => list.map((value, i) => reading(i, { 'wait.mean': value }));
const target = (within: number, isRelative = true) => ({ metric: 'wait.mean', within, isRelative });

describe('decidePrecision', () => {
  test('asks for the pilot first, then for what its spread says by the formula', () => {
    const precision = { targets: [target(0.5, false)], pilot: 10, most: 1000 };
    expect(decidePrecision([], precision)).toEqual({ total: 10, targets: [] });
    const pilot = values([8, 12, 9, 11, 10, 13, 7, 10, 9, 11]);
    // s = 1.825742, t(0.975, 9) = 2.262157: (2.262157 * 1.825742 / 0.5)^2 = 68.23.
    const decision = decidePrecision(pilot, precision);
    expect(decision.total).toBe(69);
    expect(decision.targets[0]).toMatchObject({ reached: false, needed: 69, value: 10 });
    const relative = decidePrecision(pilot, { ...precision, targets: [target(0.05)] });
    // 0.05 / 1.05 of 10.
    expect(relative.total).toBe(
      Math.ceil(((2.2621571628 * Tally.of([8, 12, 9, 11, 10, 13, 7, 10, 9, 11]).stdDev) / (0.5 / 1.05)) ** 2),
    );
  });

  test('stops where all targets are reached, and at most where they are not', () => {
    const same = values(new Array(10).fill(4));
    expect(decidePrecision(same, { targets: [target(0.01)], pilot: 10, most: 50 }).total).toBe(10);
    const wild = values(upTo(50).map((i) => (i % 2) * 100));
    const decision = decidePrecision(wild, { targets: [target(0.001)], pilot: 10, most: 50 });
    expect(decision.total).toBe(50);
    expect(precisionNotes(decision, 50, 'as many as precision.most allows')[0]).toMatch(
      /^Precision not reached: wait\.mean within 0\.1 % after 50 runs .* it takes about \d+$/,
    );
  });

  test('knows a metric that is not there, and one without a value', () => {
    const precision = { targets: [{ metric: 'wait.men', within: 1, isRelative: false }], pilot: 5, most: 9 };
    expect(() => decidePrecision(values([1, 2, 3, 4, 5]), precision)).toThrow(UnknownMetricError);
    const none = upTo(5).map((seed) => reading(seed, { 'wait.mean': null }));
    expect(decidePrecision(none, { ...precision, targets: [target(1)] })).toMatchObject({
      total: 9,
      targets: [{ reached: false, needed: null, value: null }],
    });
  });

  test('covers the true mean of 600 sequences stopped at 5 % of it, and is as narrow as asked', () => {
    const random = RandomStream.named(2, 'x');
    let covers = 0;
    let sizes = 0;
    for (let r = 0; r < 600; r++) {
      const precision = { targets: [target(0.05)], pilot: 10, most: 100_000 };
      const runs: ReturnType<typeof reading>[] = [];
      for (;;) {
        const { total, targets } = decidePrecision(runs, precision);
        if (total === runs.length) {
          const [lo, hi] = targets[0]?.ci95 ?? [0, 0];
          expect(targets[0]?.reached).toBe(true);
          expect((hi - lo) / (hi + lo)).toBeLessThanOrEqual(0.05);
          if (lo <= 10 && hi >= 10) covers += 1;
          sizes += total;
          break;
        }
        while (runs.length < total) runs.push(reading(runs.length, { 'wait.mean': 10 + 2 * normal(random) }));
      }
    }
    // 0.95 less 3.3 standard errors.
    expect(covers / 600).toBeGreaterThan(0.92);
    expect(sizes / 600).toBeGreaterThan(60);
  });
});

describe('runUntilPrecise', () => {
  const scenario = queueScenario({
    tasks: 300,
    experiment: '{ kind: timed, precision: { targets: [{ metric: completion.mean, within: 8% }] } }',
  });
  const run = { scenario, document: undefined, traces: {}, folder: '.', workers: 1, hooks: {} };

  test('runs the first seeds, as many as the rule says, and no more', async () => {
    const { replications, decision, isOutOfTime } = await runUntilPrecise({ ...run, onReplication() {} });
    expect(isOutOfTime).toBe(false);
    expect(decision.targets[0]).toMatchObject({ reached: true });
    expect(replications.length).toBeGreaterThanOrEqual(10);
    expect(replications.map(({ seed }) => seed)).toEqual(upTo(replications.length));
    expect(replications[3]?.digest).toBe(replicate(scenario, {}, 4).digest);
  });

  test('begins no more when time is up, and keeps the first ones', async () => {
    let asked = 0;
    const { replications, isOutOfTime } = await runUntilPrecise(
      { ...run, onReplication() {} },
      () => ++asked > 3,
    );
    expect(isOutOfTime).toBe(true);
    expect(replications.map(({ seed }) => seed)).toEqual(upTo(replications.length));
    expect(replications.length).toBeLessThan(10);
    expect(replications.length).toBeGreaterThan(0);
  });
});
