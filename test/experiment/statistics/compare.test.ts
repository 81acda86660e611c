import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compareMetrics, statedDirection } from '../../../sim/experiment/statistics/index.ts';
import { RandomStream } from '../../../sim/kernel/random.ts';
import { Tally } from '../../../sim/kernel/stats/tally.ts';
import { normal } from '../../stats/lindley.ts';
import { queueScenario, reading, replications, upTo } from './runs.ts';

const side = (values: readonly number[], from = 1, name = 'wait.mean') =>
  values.map((value, i) => reading(from + i, { [name]: value }));

describe('compareMetrics', () => {
  test("gives the worked paired t test of Student's sleep data", () => {
    // Student, Biometrika 6 (1908): extra hours of sleep under two drugs; R's t.test(paired): t = 4.0621, p = 0.002833,
    // interval 0.7001 to 2.4599.
    const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const [row] = compareMetrics(side(first), side(second));
    expect(row?.difference).toBeCloseTo(1.58, 12);
    expect(row?.p).toBeCloseTo(0.002833, 6);
    expect(row?.ci95?.[0]).toBeCloseTo(0.7001142, 6);
    expect(row?.ci95?.[1]).toBeCloseTo(2.4598858, 6);
    expect(row).toMatchObject({ isPaired: true, n: 10, verdict: 'worse', better: 'lower', needed: null });
    // R's t.test without pairing (Welch): p = 0.07939, interval -0.2054832 to 3.3654832.
    const [apart] = compareMetrics(side(first), side(second), { paired: false });
    expect(apart?.p).toBeCloseTo(0.07939, 5);
    expect(apart?.ci95?.[0]).toBeCloseTo(-0.2054832, 6);
    expect(apart).toMatchObject({ isPaired: false, verdict: 'no-difference-shown' });
    expect(apart?.needed).toBeGreaterThan(10);
    const [others] = compareMetrics(side(first), side(second, 100));
    expect(others?.p).toBe(apart?.p);
  });

  test('pairs by seed, whatever the order, and leaves out seeds without a partner', () => {
    const base = [
      reading(1, { 'wait.mean': 10 }),
      reading(2, { 'wait.mean': 20 }),
      reading(3, { 'wait.mean': 31 }),
    ];
    const candidate = [
      reading(3, { 'wait.mean': 30 }),
      reading(1, { 'wait.mean': 9 }),
      reading(9, { 'wait.mean': 99 }),
    ];
    const [row] = compareMetrics(base, candidate);
    expect(row).toMatchObject({ n: 2, difference: -1, base: 20.5, candidate: 19.5, verdict: 'better' });
  });

  test('says why two things are not comparable', () => {
    const reasons = compareMetrics(
      [reading(1, { a: 1, b: null, c: 4 }), reading(2, { a: 2, b: null, c: 5 })],
      [reading(1, { a: 1, b: 3, d: 1 }), reading(2, { a: 2, b: 4, d: 1 })],
    ).map(({ metric, verdict, reason }) => [metric, verdict, reason]);
    expect(reasons).toEqual([
      ['a', 'no-difference-shown', undefined],
      ['b', 'not-comparable', 'no seed has a value on both sides'],
      ['c', 'not-comparable', 'no seed has a value on both sides'],
      ['d', 'not-comparable', 'no seed has a value on both sides'],
    ]);
    const [one] = compareMetrics(side([1]), side([2]));
    expect(one).toMatchObject({ verdict: 'not-comparable', difference: 1, ci95: null });
    const [units] = compareMetrics([reading(1, { a: 1 })], [reading(1, { a: 1 }, 'jobs')]);
    expect(units?.reason).toBe('the base has it in seconds, the candidate in jobs');
    expect(() => compareMetrics([reading(1, {}), reading(1, {})], [])).toThrow('same seed');
  });

  test('counts jobs that one side never had as none, and calls what is better neither way different', () => {
    const base = upTo(5).map((seed) => reading(seed, { 'jobs.rejected.cpu': 10 + (seed % 2) }, 'jobs'));
    const none = upTo(5).map((seed) => reading(seed, {}));
    expect(compareMetrics(base, none)[0]).toMatchObject({ candidate: 0, verdict: 'better' });
    const [events] = compareMetrics(side([1, 2, 3], 1, 'events'), side([11, 12.5, 13], 1, 'events'));
    expect(events?.verdict).toBe('differs');
  });

  test('a difference that is the same in every pair is shown, and rounding is none', () => {
    expect(compareMetrics(side([1, 2, 3]), side([1.5, 2.5, 3.5]))[0]).toMatchObject({
      p: 0,
      verdict: 'worse',
    });
    expect(compareMetrics(side([0.3, 0.3]), side([0.1 + 0.2, 0.1 + 0.2]))[0]?.verdict).toBe(
      'no-difference-shown',
    );
  });

  test('500 comparisons of the same with the same find a difference in 3 to 7 % unadjusted, in any of 20 metrics in at most 5 % by Holm', () => {
    const random = RandomStream.named(11, 'aa');
    let unadjusted = 0;
    let welch = 0;
    let family = 0;
    const metrics = upTo(20).map((m) => `m${m}`);
    for (let r = 0; r < 500; r++) {
      const make = (from: number) =>
        upTo(8, from).map((seed) =>
          reading(seed, Object.fromEntries(metrics.map((m) => [m, normal(random)]))),
        );
      const a = make(1);
      const b = make(1);
      const only = { metrics: ['m1'], adjustment: 'none' } as const;
      if (compareMetrics(a, b, only)[0]?.verdict !== 'no-difference-shown') unadjusted += 1;
      if (compareMetrics(a, b, { ...only, paired: false })[0]?.verdict !== 'no-difference-shown') welch += 1;
      if (compareMetrics(a, b).some(({ verdict }) => verdict !== 'no-difference-shown')) family += 1;
    }
    expect(unadjusted / 500).toBeGreaterThanOrEqual(0.03);
    expect(unadjusted / 500).toBeLessThanOrEqual(0.07);
    expect(welch / 500).toBeGreaterThanOrEqual(0.03);
    expect(welch / 500).toBeLessThanOrEqual(0.07);
    // 0.05 and 2.2 standard errors.
    expect(family / 500).toBeLessThanOrEqual(0.071);
  }, 30_000);

  test('run times 2 % shorter are shown by few pairs and not by as many independent runs', () => {
    // Without a queue every job takes its run time: the true difference is 2 % of it, 6 s.
    const options = { gpus: 16, load: 0.2, tasks: 300 };
    const base = replications(queueScenario(options), upTo(5));
    const candidate = replications(queueScenario({ ...options, meanMin: 4.9 }), upTo(5));
    const apart = replications(queueScenario({ ...options, meanMin: 4.9 }), upTo(5, 1001));
    const metrics = ['completion.mean'];
    const [paired] = compareMetrics(base, candidate, { metrics });
    expect(paired?.verdict).toBe('better');
    expect(paired?.relative).toBeCloseTo(-0.02, 3);
    const [unpaired] = compareMetrics(base, apart, { metrics });
    expect(unpaired?.verdict).toBe('no-difference-shown');
    expect(unpaired?.needed).toBeGreaterThan(5);
    const spread = (rows: typeof base) =>
      Tally.of(rows.map(({ readings }) => new Map(readings).get('completion.mean')?.value ?? Number.NaN))
        .stdDev;
    expect(spread(base)).toBeGreaterThan(5 * ((paired?.ci95?.[1] ?? 0) - (paired?.ci95?.[0] ?? 0)));
  });
});

describe('directions of metrics', () => {
  test('are stated for every metric that docs/results.md names', () => {
    const text = readFileSync('docs/results.md', 'utf8').split('## What it rests on')[0] ?? '';
    const missing: string[] = [];
    for (const [, names = ''] of text.matchAll(/^\| (`[^|]*`) \| [^|]+ \| .+ \|$/gm)) {
      let last = '';
      for (const [, name = ''] of names.matchAll(/`([^`]+)`/g)) {
        last = name.startsWith('.') ? last.replace(/\.[^.]+$/, name) : name;
        if (statedDirection(last) === undefined) missing.push(last);
      }
    }
    expect(missing).toEqual([]);
  });
});
