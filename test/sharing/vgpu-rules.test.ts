import { describe, expect, test } from 'vitest';
import { LIVE_MIGRATION_STUN } from '../../sim/hardware/vgpu/index.ts';
import { isAssumed, isRefusal, operationSeconds } from '../../sim/sharing/index.ts';
import { frameLimitFps, skipsIdle, sliceMs, TURN_AVERAGING } from '../../sim/sharing/modes/vgpu/turns.ts';
import { vgpu } from '../../sim/sharing/modes/vgpu.ts';
import { cardOf, cardOfEntry, entry, named, values, vgpuConfig } from './vgpu-cards.ts';

const keysAndMessages = (config: ReturnType<typeof vgpuConfig>, gpu: string) =>
  vgpu.check(config, cardOf(gpu)).map(({ key, message }) => `${key}: ${message}`);

describe('what a GPU and the options allow', () => {
  test('every problem is told at once', () => {
    const config = vgpuConfig({ sizes: 'mixed', scheduler: 'fixed-share', sliceMs: 31, series: 'Z' });
    expect(keysAndMessages(config, 'm60')).toEqual([
      'scheduler: must be best-effort on Tesla M60 (Maxwell), got fixed-share',
      'sizes: must be equal on Tesla M60: no placements in mixed-size mode',
      'scheduler: must be best-effort or equal-share with mixed sizes, got fixed-share',
      'sliceMs: must be 1 to 30 ms, got 31',
      'series: must be one of A, B, Q on Tesla M60, got Z',
    ]);
  });

  test('a GPU without time-sliced types says what to use instead', () => {
    expect(keysAndMessages(vgpuConfig(), 'flex-170')[0]).toMatch(/^mode: .*use mode sriov$/);
    expect(keysAndMessages(vgpuConfig(), 'mi300x')[0]).toMatch(/^mode: .*use mode sriov$/);
    const [problem] = vgpu.check(vgpuConfig(), cardOfEntry(entry('rtx-pro-4500-bse')));
    expect(problem).toMatchObject({ key: 'mode', message: expect.stringMatching(/use mode mig-vgpu$/) });
    const unknown = { model: 'Voodoo 2', catalogue: null, memoryMib: 8, linkBytesPerSec: 1 };
    expect(vgpu.check(vgpuConfig(), unknown)).toEqual([
      { key: 'mode', message: 'Voodoo 2 has no NVIDIA vGPU types' },
    ]);
  });

  test('policies other than best effort exist on every GPU but those of Maxwell', () => {
    for (const id of ['p40', 'v100-pcie-16', 't4', 'a16', 'l4', 'h100-80-pcie', 'rtx-pro-6000-bse']) {
      for (const scheduler of ['equal-share', 'fixed-share'] as const) {
        expect(vgpu.check(vgpuConfig({ scheduler }), cardOfEntry(entry(id))), id).toEqual([]);
      }
    }
    for (const id of ['m10', 'm60', 'm6']) {
      expect(vgpu.check(vgpuConfig({ scheduler: 'equal-share' }), cardOfEntry(entry(id))), id).toHaveLength(
        1,
      );
    }
  });
});

describe('turns and frames', () => {
  test('slices last 2 ms up to 8 vGPUs of the type and 1 ms above, or as stated within 1 to 30 ms', () => {
    expect([1, 4, 8, 9, 32].map((count) => sliceMs(count, null))).toEqual([2, 2, 2, 1, 1]);
    expect([7, 8].map((count) => sliceMs(count, null, 7))).toEqual([2, 1]);
    expect([1, 30].map((stated) => sliceMs(16, stated))).toEqual([1, 30]);
    for (const wrong of [0.9, 30.1, 0, Number.NaN]) expect(() => sliceMs(4, wrong)).toThrow(RangeError);
    expect(() => sliceMs(0, null)).toThrow(RangeError);
    expect(TURN_AVERAGING).toEqual({ min: 1, default: 33, max: 60 });
  });

  test('frames are capped by series under best effort alone', () => {
    expect((['A', 'B', 'Q', 'C'] as const).map((series) => frameLimitFps(series, 'best-effort'))).toEqual([
      60, 45, 60, 60,
    ]);
    for (const scheduler of ['equal-share', 'fixed-share'] as const) {
      expect(frameLimitFps('B', scheduler)).toBeNull();
      expect(skipsIdle(scheduler)).toBe(false);
    }
    expect(skipsIdle('best-effort')).toBe(true);
  });
});

