import { describe, expect, test } from 'vitest';
import { cardSpecOf, PCIE_LANE_BYTES_PER_SEC } from '../../sim/scenario/resolve/card-spec.ts';
import type { GpuGroup } from '../../sim/scenario/types.ts';

const gpu = (more: Partial<GpuGroup>): GpuGroup => ({
  model: 'A100-80GB',
  count: 1,
  pcieLanes: null,
  pcieGen: null,
  nvlink: null,
  memoryMib: null,
  ...more,
});
const ALONE = { uplinkBytesPerSec: null };

/** As printed wherever PCI Express is explained: GB/s of one lane in one direction, and of sixteen. */
test.each([
  [1, 0.25, 4],
  [2, 0.5, 8],
  [3, 0.985, 15.75],
  [4, 1.969, 31.51],
  [5, 3.938, 63.02],
  [6, 7.563, 121],
])('PCIe %i.0 carries %d GB/s a lane and %d GB/s on sixteen', (gen, lane, sixteen) => {
  const bytes = PCIE_LANE_BYTES_PER_SEC[gen] as number;
  expect(bytes / 1e9).toBeCloseTo(lane, 3);
  expect((16 * bytes) / 1e9).toBeCloseTo(sixteen, sixteen === 121 ? 0 : 1);
});

describe('the link of a card', () => {
  const gbPerSec = (more: Partial<GpuGroup>, uplink: number | null = null) =>
    cardSpecOf({ uplinkBytesPerSec: uplink }, gpu(more)).linkBytesPerSec / 1e9;

  test('is what the GPU has where nothing else is said', () => {
    expect(gbPerSec({})).toBeCloseTo(31.5, 1); // A100: PCIe 4.0 x16
    expect(gbPerSec({ model: 'a2' })).toBeCloseTo(15.75, 1); // PCIe 4.0 x8
    expect(gbPerSec({ model: 'T4' })).toBeCloseTo(15.75, 1); // PCIe 3.0 x16
  });

  test('is halved where a slot of sixteen lanes is split, and again in a slot of the generation before', () => {
    expect(gbPerSec({ pcieLanes: 8 })).toBeCloseTo(gbPerSec({}) / 2, 6);
    expect(gbPerSec({ pcieLanes: 8, pcieGen: 3 })).toBeCloseTo(gbPerSec({}) / 4, 6);
  });

  test('never gains from a slot that can do more than the GPU', () => {
    expect(gbPerSec({ model: 'a2', pcieLanes: 16, pcieGen: 5 })).toBe(gbPerSec({ model: 'a2' }));
  });

  test('is at most the uplink of the host, which one GPU may have for itself', () => {
    expect(gbPerSec({ count: 8 }, 20e9)).toBe(20);
    expect(gbPerSec({ count: 8 }, 64e9)).toBe(gbPerSec({}));
  });

  test('has no limit for a GPU of which nobody states one', () => {
    const unknown = { model: 'Board', memoryMib: 1000 };
    expect(gbPerSec(unknown)).toBe(Number.POSITIVE_INFINITY);
    expect(gbPerSec(unknown, 5e9)).toBe(5);
    expect(gbPerSec({ ...unknown, pcieLanes: 4, pcieGen: 3 })).toBeCloseTo(3.94, 2);
  });
});

test("memory is the catalogue's, or stated; a card without either cannot be described", () => {
  expect(cardSpecOf(ALONE, gpu({ model: 'T4' }))).toMatchObject({
    model: 'T4',
    memoryMib: 15360,
    catalogue: { id: 't4' },
  });
  expect(cardSpecOf(ALONE, gpu({ model: 'Board', memoryMib: 24576 }))).toMatchObject({
    model: 'Board',
    memoryMib: 24576,
    catalogue: null,
  });
  expect(() => cardSpecOf(ALONE, gpu({ model: 'Board' }))).toThrow(/"Board".*not in the catalogue/);
});
