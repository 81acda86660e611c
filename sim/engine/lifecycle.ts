import type { FleetView } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import { type OperationName, operationSeconds, pathNamed } from '../sharing/index.ts';

/**
 * How long a worker takes to start on its GPUs or to leave them, by the path of that name: the longest of its GPUs, which
 * are prepared side by side. 0 where the GPU's mode has no such path.
 *
 * @returns whole microseconds
 */
export function lifecycleUs(
  fleet: FleetView,
  { host, gpus, grant }: Part,
  operation: OperationName,
  path: string | null,
): number {
  if (path === null || grant.length === 0) return 0;
  const start = fleet.gpuStart[host] as number;
  const numbers = gpus.map((g) => start + g);
  const shared = numbers.filter((g) => fleet.sharing[g] !== undefined);
  const perGpu = grant.length / shared.length;
  let longest = 0;
  shared.forEach((g, i) => {
    const gpu = fleet.sharing[g];
    if (gpu === undefined) return;
    const way = pathNamed(gpu, operation, path);
    if (way === undefined) return;
    const memoryMib = grant
      .slice(i * perGpu, (i + 1) * perGpu)
      .reduce((sum, slot) => sum + slot.memoryMib, 0);
    longest = Math.max(longest, operationSeconds(way, gpu.values, memoryMib));
  });
  return Math.round(longest * 1e6);
}
