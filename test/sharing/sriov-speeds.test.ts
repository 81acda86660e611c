import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SRIOV_GPUS } from '../../sim/hardware/index.ts';
import type { ConfigOf } from '../../sim/sharing/index.ts';
import { vfScheduler, vfSchedulers } from '../../sim/sharing/modes/sriov/schedulers.ts';
import { sriov } from '../../sim/sharing/modes/sriov.ts';
import { cardOf, seated, sharesByBisection, values } from './vgpu-cards.ts';

const LONE = 0.985;
const KEPT = 0.95 / LONE;
const record = (id: string) => SRIOV_GPUS.find((each) => each.id === id)!;

function speeds(
  model: string,
  config: Omit<ConfigOf<'sriov'>, 'mode'>,
  all: Parameters<typeof seated>[0],
): number[] {
  const spec =
    model === 's7150' ? { model, catalogue: null, memoryMib: 8192, linkBytesPerSec: 1e15 } : cardOf(model);
  const options = { mode: 'sriov' as const, ...config };
  expect(sriov.check(options, spec)).toEqual([]);
  const into = new Float64Array(all.length).fill(Number.NaN);
  sriov.createCard(options, spec, values()).speeds(seated(all), into);
  return [...into];
}

const VFS = 5;
const tenants = fc.array(
  fc.record({
    busy: fc.oneof(fc.constant(1), fc.constant(1 / VFS), fc.double({ min: 0.001, max: 1, noNaN: true })),
    idle: fc.boolean(),
    processes: fc.integer({ min: 1, max: 5 }),
  }),
  { minLength: 1, maxLength: VFS },
);

describe.each([
  ['flex-170', 'Flexible_30fps', 'active'],
  ['flex-170', 'fixed 30fps', 'places'],
  ['flex-170', 'Flexible_BurstableQoS', 'active'],
  ['s7150', '0', 'running'],
  ['s7150', '1', 'places'],
] as const)('functions of %s with scheduler %s', (model, scheduler, holders) => {
  test('get what the rule gives, worked out the slow way', () => {
    fc.assert(
      fc.property(tenants, (all) => {
        const needs = all.map((each) => (each.idle ? 0 : each.busy));
        const working = needs.filter((need) => need > 0).length;
        let shares: number[];
        if (holders === 'active')
          shares = sharesByBisection(
            needs,
            needs.map(() => 1),
            working > 1 ? KEPT : 1,
          );
        else {
          const turns = holders === 'running' ? all.length : VFS;
          shares = needs.map((need) => Math.min(need, (turns > 1 ? KEPT : 1) / turns));
        }
        const got = speeds(model, { vfs: VFS, scheduler, partition: null }, all);
        got.forEach((speed, i) => {
          expect(speed).toBeCloseTo(all[i]!.idle ? 0 : (shares[i]! / all[i]!.busy) * LONE, 9);
        });
      }),
    );
  });

  test('let nobody be faster than alone, nor more be done than the aggregate', () => {
    fc.assert(
      fc.property(tenants, (all) => {
        const options = { vfs: VFS, scheduler, partition: null };
        const working = all.map((each) => ({ ...each, idle: false }));
        const got = speeds(model, options, working);
        working.forEach((each, i) => {
          expect(got[i]).toBeLessThanOrEqual(speeds(model, options, [each])[0]! + 1e-12);
        });
        const done = working.reduce((sum, each, i) => sum + each.busy * got[i]!, 0);
        expect(done).toBeLessThanOrEqual((working.length > 1 ? 0.95 : LONE) + 1e-9);
      }),
    );
  });
});

describe('partitions of the MI300X', () => {
  const options = (vfs: number, partition: string | null = null) => ({ vfs, scheduler: null, partition });

  test('run side by side: a tenant that fills the card gets its part, one that does not is not slowed', () => {
    const full = { compute: 1, bandwidth: 0 };
    const small = { compute: 0.2, busy: 1, bandwidth: 0 };
    expect(speeds('mi300x', options(4), [full, small, full, full]).map((speed) => speed / LONE)).toEqual([
      expect.closeTo(0.25, 12),
      expect.closeTo(1, 12),
      expect.closeTo(0.25, 12),
      expect.closeTo(0.25, 12),
    ]);
    expect(speeds('mi300x', options(1), [full])[0]).toBeCloseTo(LONE, 12);
    expect(speeds('mi300x', options(2, 'CPX'), [full, full])[0]).toBeCloseTo(LONE / 2, 12);
  });

  test('share the bandwidth of one memory pool max-min fair', () => {
    const part = fc.record({
      compute: fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100),
      bandwidth: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
      idle: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (all) => {
        const alone = all.map((each) => (each.idle ? 0 : Math.min(1, 1 / 8 / each.compute) * LONE));
        const drawn = sharesByBisection(
          alone.map((speed, i) => speed * all[i]!.bandwidth),
          all.map(() => 1),
          1,
        );
        const got = speeds('mi300x', options(8), all);
        let total = 0;
        got.forEach((speed, i) => {
          const { bandwidth } = all[i]!;
          expect(speed).toBeCloseTo(bandwidth === 0 ? alone[i]! : drawn[i]! / bandwidth, 9);
          total += speed * bandwidth;
        });
        expect(total).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});

describe('turns', () => {
  const turn = (id: string, name: string | null, vfs: number) => vfScheduler(record(id), name)!.turnMs(vfs);

  test('of Intel GPUs follow the formulas of the configuration tool', () => {
    expect([1, 2, 3, 5, 16, 31].map((vfs) => turn('flex170', null, vfs))).toEqual([32, 16, 10, 6, 2, 1]);
    expect([1, 2, 3, 5, 16, 31].map((vfs) => turn('flex170', 'Fixed_30fps', vfs))).toEqual([
      32, 16, 10, 6, 2, 1,
    ]);
    expect([1, 2, 20, 21, 41, 63].map((vfs) => turn('max1100', null, vfs))).toEqual([50, 50, 50, 50, 25, 16]);
    const preempt = (id: string, vfs: number) => vfScheduler(record(id), null)!.preemptMs(vfs);
    expect([1, 2, 4, 8].map((vfs) => preempt('flex140', vfs))).toEqual([128, 32, 16, 16]);
    expect([1, 2, 41].map((vfs) => preempt('bmg-e211', vfs))).toEqual([1950, 1950, 25]);
  });

  test('of AMD GPUs last 6 ms, and a single function is not interrupted', () => {
    for (const id of ['s7150', 's7150x2', 'mi300x', 'v620']) {
      expect([1, 2, 8].map((vfs) => turn(id, null, vfs))).toEqual([null, 6, 6]);
    }
  });

  test('every GPU has a default scheduler, and the vendor default comes first', () => {
    for (const each of SRIOV_GPUS) expect(vfSchedulers(each).length, each.id).toBeGreaterThan(0);
    expect(vfSchedulers(record('flex170'))[0]!.name).toBe('Flexible_30fps');
    expect(vfSchedulers(record('s7150'))[0]!.name).toBe('0');
    expect(vfScheduler(record('mi25'), 'SOLID')).toBeUndefined();
  });
});
