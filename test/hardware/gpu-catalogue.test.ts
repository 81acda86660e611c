import { describe, expect, test } from 'vitest';
import {
  CONFIDENCES,
  GPU_MODELS,
  GPU_SOURCES,
  gpuMemoryMib,
  MIG_MODELS,
  migModelOfGpu,
  SRIOV_GPUS,
  sriovOfGpu,
} from '../../sim/hardware/index.ts';
import { vgpuGpus, vgpuGpusOfGpu } from '../../sim/hardware/vgpu/index.ts';

test('the catalogue holds 59 GPUs with distinct ids and names', () => {
  expect(GPU_MODELS).toHaveLength(59);
  expect(new Set(GPU_MODELS.map((gpu) => gpu.id)).size).toBe(59);
  expect(new Set(GPU_MODELS.map((gpu) => gpu.name)).size).toBe(59);
});

describe.each(GPU_MODELS.map((gpu) => [gpu.id, gpu] as const))('%s', (_id, gpu) => {
  test('has numbers in a sane range, and watts that add up over the board', () => {
    expect(gpu.releaseYear).toBeGreaterThanOrEqual(2015);
    expect(gpu.memoryGb).toBeGreaterThan(0);
    expect(gpu.memoryBandwidthGbPerSec).toBeGreaterThan(100);
    expect(gpu.fp32Tflops).toBeGreaterThan(0);
    expect(gpu.computeUnits).toBeGreaterThan(0);
    expect([3, 4, 5, 6]).toContain(gpu.pcieGen);
    expect([8, 16]).toContain(gpu.pcieLanes);
    expect(gpu.boardTdpW / gpu.gpusPerBoard).toBeCloseTo(gpu.tdpW, 6);
    if (gpu.idleW !== null) {
      expect(gpu.idleW).toBeGreaterThan(0);
      expect(gpu.idleW).toBeLessThan(gpu.tdpW);
    }
    expect(gpu.idleW === null || gpu.idleWSource !== null).toBe(true);
  });

  test('shows programs close to the memory its name says', () => {
    const ratio = gpuMemoryMib(gpu) / (gpu.memoryGb * 1024);
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.03);
  });

  test('says how sure it is, names its sources, and calls only fields unverified that it has', () => {
    expect(CONFIDENCES).toContain(gpu.confidence);
    expect(gpu.sources.length).toBeGreaterThan(0);
    for (const source of [...gpu.sources, ...gpu.prices.map((price) => price.source)]) {
      expect(Object.keys(GPU_SOURCES)).toContain(source);
    }
    for (const path of gpu.unverifiedFields) {
      let value: unknown = gpu;
      for (const key of path.split('.')) {
        expect(value, path).toHaveProperty(key);
        value = (value as Record<string, unknown>)[key];
      }
    }
  });

  test('is linked to the MIG, vGPU and SR-IOV tables where they have it, both ways', () => {
    expect(migModelOfGpu(gpu) !== undefined).toBe(gpu.virtualization.mig);
    expect(MIG_MODELS.some((model) => model.id === gpu.migModelId)).toBe(gpu.migModelId !== null);
    expect(vgpuGpusOfGpu(gpu).map((each) => each.id)).toEqual(gpu.vgpuGpuIds);
    if (gpu.sriovId !== null) expect(sriovOfGpu(gpu)?.catalogId).toBe(gpu.id);
  });

  test('has positive prices per GPU that agree with the price of the SKU', () => {
    for (const price of gpu.prices) {
      if (price.kind === 'list-or-street-price') expect(price.usd).toBeGreaterThan(0);
      else expect(price.usdPerHour / price.gpusInSku).toBeCloseTo(price.usdPerGpuHour, 2);
    }
  });
});

test('every link back to the catalogue leads to a GPU', () => {
  const ids = GPU_MODELS.map((gpu) => gpu.id);
  for (const { catalogId } of [...SRIOV_GPUS, ...vgpuGpus()]) {
    if (catalogId !== null) expect(ids).toContain(catalogId);
  }
});

test('every MIG model belongs to a GPU of the catalogue, and its memory is that of the GPU', () => {
  for (const model of MIG_MODELS) {
    const gpus = GPU_MODELS.filter((gpu) => gpu.migModelId === model.id);
    expect(gpus.length, model.id).toBeGreaterThan(0);
    for (const gpu of gpus) expect(gpu.memoryGb, gpu.id).toBe(model.memoryGb);
  }
});

test('every source of the catalogue is cited', () => {
  const cited = new Set(
    GPU_MODELS.flatMap((gpu) => [...gpu.sources, ...gpu.prices.map((price) => price.source)]),
  );
  expect(Object.keys(GPU_SOURCES).filter((key) => !cited.has(key as never))).toEqual([]);
});
