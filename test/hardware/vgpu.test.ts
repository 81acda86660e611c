import { describe, expect, test } from 'vitest';
import { EVIDENCES, gpuById } from '../../sim/hardware/index.ts';
import {
  LIVE_MIGRATION_FITS,
  LIVE_MIGRATION_STUN,
  MIXED_SIZE_TABLE,
  mixedSizePlacements,
  VGPU_EDITIONS,
  VGPU_RULES,
  VGPU_SOURCES,
  vgpuGpus,
  vgpuGpusByName,
  vgpuGpusOfGpu,
  vgpuTypeByName,
  vgpuTypesOf,
} from '../../sim/hardware/vgpu/index.ts';

const gpus = vgpuGpus();
const types = gpus.flatMap((gpu) => vgpuTypesOf(gpu.id).map((type) => ({ gpu, type })));

test('the table holds 64 GPUs and 1124 types of distinct names', () => {
  expect(gpus).toHaveLength(64);
  expect(new Set(gpus.map((gpu) => gpu.id)).size).toBe(64);
  expect(types).toHaveLength(1124);
  expect(new Set(types.map(({ type }) => type.type)).size).toBe(1124);
});

test('rows do not leak into the records', () => {
  for (const gpu of gpus) expect(Object.keys(gpu)).not.toContain('timeSliced');
});

test('every type fits its GPU: memory, board count, series and name', () => {
  for (const { gpu, type } of types) {
    const what = `${gpu.id} ${type.type}`;
    expect(type.type.startsWith(gpu.typeNamePrefix), what).toBe(true);
    expect(type.maxPerGpu, what).toBeGreaterThan(0);
    expect(type.maxPerBoard, what).toBe(type.maxPerGpu * gpu.gpusPerBoard);
    expect(type.licence.length, what).toBeGreaterThan(0);
    expect(EVIDENCES, what).toContain(type.confidence);
    if (type.guestFbMib !== null) expect(type.guestFbMib, what).toBeLessThanOrEqual(type.fbMib);
    if (type.backing === 'time-sliced') {
      expect(type.maxPerGpu * type.fbMib, what).toBeLessThanOrEqual(gpu.memoryGib * 1024 * 1.02);
      expect(type.migSlices, what).toBeNull();
      expect(type.frameRateLimitFps, what).toBe(type.series === 'B' ? 45 : 60);
    } else {
      expect(type.migSlices, what).toBeGreaterThan(0);
      expect(gpu.migMaxInstances, what).toBeGreaterThan(0);
    }
  }
});

test('types before Ampere stand on mediated devices, later ones on virtual functions', () => {
  const early = ['Maxwell', 'Pascal', 'Volta', 'Turing'];
  for (const gpu of gpus)
    expect(gpu.hostVgpuMode, gpu.id).toBe(early.includes(gpu.arch) ? 'mediated-device' : 'sriov-vf');
});

test('the documented examples hold', () => {
  const max = (name: string) => vgpuTypeByName(name).type.maxPerGpu;
  expect(max('RTXA6000-2Q')).toBe(24);
  expect(max('A100D-20C')).toBe(4);
  expect(max('RTX6000-3Q')).toBe(8);
  expect(max('RTX6000-8Q')).toBe(3);
  expect(max('A40-1B')).toBe(32);
});

describe('look-up', () => {
  test('finds a type by any spelling of its name', () => {
    for (const name of ['A40-2Q', 'a40-2q', 'GRID A40-2Q', 'NVIDIA A40-2Q']) {
      const { gpu, type } = vgpuTypeByName(name);
      expect([gpu.id, type.type]).toEqual(['a40', 'A40-2Q']);
    }
    for (const { gpu, type } of types.filter((_, i) => i % 50 === 0)) {
      expect(vgpuTypeByName(type.type)).toEqual({ gpu, type });
    }
  });

  test('refuses an unknown type with near ones', () => {
    expect(() => vgpuTypeByName('A40-5Q')).toThrow(
      /^Unknown vGPU type "A40-5Q": nearest known names are A40-/,
    );
  });

  test('finds GPUs by own name and through the catalogue; a GPU may stand in the table twice', () => {
    expect(vgpuGpusByName('a40').map((gpu) => gpu.id)).toEqual(['a40']);
    expect(vgpuGpusByName('A100-80GB').map((gpu) => gpu.id)).toEqual(['a100-80-sxm']);
    expect(vgpuGpusByName('M10').map((gpu) => gpu.id)).toEqual(['m10']);
    expect(vgpuGpusOfGpu(gpuById('quadro-rtx-6000')!).map((gpu) => gpu.id)).toEqual([
      'rtx6000',
      'rtx6000-passive',
    ]);
    expect(vgpuGpusByName('RTX 3090')).toEqual([]);
    expect(() => vgpuGpusByName('Q100')).toThrow('Unknown vGPU-capable GPU "Q100"');
    expect(vgpuTypesOf('no-such-gpu')).toEqual([]);
  });
});

describe('mixed-size mode', () => {
  test.each(MIXED_SIZE_TABLE)(
    'a %i GiB GPU has the published places for %i GiB vGPUs',
    (memoryGib, sizeGib, maxEqual, maxMixed, ids) => {
      expect(mixedSizePlacements(memoryGib, sizeGib)).toEqual(ids);
      expect(ids).toHaveLength(maxMixed);
      expect(maxMixed).toBeLessThanOrEqual(maxEqual);
    },
  );

  test('places never overlap and never leave the GPU', () => {
    for (let memoryGib = 1; memoryGib <= 288; memoryGib += 7) {
      for (let sizeGib = 1; sizeGib <= memoryGib; sizeGib += 3) {
        const starts = mixedSizePlacements(memoryGib, sizeGib);
        starts.forEach((start, i) => {
          expect(start + sizeGib).toBeLessThanOrEqual(starts[i + 1] ?? memoryGib);
        });
      }
    }
  });

  test('a vGPU larger than the GPU has no place', () => {
    expect(mixedSizePlacements(186, 189)).toEqual([]);
  });
});

test('stun fits follow their tables within the rounding of the published seconds', () => {
  const tables = LIVE_MIGRATION_STUN.slice(0, LIVE_MIGRATION_FITS.length);
  tables.forEach(({ gpu, vsphere, table }, i) => {
    const fit = LIVE_MIGRATION_FITS[i]!;
    expect(fit.gpu).toBe(`${gpu} ${vsphere}`);
    for (const { vgpuGib, stunSec } of table) {
      if (typeof stunSec === 'number')
        expect(Math.abs(fit.fixedSec + fit.secPerGib * vgpuGib - stunSec)).toBeLessThan(2);
    }
  });
});

test('rules and editions name known kinds of evidence, and every source key has a text', () => {
  expect(new Set(VGPU_RULES.map((rule) => rule.id)).size).toBe(VGPU_RULES.length);
  for (const each of [...VGPU_RULES, ...VGPU_EDITIONS]) expect(EVIDENCES).toContain(each.confidence);
  for (const text of Object.values(VGPU_SOURCES)) expect(text.length).toBeGreaterThan(20);
});
