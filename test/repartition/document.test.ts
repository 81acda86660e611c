import { describe, expect, test } from 'vitest';
import { normalizeScenario, replicate } from '../../sim/index.ts';

const document = (repartition: unknown, layout: readonly string[] | null = ['3g.40gb', '3g.40gb']) => ({
  apiVersion: 'slicewise/v1',
  name: 'anew',
  fleet: {
    hosts: [
      {
        name: 'g',
        count: 2,
        cpu: 64,
        memory: '512GiB',
        gpus: { model: 'A100-SXM4-80GB', count: 2 },
        sharing: { mode: 'mig', layout },
      },
      { name: 'plain', cpu: 64, memory: '512GiB', gpus: { model: 'A100-SXM4-80GB', count: 1 } },
    ],
  },
  workload: {
    synthetic: {
      until: '4h',
      arrivals: { process: 'poisson', rate: '20/h' },
      classes: [
        {
          name: 'half',
          cpu: 1,
          memory: '1GiB',
          gpus: 1,
          slot: { profile: '3g.40gb' },
          lifetime: { kind: 'exponential', mean: '10m' },
        },
        {
          name: 'tiny',
          cpu: 1,
          memory: '1GiB',
          gpus: 1,
          slot: { profile: '1g.10gb' },
          lifetime: { kind: 'exponential', mean: '10m' },
        },
      ],
    },
  },
  repartition,
  experiment: { kind: 'timed', horizon: '6h' },
});

const problemsOf = (written: unknown) => {
  const result = normalizeScenario(written);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
};

describe('The section repartition', () => {
  test('lets jobs run whose profile the layout at the start does not have', () => {
    const fixed = problemsOf(document(undefined));
    expect(fixed.join()).toMatch(/could never be given/);
    const result = normalizeScenario(document([{ hosts: 'g', policy: 'periodic', every: '10m' }]));
    expect(result.ok).toBe(true);
    if (!result.ok) return;
    const run = replicate(result.scenario, {}, 1);
    const value = (name: string) => run.readings.find(([known]) => known === name)?.[1].value;
    expect(value('jobs.rejected')).toBe(0);
    expect(value('repartition.done')).toBeGreaterThan(0);
    expect(value('repartition.stopped')).toBe(0);
    expect(normalizeScenario(result.document)).toEqual(result);
  });

  test('tells everything that is wrong with it at once', () => {
    expect(
      problemsOf(
        document([
          { hosts: 'g', policy: 'on-demand', every: '10m' },
          { hosts: ['g-0000', 'nobody', 'plain'], policy: 'periodic', maxMoves: 1 },
        ]),
      ),
    ).toEqual([
      expect.stringMatching(/repartition\[0\]\.every.*policy on-demand has no such option/),
      expect.stringMatching(/repartition\[1\]\.maxMoves.*policy periodic has no such option/),
      expect.stringMatching(/repartition\[0\]\.hosts.*states no layout/),
      expect.stringMatching(/repartition\[1\]\.hosts\[0\].*one entry only/),
      expect.stringMatching(/repartition\[1\]\.hosts\[1\].*got "nobody"/),
      expect.stringMatching(/repartition\[1\]\.hosts\[2\].*sharing: mig/),
    ]);
  });
});
