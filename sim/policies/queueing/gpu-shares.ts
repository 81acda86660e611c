import type { FleetView } from '../../cluster/fleet.ts';
import { GPU_MILLI, type TaskShape } from '../../cluster/request.ts';
import { isRefusal, type SharedGpu } from '../../sharing/index.ts';

/** What a request takes of GPUs, in whole GPUs and parts: 1.5 for all of one and half of another. */
export interface GpuShares {
  readonly compute: number;
  readonly memory: number;
}

/**
 * Shares of compute and memory that a request takes. By fraction both are the fraction. On a GPU that a mode shares,
 * memory is what the slot reserves (where it reserves none, what the job will use) of the first card that could take
 * it, and compute what the request states, else what the books count for the slot.
 */
export function gpuShares(fleet: FleetView, shape: TaskShape): GpuShares {
  const { gpuCount, gpuMilli, ask } = shape;
  const byBooks = gpuMilli / GPU_MILLI;
  if (ask === undefined) return { compute: gpuCount * byBooks, memory: gpuCount * byBooks };
  const { slot, use, count } = ask;
  const compute =
    slot.kind === 'part' && slot.computeMilli > 0 ? (slot.computeMilli * count) / GPU_MILLI : byBooks;
  const card = firstCard(fleet, shape);
  if (card === undefined) return { compute: gpuCount * compute, memory: gpuCount * byBooks };
  const memoryMib = card.reservedMib > 0 ? card.reservedMib : use.memoryMib;
  return { compute: gpuCount * compute, memory: gpuCount * Math.min(1, (memoryMib * count) / card.totalMib) };
}

function firstCard(
  fleet: FleetView,
  { ask, accepts }: TaskShape,
): { readonly reservedMib: number; readonly totalMib: number } | undefined {
  if (ask === undefined) return undefined;
  const seen = new Set<SharedGpu>();
  for (let g = 0; g < fleet.gpuCount; g++) {
    const shared = fleet.sharing[g];
    if (shared === undefined || seen.has(shared)) continue;
    if (accepts !== undefined && accepts[fleet.gpuModel[g] as number] !== 1) continue;
    seen.add(shared);
    const slot = fleet.cards[g]?.admitEmpty(ask);
    if (slot !== undefined && !isRefusal(slot)) {
      return { reservedMib: slot.memoryMib, totalMib: shared.spec.memoryMib };
    }
  }
  return undefined;
}
