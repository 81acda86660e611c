import type { GpuModel } from '../../hardware/index.ts';
import type { GpuUse, WorkloadClass } from '../ask.ts';

/** A use as it is on one GPU model, and the speed there relative to the GPU on which it was measured. */
export interface UseElsewhere {
  /** > 0; 1 = as fast as on the reference. */
  readonly speed: number;
  readonly use: GpuUse;
}

/** Work that runs on matrix engines where a GPU has them. */
const MATRIX_CLASSES: readonly WorkloadClass[] = ['training', 'inference-saturated', 'inference-latency'];

/**
 * Carries a use over from the GPU on which it was measured to another: the part of the time without GPU work stays as
 * long, the GPU's part grows or shrinks with the resource that binds it there, peak compute (matrix engines for
 * training and inference, FP32 otherwise) or memory bandwidth. A first estimate from data sheets; a measured speed,
 * where one is stated, is taken instead and leaves all fractions as they are.
 *
 * What it leaves out: kernels too small to fill a larger GPU, caches, clocks, software that knows only one of the two.
 *
 * @param reference GPU of the measurement; null = the use holds for whichever GPU it is
 * @param card null = a GPU that the catalogue does not have: as fast as the reference unless `stated`
 * @param stated measured speed on `card` relative to `reference`, > 0; undefined = none
 */
export function useOn(
  use: GpuUse,
  reference: GpuModel | null,
  card: GpuModel | null,
  stated: number | undefined,
): UseElsewhere {
  if (stated !== undefined) {
    return {
      speed: stated,
      use: {
        ...use,
        linkBytesPerSec: use.linkBytesPerSec * stated,
        syncCallsPerSec: use.syncCallsPerSec * stated,
      },
    };
  }
  if (reference === null || card === null || reference.id === card.id) return { speed: 1, use };
  const compute = use.compute / (peakTflops(card, use.workload) / peakTflops(reference, use.workload));
  const bandwidth = use.bandwidth / (card.memoryBandwidthGbPerSec / reference.memoryBandwidthGbPerSec);
  const bound = Math.max(compute, bandwidth) / Math.max(use.compute, use.bandwidth);
  const gpuTime = use.busy * bound;
  const speed = 1 / (1 - use.busy + gpuTime);
  const busy = Math.min(1, gpuTime * speed);
  return {
    speed,
    use: {
      ...use,
      busy,
      compute: Math.min(busy, compute * speed),
      bandwidth: Math.min(1, bandwidth * speed),
      linkBytesPerSec: use.linkBytesPerSec * speed,
      syncCallsPerSec: use.syncCallsPerSec * speed,
    },
  };
}

/** Peak rate that a class of work can draw on, TFLOPS dense. */
function peakTflops(gpu: GpuModel, workload: WorkloadClass): number {
  return (MATRIX_CLASSES.includes(workload) ? gpu.fp16TensorTflopsDense : null) ?? gpu.fp32Tflops;
}
