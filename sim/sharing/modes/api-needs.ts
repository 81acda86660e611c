import type { GpuAsk, WorkloadClass } from '../ask.ts';
import type { Refusal } from '../slot.ts';

const NEEDS_CUDA: readonly WorkloadClass[] = ['training', 'inference-saturated', 'inference-latency', 'hpc'];
const NEEDS_GRAPHICS: readonly WorkloadClass[] = ['graphics', 'desktop'];

/**
 * Refuses work whose class says that it needs an API that the mode does not give. Rendering, video and generic work
 * exist for either API and pass.
 */
export function refuseWithout(api: 'CUDA' | 'graphics', { use }: GpuAsk): Refusal | undefined {
  const needing = api === 'CUDA' ? NEEDS_CUDA : NEEDS_GRAPHICS;
  if (!needing.includes(use.workload)) return undefined;
  return { refused: 'api-missing', detail: `${use.workload} needs ${api}, which the mode does not give` };
}
