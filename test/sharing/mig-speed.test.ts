import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OVERHEAD_RECORDS } from '../../sim/hardware/overheads/index.ts';
import { type GpuUse, isRefusal, WORKLOAD_CLASSES, type WorkloadClass } from '../../sim/sharing/index.ts';
import { migShapeOf } from '../../sim/sharing/modes/mig/shape.ts';
import { mig } from '../../sim/sharing/modes/mig.ts';
import { MIG_TABLE_CLASSES, MigCurve, migCurves, shareToNeed } from '../../sim/sharing/speed/mig-speeds.ts';
import {
  aloneOn,
  MIG_GPUS,
  migCard,
  profileAsk,
  refusalOf,
  specOf,
  speedsOf,
  take,
  takeAll,
  useOf,
} from './mig-cards.ts';

const A100 = 'a100-sxm4-80gb';
const TRACES = fileURLToPath(new URL('../../../shared/traces/', import.meta.url));

const record = (id: string) => OVERHEAD_RECORDS.find((each) => each.id === id)!;

/** Speed on 1g, 2g, 3g and 4g relative to 7g. */
function toLargest(gpuId: string, use: Partial<GpuUse>, stated = {}): number[] {
  const speed = (profile: string) => {
    const card = migCard(gpuId, {}, stated);
    const slot = take(card, profileAsk(profile));
    return speedsOf(card, [{ slot, use: useOf(use) }])[0]!;
  };
  return [1, 2, 3, 4].map((slices) => speed(`${slices}g`) / speed('7g'));
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.map((each) => each.toFixed(9))).toEqual(expected.map((each) => each.toFixed(9)));
}

describe('a job that saturates the card runs on A100 at the published medians of its class', () => {
  test.each([
    ['inference-saturated', (slices: number) => `MG-P${slices}-sat`],
    ['training', (slices: number) => `MG-T${slices}`],
    ['inference-latency', (slices: number) => `MG-P${slices}-1`],
  ] as const)('%s', (workload, id) => {
    const published = [1, 2, 3, 4].map((slices) => record(id(slices)));
    for (const [position, of] of [
      [0, 'low'],
      [0.5, 'typical'],
      [1, 'high'],
    ] as const) {
      // Never faster than the largest instance, never slower on a larger one.
      let highest = 0;
      const expected = published.map((each) => {
        highest = Math.max(highest, Math.min(1, each[of]!));
        return highest;
      });
      const stated = { [`mig.${workload}-position`]: position };
      expectClose(toLargest(A100, { workload, bandwidth: 1 }, stated), expected);
    }
  });

  test('and the largest instance loses at most the SMs that MIG takes away', () => {
    for (const workload of MIG_TABLE_CLASSES) {
      const largest = aloneOn(A100, '7g', { workload });
      expect(largest).toBeGreaterThanOrEqual(98 / 108);
      if (workload === 'inference-latency') expect(largest).toBe(1);
      else expect(largest).toBeLessThan(0.98);
      expect(aloneOn('h100-sxm5-80gb', '7g', { workload })).toBe(1);
      expect(aloneOn('a30', '4g', { workload })).toBe(1);
    }
    expect(aloneOn(A100, '7g', { workload: 'hpc' })).toBe(98 / 108);
  });
});

test('matrix products are linear in SMs, as measured within 4 %', () => {
  const table = record('MG-MM').table as Record<string, number>;
  const speeds = ['1g.10gb', '2g.20gb', '3g.40gb'].map((profile) => ({
    modelled: aloneOn(A100, profile, { workload: 'hpc' }) / aloneOn(A100, '1g.10gb', { workload: 'hpc' }),
    measured: table[profile]! / table['1g.10gb']!,
  }));
  for (const { modelled, measured } of speeds) expect(Math.abs(modelled / measured - 1)).toBeLessThan(0.04);
});

