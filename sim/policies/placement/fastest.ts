import type { FleetView } from '../../cluster/fleet.ts';
import { GPU_MILLI, type TaskShape } from '../../cluster/request.ts';
import { leftover } from './best-fit.ts';
import { hasRoom, leastLeftFirst } from './gpu-choice.ts';
import type { PlacementPolicy } from './policy.ts';

/**
 * Takes the host whose GPUs are the fastest for the job, and of equals the one that it fills best. Speeds are those
 * stated for the job's kind (`speedByModel`, a throughput table); without them it is best-fit.
 */
export const fastest: PlacementPolicy = {
  name: 'fastest',
  summary: 'the host with the GPUs on which the job runs fastest, and of those the one that it fills best',
  source: 'Narayanan et al., OSDI 2020: the "perf" variants of its policies take the fastest free type',
  create: (context) => {
    const { fleet } = context;
    const chosen: number[] = [];
    return {
      score(host, shape) {
        // Any difference of speed counts before any of fit, which is below 1.
        const fit = Math.min(0.999, Math.max(0, 1 - leftover(context, host, shape)));
        if (shape.speedOf === undefined || shape.gpuCount === 0) return fit;
        chosen.length = 0;
        fastestFirst(fleet, host, shape, shape.speedOf, chosen);
        const start = fleet.gpuStart[host] as number;
        const slowest = chosen.reduce(
          (least, g) => Math.min(least, speedOn(fleet, start + g, shape.speedOf as Float64Array)),
          Number.POSITIVE_INFINITY,
        );
        return Math.round(slowest * 1e6) + fit;
      },
      chooseGpus(host, shape, gpus) {
        if (shape.speedOf === undefined) leastLeftFirst(fleet, host, shape, gpus);
        else fastestFirst(fleet, host, shape, shape.speedOf, gpus);
      },
    };
  },
};

const speedOn = (fleet: FleetView, g: number, speedOf: Float64Array) =>
  speedOf[fleet.gpuModel[g] as number] as number;

/** Takes the fitting GPUs that are the fastest, of those the ones with the least left, the first of equals. */
function fastestFirst(
  fleet: FleetView,
  host: number,
  shape: TaskShape,
  speedOf: Float64Array,
  gpus: number[],
): void {
  const start = fleet.gpuStart[host] as number;
  const count = fleet.gpusOf(host);
  while (gpus.length < shape.gpuCount) {
    let best = -1;
    let bestSpeed = -1;
    let bestLeft = GPU_MILLI + 1;
    for (let i = 0; i < count; i++) {
      const speed = speedOn(fleet, start + i, speedOf);
      const left = fleet.gpuFreeMilli[start + i] as number;
      if (speed < bestSpeed || (speed === bestSpeed && left >= bestLeft)) continue;
      if (!hasRoom(fleet, start + i, shape) || gpus.includes(i)) continue;
      best = i;
      bestSpeed = speed;
      bestLeft = left;
    }
    gpus.push(best);
  }
}
