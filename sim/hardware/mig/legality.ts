import { enginesSuffice } from './engine-budget.ts';
import { MIG_ENGINES, type MigEngines } from './mig-model.ts';
import {
  lowestIndex,
  type MigGeometry,
  type MigPlacement,
  NO_PLACEMENTS,
  type PlacementSet,
  placementCount,
  placementsIn,
} from './placements.ts';

/** Why a GPU instance cannot be created, with what stands in the way. */
export type MigRefusal =
  | { readonly rule: 'span-overlap'; readonly blockedBy: readonly MigPlacement[] }
  | {
      readonly rule: 'engine-budget';
      readonly engine: keyof MigEngines;
      readonly needed: number;
      readonly left: number;
    }
  | { readonly rule: 'max-instances'; readonly profile: string; readonly max: number };

/** Engines of the card that a layout leaves free, packed. */
function enginesLeft(geometry: MigGeometry, layout: PlacementSet): number {
  let left = geometry.engineTotals;
  for (let rest = layout; rest !== 0; rest &= rest - 1) {
    left -= geometry.engines[geometry.placements[lowestIndex(rest)]!.profileIndex]!;
  }
  return left;
}

/**
 * The placements that may still be added to a legal layout: free of overlap, within the engine budget, below the most
 * instances of their profile.
 */
export function creatable(geometry: MigGeometry, layout: PlacementSet): PlacementSet {
  let free = geometry.all;
  let left = geometry.engineTotals;
  for (let rest = layout; rest !== 0; rest &= rest - 1) {
    const index = lowestIndex(rest);
    free &= ~geometry.overlapping[index]!;
    left -= geometry.engines[geometry.placements[index]!.profileIndex]!;
  }
  if (free === NO_PLACEMENTS) return NO_PLACEMENTS;
  for (let profileIndex = 0; profileIndex < geometry.profiles.length; profileIndex++) {
    const own = geometry.ofProfile[profileIndex]!;
    if ((free & own) === 0) continue;
    if (
      !enginesSuffice(left, geometry.engines[profileIndex]!) ||
      placementCount(layout & own) >= geometry.profiles[profileIndex]!.maxInstances
    ) {
      free &= ~own;
    }
  }
  return free;
}

/** Whether a placement may be added to a legal layout. */
export function canAdd(geometry: MigGeometry, layout: PlacementSet, placement: MigPlacement): boolean {
  const { index, profileIndex, profile } = placement;
  return (
    (geometry.overlapping[index]! & layout) === 0 &&
    enginesSuffice(enginesLeft(geometry, layout), geometry.engines[profileIndex]!) &&
    placementCount(layout & geometry.ofProfile[profileIndex]!) < profile.maxInstances
  );
}

/** The first rule that forbids adding a placement to a legal layout; undefined when none does. */
export function refusal(
  geometry: MigGeometry,
  layout: PlacementSet,
  placement: MigPlacement,
): MigRefusal | undefined {
  const blocking = geometry.overlapping[placement.index]! & layout;
  if (blocking !== 0) return { rule: 'span-overlap', blockedBy: placementsIn(geometry, blocking) };
  const members = placementsIn(geometry, layout);
  for (const engine of MIG_ENGINES) {
    const used = members.reduce((sum, each) => sum + each.profile.engines[engine], 0);
    const left = geometry.model.engineTotals[engine] - used;
    const needed = placement.profile.engines[engine];
    if (needed > left) return { rule: 'engine-budget', engine, needed, left };
  }
  const { profile, profileIndex } = placement;
  if (placementCount(layout & geometry.ofProfile[profileIndex]!) >= profile.maxInstances) {
    return { rule: 'max-instances', profile: profile.name, max: profile.maxInstances };
  }
  return undefined;
}

/** The refusal as one sentence part: `3g.20gb at 4 overlaps 2g.10gb at 4`. */
export function refusalText(placement: MigPlacement, refused: MigRefusal): string {
  const what = `${placement.profile.name} at ${placement.start}`;
  switch (refused.rule) {
    case 'span-overlap':
      return `${what} overlaps ${refused.blockedBy.map((each) => `${each.profile.name} at ${each.start}`).join(', ')}`;
    case 'engine-budget':
      return `${what} needs ${refused.needed} ${refused.engine}, ${refused.left} left`;
    case 'max-instances':
      return `${what} would exceed the most instances of ${refused.profile}, ${refused.max}`;
  }
}

/** Whether a set of placements may exist together. */
export function isLegal(geometry: MigGeometry, layout: PlacementSet): boolean {
  let built: PlacementSet = NO_PLACEMENTS;
  for (const placement of placementsIn(geometry, layout)) {
    if (!canAdd(geometry, built, placement)) return false;
    built |= 1 << placement.index;
  }
  return true;
}