test('k of n slices run a job that can use the part u of the card at min(1, (k/n) / u)', () => {
  const parts = fc.double({ min: 0.01, max: 1, noNaN: true });
  fc.assert(
    fc.property(parts, parts, fc.constantFrom(1, 2, 4), (compute, bandwidth, slices) => {
      const speed = aloneOn('a30', `${slices}g`, { workload: 'generic', compute, bandwidth });
      expect(speed).toBeCloseTo(Math.min(1, slices / 4 / Math.max(compute, bandwidth)), 12);
    }),
  );
});

test('a job with a table that needs the part u of the card gets min(1, table / u)', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...MIG_TABLE_CLASSES),
      fc.constantFrom('1g', '2g', '3g', '4g', '7g'),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (workload, profile, compute, bandwidth) => {
        const table = aloneOn(A100, profile, { workload });
        expect(aloneOn(A100, profile, { workload, compute, bandwidth })).toBeCloseTo(
          Math.min(1, table / Math.max(compute, bandwidth)),
          12,
        );
      },
    ),
  );
});

test.each(MIG_TABLE_CLASSES)('%s: the curve is concave, monotone and ends at the whole card', (workload) => {
  const curve = new MigCurve(workload, 0.5);
  const at = (x: number) => curve.speed(x, x);
  expect(at(1)).toBe(1);
  for (let x = 0.005; x < 0.995; x += 0.005) {
    expect(at(x + 0.005)).toBeGreaterThanOrEqual(at(x));
    expect(at(x) - (at(x - 0.005) + at(x + 0.005)) / 2).toBeGreaterThanOrEqual(-1e-12);
  }
});

const uses = fc
  .record({
    workload: fc.constantFrom<WorkloadClass>(...WORKLOAD_CLASSES),
    busy: fc.double({ min: 0.01, max: 1, noNaN: true }),
    part: fc.double({ min: 0.01, max: 1, noNaN: true }),
    bandwidth: fc.double({ min: 0, max: 1, noNaN: true }),
    position: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ part, position, ...use }) => ({ position, use: useOf({ ...use, compute: use.busy * part }) }));

test('more SMs and more memory never slow a job down, on any GPU, and none is faster than alone', () => {
  for (const [gpuId] of MIG_GPUS) {
    const { profiles } = migShapeOf(specOf(gpuId).catalogue)!;
    fc.assert(
      fc.property(uses, ({ use, position }) => {
        const curves = migCurves({
          training: position,
          'inference-saturated': position,
          'inference-latency': position,
        });
        const speeds = profiles.map((each) => {
          const share = { compute: each.computeShare, bandwidth: each.bandwidthShare, names: each.names };
          return shareToNeed(curves, use, share);
        });
        profiles.forEach((large, i) => {
          expect(speeds[i]).toBeGreaterThan(0);
          expect(Math.min(1, speeds[i]!)).toBeLessThanOrEqual(1);
          profiles.forEach((small, j) => {
            if (small.computeShare > large.computeShare || small.bandwidthShare > large.bandwidthShare)
              return;
            expect(speeds[j]).toBeLessThanOrEqual(speeds[i]! * (1 + 1e-12));
          });
        });
      }),
      { numRuns: 60 },
    );
  }
});

test('every profile of every GPU has SMs, memory slices and memory within those of the card', () => {
  for (const [gpuId, model] of MIG_GPUS) {
    const { profiles } = migShapeOf(specOf(gpuId).catalogue)!;
    for (const { profile, computeShare, bandwidthShare, memoryMib } of profiles) {
      expect(computeShare).toBeGreaterThan(0);
      expect(computeShare * profile.maxInstances).toBeLessThanOrEqual(1 + 1e-12);
      expect(bandwidthShare * profile.maxInstances).toBeLessThanOrEqual(1);
      expect(memoryMib).toBeGreaterThan(0);
      expect(memoryMib * profile.maxInstances).toBeLessThanOrEqual(specOf(gpuId).memoryMib);
    }
    const sms = (slices: number) =>
      profiles.find((each) => each.profile.gpuSlices === slices && each.profile.variant === 'plain')!
        .computeShare;
    expect(sms(model.gpuSlicesTotal)).toBeGreaterThan(sms(1));
  }
});

