import type { FleetView } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import { endsNeighbour } from '../faults/index.ts';
import type { Slot } from '../sharing/index.ts';
import type { LiveJob } from './live-job.ts';

/**
 * The jobs that a fault in one job's process ends: itself first, and its neighbours on each of its cards as far as the
 * mode of the card lets the fault reach. On GPUs that are whole or shared by fraction nobody else.
 *
 * Leaves out what a neighbour that ends so would do to cards that the first job is not on.
 */
export function endedByProcess(
  fleet: FleetView,
  faulty: LiveJob,
  all: readonly (LiveJob | undefined)[],
): readonly LiveJob[] {
  const own = slotsByGpu(fleet, faulty.parts);
  if (own.size === 0) return [faulty];
  const others = all.filter(
    (other) =>
      other !== undefined &&
      other !== faulty &&
      [...slotsByGpu(fleet, other.parts)].some(([gpu, slots]) => {
        const mine = own.get(gpu);
        const mode = fleet.sharing[gpu]?.mode;
        return mine !== undefined && mode !== undefined && endsNeighbour(mode.traits.faultEnds, mine, slots);
      }),
  ) as LiveJob[];
  return [faulty, ...others];
}

/** By number of a shared GPU: the slots that parts have there. */
function slotsByGpu(fleet: FleetView, parts: readonly Part[]): ReadonlyMap<number, readonly Slot[]> {
  const byGpu = new Map<number, Slot[]>();
  for (const { shape, host, gpus, grant } of parts) {
    let next = 0;
    for (const g of gpus) {
      const gpu = (fleet.gpuStart[host] as number) + g;
      if (fleet.sharing[gpu] === undefined) continue;
      const count = shape.ask?.count ?? 1;
      const slots = grant.slice(next, next + count);
      next += count;
      byGpu.set(gpu, [...(byGpu.get(gpu) ?? []), ...slots]);
    }
  }
  return byGpu;
}
