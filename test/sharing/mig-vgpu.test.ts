import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GPU_MODELS } from '../../sim/hardware/index.ts';
import { type VgpuType, vgpuGpusOfGpu, vgpuTypesOf } from '../../sim/hardware/vgpu/index.ts';
import {
  type Card,
  type ConfigOf,
  type GpuUse,
  isRefusal,
  type Slot,
  VGPU_SCHEDULER_NAMES,
} from '../../sim/sharing/index.ts';
import { migVgpu } from '../../sim/sharing/modes/mig-vgpu.ts';
import {
  partAsk,
  profileAsk,
  refusalOf,
  specOf,
  speedsOf,
  take,
  takeAll,
  useOf,
  vgpuCard,
  wholeAsk,
} from './mig-cards.ts';

const RTX = 'rtx-pro-6000-blackwell-se';
const A100 = 'a100-sxm4-40gb';

/** Every MIG-backed type of every GPU of the catalogue that has MIG. */
const BACKED: readonly (readonly [gpuId: string, type: VgpuType])[] = GPU_MODELS.filter(
  (gpu) => gpu.migModelId !== null,
).flatMap((gpu) =>
  vgpuGpusOfGpu(gpu)
    .flatMap((each) => vgpuTypesOf(each.id))
    .filter((type) => type.backing !== 'time-sliced')
    .map((type) => [gpu.id, type] as const),
);

/** Asks until it is refused. */
function fill(card: Card, profile: string): Slot[] {
  const slots: Slot[] = [];
  for (;;) {
    const answer = card.admit(profileAsk(profile));
    if (isRefusal(answer)) return slots;
    card.place(answer);
    slots.push(answer);
  }
}

describe('a card full of vGPUs of one type', () => {
  test('has as many as the vendor says, on every GPU with MIG-backed types', () => {
    expect(new Set(BACKED.map(([gpuId]) => gpuId)).size).toBeGreaterThanOrEqual(15);
    for (const [gpuId, type] of BACKED) {
      const card = vgpuCard(gpuId);
      const slots = fill(card, type.type);
      expect([type.type, slots.length]).toEqual([type.type, type.maxPerGpu]);
      expect(refusalOf(card, profileAsk(type.type)).refused).toBe('vgpu-max-count');
      const inInstance = new Map<number, number>();
      for (const slot of slots) inInstance.set(slot.start, (inInstance.get(slot.start) ?? 0) + 1);
      expect(Math.max(...inInstance.values())).toBe(type.maxPerGpuInstance ?? 1);
      const sum = (of: (slot: Slot) => number) => slots.reduce((all, slot) => all + of(slot), 0);
      expect(sum((slot) => slot.milli)).toBeLessThanOrEqual(1000);
      expect(sum((slot) => slot.memoryMib)).toBeLessThanOrEqual(specOf(gpuId).memoryMib);
      expect(new Set(slots.map((slot) => slot.label)).size).toBe(slots.length);
      for (const slot of slots) card.release(slot);
      expect(card.admit(profileAsk(type.type))).toEqual(vgpuCard(gpuId).admit(profileAsk(type.type)));
    }
  });

  test('is 12 of 2 GB in a quarter and 48 in all on RTX PRO 6000', () => {
    const slots = fill(vgpuCard(RTX), 'DC-1-2Q');
    expect(slots.length).toBe(48);
    expect(slots.filter((slot) => slot.start === 0).length).toBe(12);
    expect(slots[0]).toMatchObject({ milli: 20, memoryMib: 2016, profile: 'DC-1-2Q' });
  });
});

