import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Residents, VGPU_SCHEDULER_NAMES, type VgpuSchedulerName } from '../../sim/sharing/index.ts';
import { vgpu } from '../../sim/sharing/modes/vgpu.ts';
import { cardOf, seated, sharesByBisection, values, vgpuConfig } from './vgpu-cards.ts';

const LONE = 0.98;
const LONE_INTERACTIVE = 0.97;
const AGGREGATE = 0.93;

/** What the schedulers do, with no reason to know: types allow 4 vGPUs. */
const PROFILE = 'T4-4Q';
const MAX_PER_GPU = 4;

function speeds(
  residents: Residents,
  scheduler: VgpuSchedulerName,
  stated = {},
  linkBytesPerSec = 1e15,
): number[] {
  const card = vgpu.createCard(vgpuConfig({ scheduler }), cardOf('t4', linkBytesPerSec), values(stated));
  const into = new Float64Array(residents.count).fill(Number.NaN);
  card.speeds(residents, into);
  return [...into];
}

const tenant = fc.record({
  busy: fc.oneof(fc.constant(1), fc.constant(0.25), fc.double({ min: 0.001, max: 1, noNaN: true })),
  idle: fc.boolean(),
  processes: fc.integer({ min: 1, max: 5 }),
  workload: fc.constantFrom('training' as const, 'desktop' as const),
  profile: fc.constant(PROFILE),
});
const tenants = fc.array(tenant, { minLength: 1, maxLength: MAX_PER_GPU });

describe.each(VGPU_SCHEDULER_NAMES)('under %s', (scheduler) => {
  test('speeds are those of the rule, worked out the slow way', () => {
    fc.assert(
      fc.property(tenants, (all) => {
        const residents = seated(all.map((each) => ({ ...each, compute: each.busy })));
        const working = all.filter((each) => !each.idle).length;
        const needs = all.map((each) => (each.idle ? 0 : each.busy));
        const kept = AGGREGATE / LONE;
        let shares: number[];
        if (scheduler === 'best-effort') {
          shares = sharesByBisection(
            needs,
            needs.map(() => 1),
            working > 1 ? kept : 1,
          );
        } else {
          const turns = scheduler === 'equal-share' ? all.length : MAX_PER_GPU;
          shares = needs.map((need) => Math.min(need, (turns > 1 ? kept : 1) / turns));
        }
        const got = speeds(residents, scheduler);
        all.forEach((each, i) => {
          const alone = each.workload === 'desktop' ? LONE_INTERACTIVE : LONE;
          expect(got[i]).toBeCloseTo(each.idle ? 0 : (shares[i]! / each.busy) * alone, 9);
        });
      }),
    );
  });

  test('nobody is faster than alone, and all together do no more than the aggregate allows', () => {
    fc.assert(
      fc.property(tenants, (all) => {
        const busyOnly = all.map((each) => ({ ...each, idle: false, compute: each.busy }));
        const got = speeds(seated(busyOnly), scheduler);
        busyOnly.forEach((each, i) => {
          const [alone] = speeds(seated([each]), scheduler);
          expect(got[i]).toBeLessThanOrEqual(alone! + 1e-12);
          expect(got[i]).toBeGreaterThan(0);
        });
        const done = busyOnly.reduce((sum, each, i) => sum + each.busy * got[i]!, 0);
        expect(done).toBeLessThanOrEqual((busyOnly.length > 1 ? AGGREGATE : LONE) + 1e-9);
      }),
    );
  });

  test('more work of one tenant, or one tenant more, never speeds up another', () => {
    fc.assert(
      fc.property(tenants, tenant, fc.double({ min: 1, max: 4, noNaN: true }), (all, newcomer, factor) => {
        const before = all.slice(0, MAX_PER_GPU - 1).map((each) => ({ ...each, compute: each.busy }));
        const [first, ...others] = before;
        const grown = { ...first!, busy: Math.min(1, first!.busy * factor), idle: false };
        const was = speeds(seated(before), scheduler);
        const afterGrowth = speeds(seated([grown, ...others]), scheduler);
        const afterJoin = speeds(seated([...before, newcomer]), scheduler);
        before.forEach((_, i) => {
          if (i > 0) expect(afterGrowth[i]).toBeLessThanOrEqual(was[i]! + 1e-9);
          expect(afterJoin[i]).toBeLessThanOrEqual(was[i]! + 1e-9);
        });
      }),
    );
  });

  test('saturated tenants share the card evenly, in whatever seats and with however many processes', () => {
    const all = [1, 3, 5, 2].map((processes) => ({
      processes,
      workload: 'training' as const,
      profile: PROFILE,
    }));
    for (const speed of speeds(seated(all), scheduler)) expect(speed).toBeCloseTo(AGGREGATE / 4, 12);
  });
});

