import { creatable } from './legality.ts';
import { MIG_VARIANTS, type MigVariant } from './mig-model.ts';
import {
  lowestIndex,
  type MigGeometry,
  NO_PLACEMENTS,
  type PlacementSet,
  placementsIn,
} from './placements.ts';

/** Placements of the profiles of these variants; all of them by default. */
export function placementsOfVariants(
  geometry: MigGeometry,
  variants: readonly MigVariant[] = MIG_VARIANTS,
): PlacementSet {
  return geometry.profiles.reduce(
    (set, profile, index) => (variants.includes(profile.variant) ? set | geometry.ofProfile[index]! : set),
    NO_PLACEMENTS,
  );
}

/**
 * Visits every legal layout of the given variants once, the empty one first, each with the placements of those
 * variants that may still be added.
 */
export function forEachLayout(
  geometry: MigGeometry,
  variants: readonly MigVariant[],
  visit: (layout: PlacementSet, addable: PlacementSet) => void,
): void {
  const allowed = placementsOfVariants(geometry, variants);
  const extend = (layout: PlacementSet, from: PlacementSet): void => {
    const addable = creatable(geometry, layout) & allowed;
    visit(layout, addable);
    // Members are added in rising order only, so that no layout is met twice.
    for (let rest = addable & from; rest !== 0; rest &= rest - 1) {
      const index = lowestIndex(rest);
      extend(layout | (1 << index), ~((2 << index) - 1));
    }
  };
  extend(NO_PLACEMENTS, geometry.all);
}

/** Every legal layout, the empty one included. */
export function allLayouts(
  geometry: MigGeometry,
  variants: readonly MigVariant[] = ['plain'],
): PlacementSet[] {
  const layouts: PlacementSet[] = [];
  forEachLayout(geometry, variants, (layout) => layouts.push(layout));
  return layouts;
}

/** The layouts to which nothing of the same variants can be added, largest instances first. */
export function maximalLayouts(
  geometry: MigGeometry,
  variants: readonly MigVariant[] = ['plain'],
): PlacementSet[] {
  const layouts: PlacementSet[] = [];
  forEachLayout(geometry, variants, (layout, addable) => {
    if (addable === NO_PLACEMENTS) layouts.push(layout);
  });
  // Profiles stand in rising size and a higher index is a higher bit, so the larger number has the larger instance.
  return layouts.sort((a, b) => b - a);
}

/** How often each profile of the model occurs in a layout, in the order of the model's profiles. */
export type ProfileMix = readonly number[];

/** The profile counts of a layout. */
export function mixOf(geometry: MigGeometry, layout: PlacementSet): ProfileMix {
  const counts = geometry.profiles.map(() => 0);
  for (const { profileIndex } of placementsIn(geometry, layout)) counts[profileIndex]! += 1;
  return counts;
}

/** The distinct mixes of a list of layouts, in the order in which they first occur. */
export function distinctMixes(geometry: MigGeometry, layouts: readonly PlacementSet[]): ProfileMix[] {
  const mixes = new Map<string, ProfileMix>();
  for (const layout of layouts) {
    const mix = mixOf(geometry, layout);
    const key = mix.join(' ');
    if (!mixes.has(key)) mixes.set(key, mix);
  }
  return [...mixes.values()];
}

/** `4g.20gb@0 3g.20gb@4`: a layout in the order of the placement axis. */
export function layoutText(geometry: MigGeometry, layout: PlacementSet): string {
  return placementsIn(geometry, layout)
    .sort((a, b) => a.start - b.start)
    .map(({ profile, start }) => `${profile.name}@${start}`)
    .join(' ');
}