describe('the instance behind a vGPU', () => {
  test('has the slices, variant and count of the type', () => {
    for (const [gpuId, type] of BACKED) {
      if (type.backing !== 'mig') continue;
      const card = vgpuCard(gpuId);
      const slot = take(card, profileAsk(type.type));
      // A type's memory is that of its instance, within the difference between GB in names and GiB in use.
      expect(slot.memoryMib / type.fbMib).toBeGreaterThan(0.87);
      expect(slot.memoryMib / type.fbMib).toBeLessThanOrEqual(1);
    }
  });

  test('is filled before another one is made, and is gone with its last vGPU', () => {
    const card = vgpuCard(RTX);
    const slots = takeAll(card, 'DC-1-8Q', 'DC-1-8C', 'DC-1-8Q', 'DC-1-8Q');
    expect(slots.map((slot) => slot.label)).toEqual([
      'DC-1-8Q@0#0',
      'DC-1-8C@0#1',
      'DC-1-8Q@0#2',
      'DC-1-8Q@3#0',
    ]);
    card.release(slots[1]!);
    expect(takeAll(card, 'DC-1-8Q')[0]!.label).toBe('DC-1-8Q@0#1');
    expect(isRefusal(card.admit(profileAsk('DC-2-48Q@0')))).toBe(true);
    for (const slot of [...card.slots]) if (slot.start < 6) card.release(slot);
    expect(takeAll(card, 'DC-2-48Q@0')[0]!.start).toBe(0);
  });

  test('holds vGPUs of one size only', () => {
    const card = vgpuCard(RTX, { layout: ['1g', '1g'] });
    takeAll(card, 'DC-1-2Q', 'DC-1-4Q');
    expect(card.slots.map((slot) => slot.start)).toEqual([0, 3]);
    expect(refusalOf(card, profileAsk('DC-1-8Q')).refused).toBe('vgpu-size-lock');
    const [two] = card.slots;
    expect(() => card.place({ ...two!, label: 'DC-1-4Q@0#1' })).toThrow(RangeError);
    expect(takeAll(card, 'DC-1-2Q')[0]!.label).toBe('DC-1-2Q@0#1');
  });
});

describe('a refusal names its rule', () => {
  test('for types of the other MIG mode, other GPUs and other series', () => {
    expect(refusalOf(vgpuCard(A100), profileAsk('GRID A100X-10C')).refused).toBe('vgpu-backing');
    expect(refusalOf(vgpuCard(A100), profileAsk('A40-2Q')).refused).toBe('unknown-profile');
    expect(refusalOf(vgpuCard(A100), partAsk(0, 0, { workload: 'desktop' })).refused).toBe('vgpu-edition');
    expect(refusalOf(vgpuCard(A100), profileAsk('1c.3g')).refused).toBe('unknown-profile');
    expect(refusalOf(vgpuCard(RTX), profileAsk('1g.24gb-me')).refused).toBe('unknown-profile');
  });

  test('for geometry, engines and fixed layouts', () => {
    const card = vgpuCard(A100);
    takeAll(card, 'A100X-1-5C', 'A100X-1-5C', 'A100X-2-10C');
    expect(refusalOf(card, profileAsk('A100X-3-20C')).refused).toBe('mig-geometry');
    const fixed = vgpuCard(A100, { layout: ['3g', '3g'] });
    takeAll(fixed, 'A100X-3-20C', '3g');
    expect(refusalOf(fixed, profileAsk('A100X-2-10C')).refused).toBe('vgpu-instance-taken');
    expect(refusalOf(vgpuCard(A100, { layout: ['3g'] }), profileAsk('A100X-2-10C')).refused).toBe(
      'vgpu-instance-taken',
    );
    expect(refusalOf(fixed, wholeAsk()).refused).toBe('card-taken');
  });

  test('for jobs too large for the type or known not to run there', () => {
    expect(refusalOf(vgpuCard(RTX), profileAsk('DC-1-2Q', { memoryMib: 2017 })).refused).toBe(
      'memory-too-large',
    );
    const speedByProfile = { '1g': null };
    expect(refusalOf(vgpuCard(A100), profileAsk('A100X-1-5C', { speedByProfile })).refused).toBe(
      'mig-out-of-memory',
    );
    expect(take(vgpuCard(A100), partAsk(0, 0, { speedByProfile })).profile).toBe('A100X-1-10C');
  });
});

describe('a request by size or profile', () => {
  test('gets the smallest type of the series by its part of the card, then by memory', () => {
    const get = (milli: number, mib: number, use: Partial<GpuUse> = {}, series: string | null = null) => {
      const answer = vgpuCard(RTX, { series }).admit(partAsk(milli, mib, use));
      return isRefusal(answer) ? answer.refused : answer.profile;
    };
    expect(get(0, 0)).toBe('DC-1-8C');
    expect(get(0, 0, { workload: 'desktop' })).toBe('DC-1-2QGFX');
    expect(get(0, 0, {}, 'Q')).toBe('DC-1-2Q');
    expect(get(21, 0, {}, 'Q')).toBe('DC-1-2Q');
    expect(get(22, 0, {}, 'Q')).toBe('DC-1-3Q');
    expect(get(0, 12_097)).toBe('DC-2-12C');
    expect(get(251, 0)).toBe('DC-4-32C');
    expect(get(400, 0)).toBe('DC-2-48C');
    expect(get(1000, 0)).toBe('DC-4-96C');
    expect(get(0, 98_000)).toBe('no-profile-large-enough');
  });

  test('for the whole card gets its largest type', () => {
    const get = (gpuId: string, use: Partial<GpuUse> = {}) => take(vgpuCard(gpuId), wholeAsk(use));
    expect(get(A100)).toMatchObject({ profile: 'A100X-7-40C', milli: 1000, memoryMib: 40_192 });
    expect(get(RTX, { workload: 'graphics' }).profile).toBe('DC-4-96QGFX');
  });

  test('by MIG profile gets the type that has such an instance for itself', () => {
    expect(takeAll(vgpuCard(A100), '1g.10gb')[0]!.profile).toBe('A100X-1-10C');
    expect(takeAll(vgpuCard(RTX, { series: 'Q' }), '2g.48gb+gfx@6')[0]!.label).toBe('DC-2-48QGFX@6');
  });
});