describe('neighbours', () => {
  const use = useOf({ workload: 'hpc', compute: 0.1, busy: 0.5 });

  test('cost the slowdown while a tenant of another instance is active, once', () => {
    const card = migCard(A100, {}, { 'mig.neighbour-slowdown': 0.02 });
    const tenants = takeAll(card, '1g', '1g', '1g').map((slot) => ({ slot, use, active: true }));
    expect(speedsOf(card, tenants)).toEqual([0.98, 0.98, 0.98]);
    expect(speedsOf(card, tenants.slice(0, 1))).toEqual([1]);
    const idle = tenants.map((each, i) => ({ ...each, active: i === 1 }));
    expect(speedsOf(card, idle)).toEqual([0, 1, 0]);
  });

  test('in the same instance are none', () => {
    const card = migCard(A100, { computeInstances: true }, { 'mig.neighbour-slowdown': 0.02 });
    const tenants = takeAll(card, '1c.3g', '1c.3g').map((slot) => ({ slot, use }));
    expect(speedsOf(card, tenants)).toEqual([1, 1]);
  });

  test('share the link to the host, which MIG does not divide', () => {
    const card = migCard(A100, {}, { 'mig.neighbour-slowdown': 0 }, 30e9);
    const copy = (gbPerSec: number) => useOf({ busy: 0.1, compute: 0.1, linkBytesPerSec: gbPerSec * 1e9 });
    const slots = takeAll(card, '4g', '2g', '1g');
    const tenants = [5, 20, 20].map((rate, i) => ({ slot: slots[i]!, use: copy(rate) }));
    expectClose(speedsOf(card, tenants), [1, 12.5 / 20, 12.5 / 20]);
  });

  test('never make anybody faster, and tenants together use no more than there is', () => {
    const tenancy = fc.record({
      profile: fc.nat(20),
      active: fc.boolean(),
      compute: fc.double({ min: 0.01, max: 1, noNaN: true }),
      bandwidth: fc.double({ min: 0, max: 1, noNaN: true }),
      link: fc.double({ min: 0, max: 4e10, noNaN: true }),
    });
    const names = ['1g', '2g', '3g', '4g', '7g', '1g.double', '1c.2g', '1c.3g', '2c.3g', '1c.4g', '2c.7g'];
    fc.assert(
      fc.property(fc.array(tenancy, { minLength: 1, maxLength: 9 }), (wanted) => {
        const card = migCard(A100, { computeInstances: true }, {}, 3e10);
        const tenants = wanted.flatMap(({ profile, active, compute, bandwidth, link }) => {
          const slot = card.admit(profileAsk(names[profile % names.length]!));
          if (isRefusal(slot)) return [];
          card.place(slot);
          return [{ slot, active, use: useOf({ compute, bandwidth, linkBytesPerSec: link }) }];
        });
        const speeds = speedsOf(card, tenants);
        const domains = new Set(tenants.map((each) => each.slot.start));
        for (const start of domains) {
          const inside = tenants
            .map((each, i) => ({ ...each, i }))
            .filter((each) => each.slot.start === start);
          const used = inside.reduce((sum, { use, i }) => sum + use.bandwidth * speeds[i]!, 0);
          expect(used).toBeLessThanOrEqual(inside[0]!.slot.bandwidthShare + 1e-9);
        }
        tenants.forEach(({ slot, use, active }, i) => {
          expect(use.compute * speeds[i]!).toBeLessThanOrEqual(slot.computeShare + 1e-9);
          expect(speeds[i]).toBeGreaterThanOrEqual(0);
          expect(speeds[i]).toBeLessThanOrEqual(1);
          expect(speeds[i]! > 0).toBe(active);
          const without = tenants.map((each, j) => (j === i ? { ...each, active: false } : each));
          speedsOf(card, without).forEach((speed, j) => {
            if (j !== i) expect(speed).toBeGreaterThanOrEqual(speeds[j]! - 1e-12);
          });
        });
        const moved = tenants.reduce((sum, { use }, i) => sum + use.linkBytesPerSec * speeds[i]!, 0);
        expect(moved).toBeLessThanOrEqual(3e10 * (1 + 1e-9));
      }),
      { numRuns: 150 },
    );
  });
});

