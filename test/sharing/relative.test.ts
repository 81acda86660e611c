import { expect, test } from 'vitest';
import { gpuById } from '../../sim/hardware/index.ts';
import { type GpuUse, useOn } from '../../sim/sharing/index.ts';

const L4 = gpuById('l4')!;
const A100 = gpuById('a100-sxm4-80gb')!;
const USE: GpuUse = {
  workload: 'training',
  busy: 1,
  compute: 1,
  bandwidth: 0,
  memoryMib: 1000,
  linkBytesPerSec: 1e9,
  processes: 1,
  syncCallsPerSec: 10,
  speedByProfile: null,
};
const TENSOR = A100.fp16TensorTflopsDense! / L4.fp16TensorTflopsDense!;
const FP32 = A100.fp32Tflops / L4.fp32Tflops;
const BANDWIDTH = A100.memoryBandwidthGbPerSec / L4.memoryBandwidthGbPerSec;

test('work that fills a GPU goes as the resource that binds it', () => {
  expect(useOn(USE, L4, A100, undefined).speed).toBeCloseTo(TENSOR, 12);
  expect(useOn({ ...USE, workload: 'render' }, L4, A100, undefined).speed).toBeCloseTo(FP32, 12);
  const streaming = useOn({ ...USE, compute: 0.01, bandwidth: 1 }, L4, A100, undefined);
  expect(streaming.speed).toBeCloseTo(BANDWIDTH, 12);
  expect(streaming.use.bandwidth).toBeCloseTo(1, 12);
  expect(streaming.use.linkBytesPerSec).toBeCloseTo(1e9 * BANDWIDTH, 0);
});

test('the part of the time without GPU work stays as long', () => {
  const half = useOn({ ...USE, busy: 0.5, compute: 0.5 }, L4, A100, undefined);
  expect(half.speed).toBeCloseTo(1 / (0.5 + 0.5 / TENSOR), 12);
  // Of that shorter time the GPU works for the rest.
  expect(half.use.busy).toBeCloseTo(1 - 0.5 * half.speed, 12);
  expect(half.use.compute).toBeCloseTo(half.use.busy, 12);
});

test('a stated speed is taken as it is, and without a reference all GPUs are equally fast', () => {
  const stated = useOn({ ...USE, busy: 0.5, compute: 0.4 }, L4, A100, 3);
  expect(stated).toMatchObject({ speed: 3, use: { busy: 0.5, compute: 0.4, syncCallsPerSec: 30 } });
  expect(useOn(USE, null, A100, undefined)).toEqual({ speed: 1, use: USE });
  expect(useOn(USE, L4, null, undefined)).toEqual({ speed: 1, use: USE });
});
