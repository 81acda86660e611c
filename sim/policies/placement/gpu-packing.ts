import type { FleetView } from '../../cluster/fleet.ts';
import { GPU_MILLI, type TaskShape } from '../../cluster/request.ts';
import { leastLeftFirst } from './gpu-choice.ts';
import { FGD_ARTEFACT, type PlacementPolicy } from './policy.ts';

/**
 * Three bands: GPUs already shared (100 down to 50, fuller GPUs first), free GPUs of a used host (50 down to 33, fewer
 * first), a host whose GPUs are all free (33 and below, small hosts first). Tasks without GPU score 0 everywhere.
 */
export const gpuPacking: PlacementPolicy = {
  name: 'gpu-packing',
  summary: 'GPUs already in use first, then free GPUs of used hosts, then free hosts',
  source: FGD_ARTEFACT,
  create: ({ fleet }) => {
    const chosen: number[] = [];
    return {
      score: (host, shape) => packingScore(fleet, host, shape, chosen),
      chooseGpus: (host, shape, gpus) => leastLeftFirst(fleet, host, shape, gpus),
    };
  },
};

function packingScore(fleet: FleetView, host: number, shape: TaskShape, chosen: number[]): number {
  if (shape.gpuCount === 0) return 0;
  const count = fleet.gpusOf(host);
  if (fleet.hostGpuFreeMilli[host] === count * GPU_MILLI) return Math.max(33 - count, count);
  chosen.length = 0;
  leastLeftFirst(fleet, host, shape, chosen);
  const start = fleet.gpuStart[host] as number;
  let fullyFree = 0;
  let freePercent = 0;
  for (const i of chosen) {
    const left = fleet.gpuFreeMilli[start + i] as number;
    if (left === GPU_MILLI) fullyFree += 1;
    freePercent += Math.trunc((left * 100) / GPU_MILLI);
  }
  return fullyFree > 0 ? Math.max(50 - fullyFree, 33) : Math.max(100 - Math.trunc(freePercent / 10), 50);
}