test('idle neighbours: best effort gives their time away, equal share keeps it, fixed share keeps that of empty places too', () => {
  const busy = { workload: 'training' as const, profile: PROFILE };
  const beside = seated([busy, { ...busy, idle: true }]);
  const single = seated([busy]);
  const both = (residents: Residents) =>
    VGPU_SCHEDULER_NAMES.map((scheduler) => speeds(residents, scheduler)[0]!);
  const [bestEffort, equalShare, fixedShare] = both(beside);
  expect(bestEffort).toBeCloseTo(0.98, 12);
  expect(equalShare).toBeCloseTo(0.93 / 2, 12);
  expect(fixedShare).toBeCloseTo(0.93 / 4, 12);
  const alone = both(single);
  expect(alone[0]).toBeCloseTo(0.98, 12);
  expect(alone[1]).toBeCloseTo(0.98, 12);
  expect(alone[2]).toBeCloseTo(0.93 / 4, 12);
});

test('under fixed share a tenant runs as if nobody else were there, by its own type', () => {
  const mixedSeries = (others: number) =>
    speeds(
      seated([
        { profile: 'T4-4Q', workload: 'training' as const },
        ...Array.from({ length: others }, () => ({ profile: 'T4-4C', workload: 'training' as const })),
      ]),
      'fixed-share',
    )[0];
  for (const others of [0, 1, 2, 3]) expect(mixedSeries(others)).toBeCloseTo(0.93 / 4, 12);
  expect(speeds(seated([{ profile: 'T4-16C', workload: 'training' }]), 'fixed-share')[0]).toBeCloseTo(
    0.98,
    12,
  );
  expect(
    speeds(seated([{ profile: 'T4-1B', busy: 0.01, workload: 'desktop' }]), 'fixed-share')[0],
  ).toBeCloseTo(0.97, 12);
});

test('a lone vGPU never beats bare metal, though the published range goes to 1.05', () => {
  const one = { workload: 'training' as const, profile: PROFILE };
  expect(speeds(seated([one]), 'best-effort', { 'vgpu.lone': 1.05 })[0]).toBe(1);
  // The aggregate stays the one that was stated, whichever of the two is larger.
  const pair = (stated: Record<string, number>) =>
    speeds(seated([one, one]), 'best-effort', stated).reduce((a, b) => a + b);
  expect(pair({ 'vgpu.lone': 1.05 })).toBeCloseTo(0.93, 12);
  expect(pair({ 'vgpu.lone': 0.94, 'vgpu.aggregate': 0.98 })).toBeCloseTo(0.94, 12);
});

test('the link slows those who move more than their even part of it', () => {
  const heavy = { workload: 'training' as const, busy: 0.3, linkBytesPerSec: 10e9, profile: PROFILE };
  const light = { ...heavy, linkBytesPerSec: 1e9 };
  const [a, b] = speeds(seated([heavy, light]), 'best-effort', {}, 4.92e9);
  expect(b).toBeCloseTo(0.98, 12);
  expect(a).toBeCloseTo((4.92e9 - 0.98e9) / 10e9, 9);
});