function rowsOf(path: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/);
  const names = header!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i]!]));
  });
}

test('measured speeds of MISO come back as they are, and missing rows are refused', (context) => {
  const path = `${TRACES}miso/mig_iteration_times.csv`;
  context.skip(!existsSync(path), 'needs the measurements in ../shared/traces/miso');
  const jobs = new Map<string, Record<string, number | null>>();
  const profiles = ['1g.5gb', '2g.10gb', '3g.20gb', '4g.20gb', '7g.40gb'];
  for (const row of rowsOf(path)) {
    const key = `${row.model} ${row.batch_size}`;
    const speeds = jobs.get(key) ?? Object.fromEntries(profiles.map((profile) => [profile, null]));
    jobs.set(key, { ...speeds, [row.mig_profile!]: Number(row.speed_vs_7g) });
  }
  expect(jobs.size).toBe(32);
  let refused = 0;
  for (const speedByProfile of jobs.values()) {
    for (const profile of profiles) {
      const card = migCard('a100-sxm4-40gb');
      const ask = profileAsk(profile, { workload: 'training', speedByProfile });
      const speed = speedByProfile[profile]!;
      if (speed === null) {
        expect(refusalOf(card, ask).refused).toBe('mig-out-of-memory');
        refused += 1;
        continue;
      }
      const slot = take(card, ask);
      // One row is faster on 3g than on 7g, which sharing cannot be.
      expect(speedsOf(card, [{ slot, use: ask.use }])[0]).toBe(Math.min(1, speed));
    }
  }
  expect(refused).toBe(32 * 5 - 145);
});

test('ParvaGPU: the medians of its profiles are the ones that saturated inference gets', (context) => {
  const folder = `${TRACES}parvagpu/prof_data/`;
  context.skip(!existsSync(folder), 'needs the profiles in ../shared/traces/parvagpu');
  const models = readdirSync(folder).map((file) => rowsOf(folder + file));
  expect(models.length).toBe(11);
  const best = (rows: Record<string, string>[], slices: number) =>
    Math.max(
      ...rows
        .filter((row) => row['Mig instance'] === `${slices}` && row['Workload Number'] === '1')
        .map((row) => Number(row.Throughput)),
    );
  const ours = toLargest(A100, { workload: 'inference-saturated' });
  [1, 2, 3, 4].forEach((slices, i) => {
    const ratios = models.map((rows) => best(rows, slices) / best(rows, 7)).sort((a, b) => a - b);
    expect(Math.abs(ours[i]! - ratios[5]!)).toBeLessThan(0.001);
    const stated = (position: number) =>
      toLargest(A100, { workload: 'inference-saturated' }, { 'mig.inference-saturated-position': position })[
        i
      ]!;
    expect(Math.abs(stated(0) - ratios[0]!)).toBeLessThan(0.001);
    expect(Math.abs(stated(1) - ratios[10]!)).toBeLessThan(0.001);
  });
});

test('a measured speed may be given by any name of the profile, and only for that one', () => {
  const speed = (profile: string, speedByProfile: Record<string, number>) =>
    aloneOn(A100, profile, { workload: 'training', speedByProfile });
  expect(speed('2g.20gb', { '2g.20gb': 0.4 })).toBe(0.4);
  expect(speed('2g.20gb', { '2g': 0.4 })).toBe(0.4);
  expect(speed('7g', { '7g.79gb': 0.4 })).toBe(0.4);
  expect(speed('1g', { '2g': 0.4 })).toBe(aloneOn(A100, '1g', { workload: 'training' }));
  expect(speed('1c.3g', { '3g': 0.4 })).toBe(aloneOn(A100, '1c.3g', { workload: 'training' }));
  expect(speed('1c.3g', { '1c.3g': 0.4 })).toBe(0.4);
});

test('every figure is within its bounds, and its id starts with the mode', () => {
  for (const { id, low, typical, high, min, max } of mig.parameters) {
    expect(id.startsWith('mig.')).toBe(true);
    expect([min, low, typical, high, max]).toEqual([min, low, typical, high, max].toSorted((a, b) => a - b));
  }
});