test('the licence follows the series: office, workstation and application users, and one for each GPU that computes', () => {
  const licence = (profile: string) => {
    const config = vgpuConfig();
    const card = cardOf('a40');
    const slot = vgpu.createCard(config, card, values()).admit(named(profile));
    if (isRefusal(slot)) throw new Error(slot.detail);
    const { edition, metric } = vgpu.licence(config, card, slot);
    return `${edition} by ${metric}`;
  };
  expect(['A40-2B', 'A40-2Q', 'A40-2A', 'A40-4C'].map(licence)).toEqual([
    'vPC by concurrent-user',
    'RTX vWS by concurrent-user',
    'vApps by concurrent-user',
    'NVIDIA AI Enterprise by gpu',
  ]);
});

describe('what changes cost', () => {
  const config = vgpuConfig();
  const seconds = (operation: string, path: string, memoryMib: number, gpu = 't4') => {
    const found = vgpu
      .operations(config, cardOf(gpu))
      .find((each) => each.operation === operation && each.path === path);
    return found === undefined ? undefined : operationSeconds(found, values(), memoryMib);
  };

  test.each([
    ['vsphere-6.7u1', 'P40', '6.7U1'],
    ['vsphere-6.7u3', 'V100', '6.7U3'],
    ['vsphere-7.0', 'V100', '7.0'],
  ] as const)('the stun of %s is the least-squares line through the measured table', (path, gpu, vsphere) => {
    const rows = LIVE_MIGRATION_STUN.find((each) => each.gpu === gpu && each.vsphere === vsphere)!.table;
    const measured = rows.filter((row) => row.stunSec != null);
    const n = measured.length;
    const meanX = measured.reduce((sum, row) => sum + row.vgpuGib, 0) / n;
    const meanY = measured.reduce((sum, row) => sum + row.stunSec!, 0) / n;
    const over = measured.reduce((sum, row) => sum + (row.vgpuGib - meanX) * (row.stunSec! - meanY), 0);
    const slope = over / measured.reduce((sum, row) => sum + (row.vgpuGib - meanX) ** 2, 0);
    for (const gib of [1, 8, 32]) {
      const expected = meanY + slope * (gib - meanX);
      expect(Math.abs(seconds('migrate', path, gib * 1024)! - expected)).toBeLessThan(0.03);
    }
  });

  test('slopes of the stun range over what neighbouring rows of the tables show', () => {
    for (const [id, gpu, vsphere] of [
      ['vgpu.stun-6-7u1-per-gib', 'P40', '6.7U1'],
      ['vgpu.stun-6-7u3-per-gib', 'V100', '6.7U3'],
      ['vgpu.stun-7-0-per-gib', 'V100', '7.0'],
    ] as const) {
      const rows = LIVE_MIGRATION_STUN.find(
        (each) => each.gpu === gpu && each.vsphere === vsphere,
      )!.table.filter((row) => row.stunSec != null);
      const slopes = rows
        .slice(1)
        .map((row, i) => (row.stunSec! - rows[i]!.stunSec!) / (row.vgpuGib - rows[i]!.vgpuGib));
      const { low, high } = vgpu.parameters.find((each) => each.id === id)!;
      expect(Math.abs(low - Math.min(...slopes))).toBeLessThan(0.01);
      expect(Math.abs(high - Math.max(...slopes))).toBeLessThan(0.01);
    }
  });

  test('the boot path of large cards has the mapping of the BAR as a path of its own', () => {
    const boot = seconds('start', 'host', 4096, 'a100-pcie-80gb')!;
    expect(seconds('start', 'host-large-bar', 4096, 'a100-pcie-80gb')).toBe(boot + 14);
    expect(seconds('start', 'host-large-bar', 4096, 't4')).toBeUndefined();
    expect(seconds('stop', 'host-large-bar', 4096, 'a100-pcie-80gb')).toBe(seconds('stop', 'host', 4096));
  });

  test('a type changes with the machine off, a size mode with the card empty, a policy with the host drained', () => {
    const idle = vgpu
      .operations(config, cardOf('t4'))
      .filter((each) => each.operation.startsWith('change') || each.operation.startsWith('switch'))
      .map((each) => `${each.path} ${each.needsIdle}`);
    expect(idle).toEqual(['type tenant', 'size-mode card', 'host-reload host']);
    expect(seconds('change-layout', 'type', 0)).toBe(
      seconds('stop', 'host', 0)! + seconds('start', 'host', 0)!,
    );
  });

  test('figures without a publication are marked as assumed', () => {
    const assumed = vgpu.parameters.filter(isAssumed).map((each) => each.id);
    expect(assumed).toContain('vgpu.aggregate');
    expect(assumed).toContain('vgpu.vm-boot');
    expect(assumed).not.toContain('vgpu.lone');
    for (const { id, low, typical, high, min, max } of vgpu.parameters) {
      expect(id.startsWith('vgpu.')).toBe(true);
      expect([min, low, typical, high, max], id).toEqual(
        [min, low, typical, high, max].sort((a, b) => a - b),
      );
    }
  });
});
