import { creatable } from './legality.ts';
import {
  lowestIndex,
  type MigGeometry,
  type MigPlacement,
  type PlacementSet,
  placementCount,
} from './placements.ts';

/**
 * Where the driver puts an instance when no start is given: the legal start that leaves the most placements still
 * creatable, counted over all profiles of the card; ties go to the lowest start.
 *
 * The driver's own choice is made in closed firmware; the rule was inferred by replaying observed sequences. It gives
 * all of them but one: double-memory instances on Hopper were seen to take 4, 0, 2, where the rule gives 6 first.
 *
 * @param layout a legal layout
 * @returns undefined when no start of the profile is free
 */
export function defaultPlacement(
  geometry: MigGeometry,
  layout: PlacementSet,
  profileIndex: number,
): MigPlacement | undefined {
  let best: MigPlacement | undefined;
  let mostLeft = -1;
  for (
    let rest = creatable(geometry, layout) & geometry.ofProfile[profileIndex]!;
    rest !== 0;
    rest &= rest - 1
  ) {
    const index = lowestIndex(rest);
    const left = placementCount(creatable(geometry, layout | (1 << index)));
    if (left > mostLeft) {
      mostLeft = left;
      best = geometry.placements[index]!;
    }
  }
  return best;
}
