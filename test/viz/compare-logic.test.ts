import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReplayState } from '../../sim/observe/replay/index.ts';
import type { Curve } from '../../viz/replay/curve.ts';
import { figuresOf } from '../../viz/views/compare/at-cursor.ts';
import { changedPlaces, comparability, type FirstArrivals } from '../../viz/views/compare/comparable.ts';
import { areaPath, bucketOf, stepPath } from '../../viz/views/compare/curve-chart.ts';
import { differenceText, relativeText } from '../../viz/views/compare/difference-text.ts';
import { compareMetrics } from '../../viz/views/compare/paired-metrics.ts';
import { pairCurve, resample } from '../../viz/views/compare/resample.ts';

describe('curves in other buckets', () => {
  const values = fc.array(fc.option(fc.integer({ min: -50, max: 50 }), { freq: 4 }), {
    minLength: 1,
    maxLength: 12,
  });
  const steps = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 12 });
  const edgesOf = (from: number, widths: readonly number[]) => {
    let at = from;
    return [at, ...widths.map((width) => (at += width))];
  };

  test('are means over what lies in each, as a walk by small steps says', () => {
    fc.assert(
      fc.property(values, fc.nat(9), fc.nat(9), steps, (mean, start, otherStart, widths) => {
        const own = edgesOf(
          start,
          mean.map((_, i) => (widths[i % widths.length] as number) * 2),
        );
        const edges = edgesOf(otherStart, widths);
        const slow = edges.slice(1).map((to, i) => {
          const found: number[] = [];
          // Edges are whole: halves of one are never cut.
          for (let at = (edges[i] as number) + 0.25; at < to; at += 0.5) {
            const bucket = bucketOf(own, at);
            const value = bucket < 0 ? null : (mean[bucket] ?? null);
            if (value !== null) found.push(value);
          }
          return found.length === 0 ? null : found.reduce((sum, each) => sum + each, 0) / found.length;
        });
        const fast = resample({ edges: own, mean }, edges);
        expect(fast.map((value) => value === null)).toEqual(slow.map((value) => value === null));
        for (const [i, value] of fast.entries())
          if (value !== null) expect(value).toBeCloseTo(slow[i] as number, 9);
      }),
    );
  });

  const curve = (more: Partial<Curve>): Curve => ({
    name: 'jobs.waiting',
    title: 'jobs waiting',
    unit: 'jobs',
    edges: [0, 10, 20, 30],
    mean: [1, 2, 3],
    min: [1, 2, 3],
    max: [1, 2, 3],
    ...more,
  });

  test('are those of the coarser run over the span of both, and the difference is second less first', () => {
    const pair = pairCurve(curve({}), curve({ edges: [5, 25, 45], mean: [10, null] }));
    expect(pair?.edges).toEqual([5, 25, 30]);
    expect(pair?.means).toEqual([
      [(5 * 1 + 10 * 2 + 5 * 3) / 20, 3],
      [10, null],
    ]);
    expect(pair?.difference).toEqual([10 - 2, null]);
  });

  test('do not pair with other units, nor without a common span', () => {
    expect(pairCurve(curve({}), curve({ unit: 'GPU' }))).toBeUndefined();
    expect(pairCurve(curve({}), curve({ edges: [30, 40], mean: [1] }))).toBeUndefined();
  });
});

describe('whether two runs can be compared', () => {
  const arrivals = (jobs: readonly (readonly [string, number])[], isAll = true): FirstArrivals => ({
    jobs: jobs.map(([name, atUs]) => ({ name, atUs })),
    isAll,
  });
  const header = (seed: number, scenario: unknown) => ({ seed, scenario });
  const same = arrivals([
    ['a', 0],
    ['b', 5],
  ]);

  test('they can where the same jobs arrive, whatever else differs', () => {
    const said = comparability(
      [
        header(1, { policy: { placement: 'x' }, name: 'one' }),
        header(1, { policy: { placement: 'y' }, name: 'two' }),
      ],
      [same, arrivals(same.jobs.map(({ name, atUs }) => [name, atUs] as const))],
    );
    expect(said).toEqual({
      hasSameArrivals: true,
      problems: [],
      notes: ['The scenarios differ in policy.placement (A x, B y).'],
    });
  });

  test('they cannot where others arrive, and the seed and the workload are named', () => {
    const said = comparability(
      [header(1, { workload: { tasks: 1 } }), header(2, { workload: { tasks: 2 } })],
      [
        same,
        arrivals([
          ['a', 0],
          ['b', 6],
        ]),
      ],
    );
    expect(said.hasSameArrivals).toBe(false);
    expect(said.problems.join(' ')).toMatch(/seeds differ: 1 and 2.*workload\.tasks.*not the same/);
  });

  test('jobs beyond what both lists hold do not count, in whatever order those of a moment come', () => {
    const long = arrivals(
      [
        ['b', 5],
        ['c', 5],
        ['d', 9],
      ],
      false,
    );
    const short = arrivals(
      [
        ['c', 5],
        ['b', 5],
      ],
      false,
    );
    expect(comparability([header(1, {}), header(1, {})], [long, short]).hasSameArrivals).toBe(true);
    const whole = { ...short, isAll: true };
    expect(comparability([header(1, {}), header(1, {})], [long, whole]).hasSameArrivals).toBe(false);
  });

  test('documents differ at the paths of what differs', () => {
    const places = changedPlaces({ a: [1, { b: 2 }], c: null, d: 1 }, { a: [1, { b: 3 }, 4], c: {}, d: 1 });
    expect(places.map(({ path }) => path)).toEqual(['a[1].b', 'a[2]', 'c']);
    expect(places[0]).toEqual({ path: 'a[1].b', first: 2, second: 3 });
  });
});

