import { describe, expect, test } from 'vitest';
import { compareMetrics } from '../../sim/experiment/statistics/index.ts';
import { RandomStream } from '../../sim/kernel/random.ts';
import {
  checkObservedUnits,
  type Judgement,
  judge,
  missingMetrics,
  type RunValues,
  readObjective,
  type Samples,
} from '../../sim/objectives/index.ts';
import { reading } from '../experiment/statistics/runs.ts';
import { normal } from '../stats/lindley.ts';
import { runsOf, runWith } from './runs.ts';

function conditionOf(text: string) {
  const read = readObjective(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.condition;
}

const judged = (text: string, samples: Samples): Judgement => judge(conditionOf(text), text, samples);
const alone = (candidate: readonly RunValues[]): Samples => ({ kind: 'alone', candidate });
const waits = (values: readonly (number | null)[]) => runsOf('wait.mean', 'seconds', values);

/** Student 1908, extra sleep with the second drug; R's t.test: mean 2.33, interval 0.8976775 to 3.7623225. */
const SLEEP = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
const FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];

describe('verdicts by the interval', () => {
  test.each([
    ['wait.mean < 3.7624 s', 'pass'],
    ['wait.mean < 3.7622 s', 'undecided'],
    ['wait.mean < 0.8977 s', 'undecided'],
    ['wait.mean < 0.8976 s', 'fail'],
    ['wait.mean > 0.8976 s', 'pass'],
    ['wait.mean >= 0.8977 s', 'undecided'],
    ['wait.mean > 3.7624 s', 'fail'],
    ['wait.mean == 2.33 s', 'undecided'],
    ['wait.mean == 4 s', 'fail'],
    ['wait.mean != 4 s', 'pass'],
    ['2 * wait.mean - 1 s < 6.5248 s', 'pass'],
    ['not wait.mean < 3.7624 s', 'fail'],
    ['wait.mean < 3 s and wait.mean < 0.5 s', 'fail'],
    ['wait.mean < 3 s and wait.mean < 5 s', 'undecided'],
    ['wait.mean < 3 s or wait.mean < 5 s', 'pass'],
    ['wait.mean < 3 s or wait.mean < 0.5 s', 'undecided'],
  ] as const)('%s: %s', (text, verdict) => {
    expect(judged(text, alone(waits(SLEEP))).verdict).toBe(verdict);
  });

  test("the interval is Student's, of what is worked out in each replication", () => {
    const [{ left, margin, n } = never()] = judged('wait.mean < 3 s', alone(waits(SLEEP))).comparisons;
    expect(left?.value).toBeCloseTo(2.33, 12);
    expect(left?.ci95?.[0]).toBeCloseTo(0.8976775, 6);
    expect(left?.ci95?.[1]).toBeCloseTo(3.7623225, 6);
    expect(margin?.value).toBeCloseTo(-0.67, 12);
    expect(n).toBe(10);
    // The mean of quotients, not the quotient of means: 1/2 and 4/8 are both a half.
    const runs = [
      [1, 2],
      [4, 8],
    ].map(([a, b], i) =>
      runWith(i, {
        'wait.mean': { value: a ?? 0, unit: 'seconds' },
        'completion.mean': { value: b ?? 0, unit: 'seconds' },
      }),
    );
    const quotient = judged('wait.mean / completion.mean == 50%', alone(runs));
    expect(quotient.verdict).toBe('pass');
  });
});

const never = (): never => {
  throw new Error('is there');
};

