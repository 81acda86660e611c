import { describe, expect, test } from 'vitest';
import { observed, servedWorse } from '../../sim/experiment/give-back/observed.ts';
import { normalizeScenario, replicate } from '../../sim/index.ts';
import { bucketOf, changeOf, smallFleet } from './small-fleet.ts';

const SEEDS = [1, 2, 3, 4, 5];

const runsOf = (document: object) => {
  const checked = normalizeScenario(document);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return SEEDS.map((seed) => observed(replicate(checked.scenario, {}, seed)));
};

describe('As few as serve everybody as well', () => {
  test.each(['2/h', '9/h', '16/h'])(
    'are found by halving as by trying every number of hosts, at %s',
    (rate) => {
      const with_ = (count: number) => smallFleet({ count }, [{}], { rate });
      const base = runsOf(with_(7));
      const serves = [1, 2, 3, 4, 5, 6].filter(
        (count) => servedWorse(base, runsOf(with_(count))).length === 0,
      );
      const fewest = serves[0] ?? 7;
      const found = changeOf(bucketOf(with_(7), 'no-demand', SEEDS), ' of h in place of 7');
      const tried = Math.min(fewest, 6);
      expect(found.set).toEqual({ 'fleet.hosts.h.count': tried });
      expect(found.isConfirmed).toBe(fewest < 7);
      expect(found.gpuHours).toBeCloseTo((7 - tried) * 4 * 48, 9);
    },
  );

  test('a host group that nobody needs can go as a whole, one that is named elsewhere cannot', () => {
    const document = smallFleet({}, [{ models: ['A100-40GB'] }], { rate: '2/h' });
    document.fleet.hosts.push({
      ...document.fleet.hosts[0]!,
      name: 'spare',
      count: 3,
      gpus: { model: 'L4', count: 2 },
    });
    const found = bucketOf(document, 'no-demand', SEEDS);
    expect(changeOf(found, 'without spare')).toMatchObject({
      set: { 'fleet.hosts.spare': null },
      isConfirmed: true,
    });
    const pooled = { ...document, policy: { pools: [{ name: 'other', hosts: ['spare'] }] } };
    const kept = changeOf(bucketOf(pooled, 'no-demand', SEEDS), 'of spare in place of 3');
    expect(kept).toMatchObject({ set: { 'fleet.hosts.spare.count': 1 }, isConfirmed: true });
  });

  test('GPUs of each host are counted down as hosts are', () => {
    const found = bucketOf(
      smallFleet({ count: 1, gpus: { model: 'A100-40GB', count: 16 } }, [{}], { rate: '2/h' }),
      'no-demand',
      SEEDS,
    );
    const change = changeOf(found, 'GPUs in h in place of 16');
    const left = (change.set['fleet.hosts.h.gpus'] as { count: number }[])[0]!.count;
    expect(left).toBeGreaterThan(3);
    expect(left).toBeLessThan(12);
    expect(change).toMatchObject({ isConfirmed: true, gpuHours: (16 - left) * 48 });
  });
});

describe('Who is served worse', () => {
  const runs = (...values: readonly (readonly [wait: number, placed: number])[]) =>
    values.map(([wait, placed]) => ({
      values: new Map([
        ['wait.p95', wait],
        ['jobs.placed', placed],
      ]),
    }));
  const base = runs([10, 100], [12, 100], [14, 100]);

  test('is whose value is worse by more than the interval of the value itself', () => {
    // Mean 12, standard deviation 2, three runs: half the interval is 4.303 * 2 / sqrt(3) = 4.97.
    expect(servedWorse(base, runs([14, 100], [16, 100], [18, 100]))).toEqual([]);
    expect(servedWorse(base, runs([15, 100], [17, 100], [19, 100]))).toEqual(['wait.p95']);
    // The difference is 4 on average, but not known to be below 4.97.
    expect(servedWorse(base, runs([10, 100], [16, 100], [22, 100]))).toEqual(['wait.p95']);
    // Less waiting is no harm; fewer jobs are, of which all runs had as many.
    expect(servedWorse(base, runs([1, 100], [1, 100], [1, 99]))).toEqual(['jobs.placed']);
  });

  test('of single runs is who is worse at all', () => {
    expect(servedWorse(runs([10, 5]), runs([10, 5]))).toEqual([]);
    expect(servedWorse(runs([10, 5]), runs([10.1, 5]))).toEqual(['wait.p95']);
    expect(servedWorse(runs([10, 5]), runs([10, 4]))).toEqual(['jobs.placed']);
  });
});