/** Max-min shares by raising all together in small steps: slow and obvious. */
function raised(needs: readonly number[], capacity: number): number[] {
  const shares = needs.map(() => 0);
  const steps = 200_000;
  let left = steps;
  while (left > 0) {
    const open = needs.flatMap((need, i) => (shares[i]! < need ? [i] : []));
    if (open.length === 0) break;
    for (const i of open) {
      if (left-- <= 0) break;
      shares[i]! += capacity / steps;
    }
  }
  return shares;
}

describe('vGPUs that take turns on one instance', () => {
  const exact = { 'mig-vgpu.efficiency-alone': 1, 'mig-vgpu.efficiency-shared': 0.9 };
  const quarter = (compute: number, busy = compute) => useOf({ compute, busy });

  function run(scheduler: ConfigOf<'mig-vgpu'>['scheduler'], uses: readonly (GpuUse | null)[]): number[] {
    const card = vgpuCard(RTX, { scheduler }, exact);
    const slots = takeAll(card, ...uses.map(() => 'DC-1-8Q'));
    return speedsOf(
      card,
      uses.map((use, i) => ({ slot: slots[i]!, use: use ?? quarter(0.1), active: use !== null })),
    );
  }

  test('alone have it all under best effort and equal share, a third under fixed share', () => {
    // A quarter of the card has 46 of 188 SMs.
    const all = 46 / 188;
    expect(run('best-effort', [quarter(1)])[0]).toBeCloseTo(all, 12);
    expect(run('equal-share', [quarter(1)])[0]).toBeCloseTo(all, 12);
    expect(run('fixed-share', [quarter(1)])[0]).toBeCloseTo(all / 3, 12);
    // A job that needs little is as fast as on the whole card.
    for (const scheduler of VGPU_SCHEDULER_NAMES) expect(run(scheduler, [quarter(0.05)])[0]).toBe(1);
  });

  test('lose an idle neighbour’s time under equal share, and an empty place’s under fixed share', () => {
    const all = 46 / 188;
    expect(run('best-effort', [quarter(1), null])[0]).toBeCloseTo(all, 12);
    expect(run('equal-share', [quarter(1), null])[0]).toBeCloseTo(all / 2, 12);
    expect(run('fixed-share', [quarter(1), null])[0]).toBeCloseTo(all / 3, 12);
    for (const [scheduler, share] of [
      ['best-effort', 0.45],
      ['equal-share', 0.45],
      ['fixed-share', 0.3],
    ] as const) {
      for (const speed of run(scheduler, [quarter(1), quarter(1)]))
        expect(speed).toBeCloseTo(all * share, 12);
    }
  });

  test('divide it max-min fair under best effort', () => {
    const part = fc.double({ min: 0.01, max: 1, noNaN: true });
    const job = fc.tuple(part, part).map(([busy, of]) => quarter(busy * of, busy));
    fc.assert(
      fc.property(fc.array(job, { minLength: 2, maxLength: 3 }), (uses) => {
        const needs = uses.map(({ busy, compute }) => Math.max(busy, compute / (46 / 188)));
        const slow = raised(needs, 0.9).map((share, i) => Math.min(1, share / needs[i]!));
        run('best-effort', uses).forEach((speed, i) => {
          expect(Math.abs(speed - slow[i]!)).toBeLessThan(1e-3);
        });
      }),
      { numRuns: 25 },
    );
  });

  test('never gain by a neighbour, and use no more than their instance has', () => {
    const tenancy = fc.record({
      type: fc.constantFrom('DC-1-2Q', 'DC-1-8Q', 'DC-2-12Q', 'DC-2-16C', 'DC-1-24C', 'DC-1-8C'),
      active: fc.boolean(),
      busy: fc.double({ min: 0.01, max: 1, noNaN: true }),
      part: fc.double({ min: 0.01, max: 1, noNaN: true }),
      bandwidth: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...VGPU_SCHEDULER_NAMES),
        fc.array(tenancy, { minLength: 1, maxLength: 14 }),
        (scheduler, wanted) => {
          const card = vgpuCard(RTX, { scheduler });
          const tenants = wanted.flatMap(({ type, active, busy, part, bandwidth }) => {
            const slot = card.admit(profileAsk(type));
            if (isRefusal(slot)) return [];
            card.place(slot);
            return [{ slot, active, use: useOf({ busy, compute: busy * part, bandwidth }) }];
          });
          const speeds = speedsOf(card, tenants);
          for (const domain of new Set(tenants.map((each) => each.slot.domain))) {
            const inside = tenants.flatMap((each, i) => (each.slot.domain === domain ? [i] : []));
            const { computeShare, bandwidthShare } = tenants[inside[0]!]!.slot;
            const used = (of: (use: GpuUse) => number) =>
              inside.reduce((sum, i) => sum + of(tenants[i]!.use) * speeds[i]!, 0);
            expect(used((use) => use.compute)).toBeLessThanOrEqual(computeShare + 1e-9);
            expect(used((use) => use.bandwidth)).toBeLessThanOrEqual(bandwidthShare + 1e-9);
            expect(used((use) => use.busy)).toBeLessThanOrEqual(1 + 1e-9);
          }
          tenants.forEach(({ active }, i) => {
            expect(speeds[i]! > 0).toBe(active);
            expect(speeds[i]).toBeLessThanOrEqual(1);
            const without = tenants.map((each, j) => (j === i ? { ...each, active: false } : each));
            speedsOf(card, without).forEach((speed, j) => {
              if (j !== i) expect(speed).toBeGreaterThanOrEqual(speeds[j]! - 1e-12);
            });
          });
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('the mode', () => {
  const config: ConfigOf<'mig-vgpu'> = {
    mode: 'mig-vgpu',
    layout: null,
    scheduler: 'best-effort',
    series: null,
  };

  test('says what is wrong with a GPU, a series or a layout', () => {
    expect(migVgpu.check(config, specOf(A100))).toEqual([]);
    expect(migVgpu.check(config, specOf('gb300-278gb'))[0]!.message).toMatch(/MIG-backed vGPU types/);
    expect(migVgpu.check(config, specOf('a40'))[0]!.key).toBe('mode');
    expect(migVgpu.check({ ...config, series: 'Q' }, specOf(A100))).toEqual([
      { key: 'series', message: 'must be one of C, got Q' },
    ]);
    expect(migVgpu.check({ ...config, layout: ['1g-me'] }, specOf(RTX))[0]).toMatchObject({ key: 'layout' });
    expect(migVgpu.check({ ...config, layout: ['9g'] }, specOf(RTX))[0]).toMatchObject({ key: 'layout' });
  });

  test('needs a licence for each user of Q and each GPU with C', () => {
    const licence = (gpuId: string, type: string) =>
      migVgpu.licence(config, specOf(gpuId), take(vgpuCard(gpuId), profileAsk(type)));
    expect(licence(A100, '1g')).toMatchObject({ edition: 'NVIDIA AI Enterprise', metric: 'gpu' });
    expect(licence(RTX, 'DC-1-2Q')).toMatchObject({ edition: 'RTX vWS', metric: 'concurrent-user' });
  });

  test('boots a machine at the start, after it has made the instance unless that stands already', () => {
    const steps = (layout: string[] | null) =>
      migVgpu
        .operations({ ...config, layout }, specOf(A100))
        .find((each) => each.operation === 'start')!
        .steps.map((step) => step.parameter);
    expect(steps(null)).toEqual(['mig-vgpu.create', 'mig-vgpu.vm-boot']);
    expect(steps(['7g'])).toEqual(['mig-vgpu.vm-boot']);
    const known = new Set(migVgpu.parameters.map((each) => each.id));
    for (const { steps } of migVgpu.operations(config, specOf(A100))) {
      for (const { parameter, perGibParameter } of steps) {
        expect(known.has((parameter ?? perGibParameter) as string)).toBe(true);
      }
    }
  });

  test('every figure is within its bounds, and its id starts with the mode', () => {
    for (const { id, low, typical, high, min, max } of migVgpu.parameters) {
      expect(id.startsWith('mig-vgpu.')).toBe(true);
      expect([min, low, typical, high, max]).toEqual(
        [min, low, typical, high, max].toSorted((a, b) => a - b),
      );
    }
  });
});