describe('how many replications it takes', () => {
  test('more make the verdict clear, if mean and spread stay, and no fewer do', () => {
    const text = 'wait.mean < 2.6 s';
    const { needed } = judged(text, alone(waits(SLEEP)));
    expect(needed).toBeGreaterThan(0);
    const mean = 2.33;
    // Two values about the mean, with the very spread that the sample has.
    const spread = 2.002249;
    const sample = (n: number) => {
      const far = spread * Math.sqrt((n - 1) / (2 * Math.floor(n / 2)));
      return Array.from({ length: n }, (_, i) =>
        n % 2 === 1 && i === 0 ? mean : mean + (i % 2 === 0 ? far : -far),
      );
    };
    expect(judged(text, alone(waits(sample(10)))).needed).toBe(needed);
    expect(judged(text, alone(waits(sample(10 + (needed ?? 0))))).verdict).toBe('pass');
    expect(judged(text, alone(waits(sample(9 + (needed ?? 0))))).verdict).toBe('undecided');
  });

  test('no number does where the mean lies on the limit, or so near that it takes more than anybody runs', () => {
    expect(judged('wait.mean < 2 s', alone(waits([1, 3]))).needed).toBeNull();
    expect(judged('wait.mean < 2.0000001 s', alone(waits([1, 3]))).needed).toBeNull();
    expect(judged('wait.mean < 2.5 s and wait.mean < 2 s', alone(waits([1, 3]))).needed).toBeNull();
  });

  test('of several comparisons the one that takes most counts', () => {
    const near = judged('wait.mean < 2.6 s', alone(waits(SLEEP))).needed ?? 0;
    const far = judged('wait.mean < 3.5 s', alone(waits(SLEEP))).needed ?? 0;
    expect(near).toBeGreaterThan(far);
    expect(judged('wait.mean < 3.5 s and wait.mean < 2.6 s', alone(waits(SLEEP))).needed).toBe(near);
  });
});

describe('runs that say little', () => {
  test('one replication gives the verdict of that run, and says so', () => {
    const found = judged('wait.mean < 3 s', alone(waits([2])));
    expect(found).toMatchObject({ verdict: 'pass', isOneRun: true, needed: null });
    expect(found.comparisons[0]?.left).toEqual({ value: 2, ci95: null });
    expect(judged('wait.mean < 2 s', alone(waits([2]))).verdict).toBe('fail');
    expect(judged('wait.mean <= 2 s', alone(waits([2]))).verdict).toBe('pass');
  });

  test('replications without a value are left out, and without any there is no verdict', () => {
    expect(judged('wait.mean < 3 s', alone(waits([1, null, 1, null])))).toMatchObject({ verdict: 'pass' });
    const nothing = judged('wait.mean < 3 s', alone(waits([null, null])));
    expect(nothing.verdict).toBe('not-measured');
    expect(nothing.comparisons[0]?.reason).toBe('there was nothing to measure');
    expect(judged('wait.mean < 3 s and wait.mean < 4 s', alone(waits([null]))).verdict).toBe('not-measured');
    expect(judged('not wait.mean < 3 s', alone(waits([null]))).verdict).toBe('not-measured');
  });

  test('a count that no run lists is none, any other metric is missing', () => {
    expect(judged('jobs.failed == 0', alone(waits([1, 2]))).verdict).toBe('pass');
    const condition = conditionOf('stretch.mean < 2 and jobs.preemptions < 1 and wait.mean < 3 s');
    expect(missingMetrics(condition, alone(waits([1, 2])))).toEqual([{ name: 'stretch.mean' }]);
  });

  test('a quotient by 0 in some of them has no finite mean', () => {
    const runs = [0, 2].map((value, i) =>
      runWith(i, {
        'wait.mean': { value, unit: 'seconds' },
        'completion.mean': { value: 1, unit: 'seconds' },
      }),
    );
    const found = judged('completion.mean / wait.mean < 3', alone(runs));
    expect(found.verdict).toBe('undecided');
    expect(found.comparisons[0]?.reason).toMatch(/divided by 0/);
    expect(judged('completion.mean / wait.mean < 3', alone(runs.slice(0, 1))).verdict).toBe('fail');
  });

  test('money of another currency than the expression says is no match', () => {
    const runs = alone(runsOf('cost.perMonth', 'EUR/month', [1, 2]));
    expect(checkObservedUnits(conditionOf('cost.perMonth < 40 USD'), runs)).toHaveLength(1);
    expect(checkObservedUnits(conditionOf('cost.perMonth < 40 EUR'), runs)).toEqual([]);
    expect(
      checkObservedUnits(conditionOf('metric("some.new") < 3 s'), alone(runsOf('some.new', 'jobs', [1]))),
    ).toHaveLength(1);
  });
});

