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

  test.each([
    ['vgpu', 'L4', { mode: 'vgpu', series: 'Q' }, { profile: 'L4-4Q' }, { profile: 'L4-24Q' }, true],
    ['sriov', 'Radeon Pro V620', { mode: 'sriov', vfs: 4 }, { memory: '6GiB' }, { memory: '20GiB' }, false],
  ])('lets cards of %s follow the demand', (_, model, sharing, small, large, isOpen) => {
    const written = (repartition: unknown) => {
      const base = document(repartition);
      const [first, second] = base.workload.synthetic.classes;
      return {
        ...base,
        fleet: {
          hosts: [{ name: 'g', count: 1, cpu: 64, memory: '512GiB', gpus: { model, count: 2 }, sharing }],
        },
        workload: {
          synthetic: {
            ...base.workload.synthetic,
            classes: [
              { ...first, slot: large, use: { busy: '10%', compute: '10%', bandwidth: '10%' } },
              { ...second, slot: small, weight: 4, use: { busy: '10%', compute: '10%', bandwidth: '10%' } },
            ],
          },
        },
      };
    };
    // As they are, only cards that are open to any size take both.
    expect(problemsOf(written(undefined)).join()).toMatch(isOpen ? /^$/ : /could never be given/);
    expect(problemsOf(written([{ hosts: 'g', policy: 'defragment' }])).join()).toMatch(/mig or mig-vgpu/);
    expect(problemsOf(written([{ hosts: 'g', policy: 'on-demand' }])).join()).toMatch(
      isOpen ? /by itself/ : /^$/,
    );
    const result = normalizeScenario(
      written([
        {
          hosts: 'g',
          policy: 'periodic',
          every: '5m',
          running: 'move',
          migrate: isOpen ? 'vsphere-7.0' : 'cold',
        },
      ]),
    );
    if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join());
    const run = replicate(result.scenario, {}, 1);
    const value = (name: string) => run.readings.find(([known]) => known === name)?.[1].value;
    expect(value('jobs.rejected')).toBe(0);
    expect(value('repartition.done')).toBeGreaterThan(0);
    expect(value('repartition.time.change')).toBe(isOpen ? 0 : 5 * (value('repartition.done') as number));
    expect(normalizeScenario(result.document)).toEqual(result);
  });
});
