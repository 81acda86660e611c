import type { FleetView } from '../../cluster/fleet.ts';
import type { InstanceLayout } from '../../sharing/index.ts';

/** The instances of a card. @throws {RangeError} if the card is not cut into instances */
export function layoutOf(fleet: FleetView, gpu: number): InstanceLayout {
  const layout = fleet.cards[gpu]?.layout;
  if (layout === undefined)
    throw new RangeError(`Cannot change GPU ${gpu} of the fleet: it has no instances`);
  return layout;
}