describe('against a base', () => {
  const paired = (base: readonly number[], candidate: readonly number[]): Samples => ({
    kind: 'paired',
    base: waits(base),
    candidate: waits(candidate),
  });
  const apart = (base: readonly number[], candidate: readonly number[]): Samples => ({
    kind: 'apart',
    base: waits(base),
    candidate: waits(candidate),
  });

  test("paired, the change has the interval of Student's paired test", () => {
    const [{ left } = never()] = judged('change(wait.mean) > 0', paired(FIRST, SLEEP)).comparisons;
    expect(left?.ci95?.[0]).toBeCloseTo(0.7001142, 6);
    expect(left?.ci95?.[1]).toBeCloseTo(2.4598858, 6);
    expect(judged('wait.mean > base.wait.mean', paired(FIRST, SLEEP)).verdict).toBe('pass');
    expect(judged('candidate.wait.mean > base.wait.mean', apart(FIRST, SLEEP)).verdict).toBe('undecided');
  });

  test("apart, the change has Welch's interval", () => {
    const [{ left } = never()] = judged('change(wait.mean) > 0', apart(FIRST, SLEEP)).comparisons;
    expect(left?.ci95?.[0]).toBeCloseTo(-0.2054832, 6);
    expect(left?.ci95?.[1]).toBeCloseTo(3.3654832, 6);
  });

  test('verdicts of a bare change are those of the table of metrics', () => {
    const stream = RandomStream.named(7, 'gate');
    for (let round = 0; round < 50; round++) {
      const values = (shift: number) => Array.from({ length: 8 }, () => 10 + shift + normal(stream));
      const [base, candidate] = [values(0), values(round / 50)];
      const side = (of: readonly number[]) => of.map((value, i) => reading(i + 1, { 'wait.mean': value }));
      for (const isPaired of [true, false]) {
        const [row] = compareMetrics(side(base), side(candidate), { paired: isPaired });
        const samples = isPaired ? paired(base, candidate) : apart(base, candidate);
        const [found] = judged('change(wait.mean) > 0', samples).comparisons;
        expect(found?.left?.ci95?.[0]).toBeCloseTo(row?.ci95?.[0] ?? Number.NaN, 9);
        expect(found?.left?.ci95?.[1]).toBeCloseTo(row?.ci95?.[1] ?? Number.NaN, 9);
      }
    }
  });

  test('delta is relative, 0 where nothing changed from 0, and infinite where it came from 0', () => {
    expect(judged('delta(wait.mean) <= 5 %', paired([100, 200], [105, 210])).verdict).toBe('pass');
    expect(judged('delta(wait.mean) < 4.9 %', paired([100, 200], [105, 210])).verdict).toBe('fail');
    expect(judged('delta(wait.mean) == 0', paired([0, 0], [0, 0])).verdict).toBe('pass');
    expect(judged('delta(wait.mean) < 5 %', paired([0, 0], [1, 2])).verdict).toBe('fail');
    expect(judged('delta(wait.mean) < 5 %', paired([0, 1], [1, 1])).verdict).toBe('undecided');
  });

  test('a quantity with a right half as wide covers: 95 % of jackknife intervals of a quotient hold the true one', () => {
    const stream = RandomStream.named(11, 'jackknife');
    let held = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round++) {
      const values = (mean: number) => Array.from({ length: 12 }, () => mean + normal(stream));
      const [{ left } = never()] = judged('delta(wait.mean) > 0', apart(values(10), values(12))).comparisons;
      if (left?.ci95 != null && left.ci95[0] <= 0.2 && left.ci95[1] >= 0.2) held += 1;
    }
    expect(held / rounds).toBeGreaterThan(0.92);
    expect(held / rounds).toBeLessThan(0.98);
  });
});

test('a part of the run is read by what it is called', () => {
  const run = runWith(1, {}, { 'pool:a': { 'gpu.allocated.mean': { value: 0.6, unit: 'fraction' } } });
  expect(judged('metric("gpu.allocated.mean", pool: "a") > 50%', alone([run])).verdict).toBe('pass');
  expect(missingMetrics(conditionOf('mean(gpu.allocated, pool: "b") > 50%'), alone([run]))).toEqual([
    { name: 'gpu.allocated.mean', group: { by: 'pool', name: 'b' } },
  ]);
});
