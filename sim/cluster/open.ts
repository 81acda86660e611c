import type { Card, Slot } from '../sharing/index.ts';
import { CLOSED_FOR, GPU_CLOSED_FOR } from './closed-for.ts';
import type { FleetView } from './fleet.ts';

/**
 * Whether a host takes jobs in: it works, can be reached, is there and is not to be emptied. Room that is kept for a
 * claim is given away all the same, so claims close nothing here.
 */
export function isHostOpen(fleet: Pick<FleetView, 'closedFor'>, host: number): boolean {
  return ((fleet.closedFor[host] as number) & ~CLOSED_FOR.claim) === 0;
}

/** The same for GPU number `g` of the fleet, whatever its host does. */
export function isGpuOpen(fleet: Pick<FleetView, 'gpuClosedFor'>, g: number): boolean {
  return ((fleet.gpuClosedFor[g] as number) & ~GPU_CLOSED_FOR.claim) === 0;
}

/**
 * Whether a free slot of a card is there for a newcomer: not where the card, or the instance that it is in, is kept from
 * newcomers until it has been cut anew, nor where the cut that it is to have does not have the slot.
 */
export function isSlotOpen({ layout, cut }: Card, slot: Slot): boolean {
  if (layout !== undefined) {
    return layout.held === 0 || (layout.held & (1 << layout.placementOf(slot).index)) === 0;
  }
  return cut === undefined || (!cut.isHeld && (cut.present === null || cut.has(cut.present, slot)));
}

/** What the open GPUs of a host have left, in thousandths; 0 where the host takes nobody in. */
export function openIdleMilli(fleet: FleetView, host: number): number {
  if (!isHostOpen(fleet, host)) return 0;
  let idle = fleet.hostGpuFreeMilli[host] as number;
  for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
    if (!isGpuOpen(fleet, g)) idle -= fleet.gpuFreeMilli[g] as number;
  }
  return idle;
}