describe('differences in words', () => {
  test('have a sign and a unit, those of percentages are points, and rounding is none', () => {
    const plain = (text: string) => text.replaceAll('\u00a0', ' ');
    expect(plain(differenceText(3, 5, 'jobs'))).toBe('+2 jobs');
    expect(plain(differenceText(0.5, 0.25, 'fraction'))).toBe('−25.0 points');
    expect(differenceText(0.3, 0.1 + 0.2, 'fraction')).toBe('0');
    expect(differenceText(null, 1, 'jobs')).toBe('-');
    expect(plain(relativeText(4, 5))).toBe('+25.0 %');
    expect(relativeText(0, 5)).toBe('');
  });

  test('of metrics: those of either run, in one unit or none', () => {
    const metric = (value: number | null, unit = 'seconds') => ({ value, unit, n: 1 }) as never;
    const rows = compareMetrics(
      { 'wait.mean': metric(1), x: metric(2), y: metric(3) },
      { 'wait.mean': metric(2), y: metric(3, 'USD'), z: metric(null) },
    );
    expect(rows.map(({ name, unit, differs }) => [name, unit, differs])).toEqual([
      ['wait.mean', 'seconds', true],
      ['x', 'seconds', true],
      ['y', undefined, true],
      ['z', 'seconds', true],
    ]);
  });
});

test('charts break where nothing was measured, and areas come back to zero', () => {
  const x = (at: number) => at;
  const y = (value: number) => -value;
  expect(stepPath([0, 1, 2, 3], [1, null, 2], x, y)).toBe('M0.0 -1.0H1.0M2.0 -2.0H3.0');
  expect(areaPath([0, 1, 2, 3], [1, null, -2], x, y)).toBe(
    'M0.0 0.0L0.0 -1.0H1.0V0.0ZM2.0 0.0L2.0 2.0H3.0V0.0Z',
  );
});

test('figures at the cursor count what the state holds', () => {
  const host = { name: 'h', cpuMilli: 8000, memoryMib: 4096, gpus: [{ model: 'A', count: 3 }] };
  const state = new ReplayState([host as never], [undefined, undefined, undefined]);
  const kind = {
    requests: [{ cpuMilli: 1000, memoryMib: 1024, gpuCount: 1, gpuMilli: 500, models: [] }],
  } as never;
  const job = (slot: number) => ({
    ...{ slot, number: slot, name: `j${slot}`, kind, arrivalUs: 0, durationUs: 9, estimateUs: 9, sinceUs: 0 },
    ...{ startedUs: -1, starts: 0, group: -1, isActive: false, to: undefined, parts: [] },
    phase: 'waiting' as const,
  });
  const [first, second] = [job(0), job(1)];
  state.enter(first);
  state.enter(second);
  state.place(first, [{ request: 0, host: 0, gpus: [1], grant: [] }]);
  state.gpuClosedFor[2] = 1;
  state.nowUs = 4e6;
  const values = Object.fromEntries(figuresOf(state, 3e6).map(({ key, value }) => [key, value]));
  expect(values).toMatchObject({
    ...{ gpus: 3, open: 2, taken: 0.5, takenShare: 0.5 / 3, used: 0.5, running: 1, atRest: 0, waiting: 1 },
    ...{ waitNow: 4, longest: 4, meanWait: 3, placed: 1 },
  });
});
