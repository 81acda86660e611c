import {
  creatable,
  type MigGeometry,
  NO_PLACEMENTS,
  type PlacementSet,
  placementsIn,
} from '../../../hardware/index.ts';

/** By geometry and allowed placements: most slices that can still be added to a layout. */
const known = new WeakMap<MigGeometry, Map<PlacementSet, Map<PlacementSet, number>>>();

/**
 * Compute slices that no further instances can take, however they are chosen: those that are free less the most that
 * instances added to the layout can have together. Beside 3g at 0 that is one slice (only 3g or less fits into the
 * other half), though nothing is full yet.
 *
 * @param allowed placements that requests can ask for
 */
export function strandedSlices(geometry: MigGeometry, layout: PlacementSet, allowed: PlacementSet): number {
  let byAllowed = known.get(geometry);
  if (byAllowed === undefined) {
    byAllowed = new Map();
    known.set(geometry, byAllowed);
  }
  let answers = byAllowed.get(allowed);
  if (answers === undefined) {
    answers = new Map();
    byAllowed.set(allowed, answers);
  }
  const taken = slicesOf(geometry, layout);
  return geometry.model.gpuSlicesTotal - taken - mostSlices(geometry, layout, allowed, answers);
}

/** Compute slices of all instances of a layout. */
export function slicesOf(geometry: MigGeometry, layout: PlacementSet): number {
  return placementsIn(geometry, layout).reduce((sum, { profile }) => sum + profile.gpuSlices, 0);
}

function mostSlices(
  geometry: MigGeometry,
  layout: PlacementSet,
  allowed: PlacementSet,
  answers: Map<PlacementSet, number>,
): number {
  const before = answers.get(layout);
  if (before !== undefined) return before;
  const free = creatable(geometry, layout) & allowed;
  let most = 0;
  if (free !== NO_PLACEMENTS) {
    for (const { index, profile } of placementsIn(geometry, free)) {
      most = Math.max(
        most,
        profile.gpuSlices + mostSlices(geometry, layout | (1 << index), allowed, answers),
      );
    }
  }
  answers.set(layout, most);
  return most;
}
