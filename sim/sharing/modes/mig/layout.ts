import {
  canAdd,
  creatable,
  defaultPlacement,
  type MigPlacement,
  NO_PLACEMENTS,
  type PlacementSet,
  placementAt,
  placementsIn,
  refusal,
  refusalText,
} from '../../../hardware/index.ts';
import type { MigShape, NamedProfile } from './shape.ts';

/** What is wrong with the entries one by one, all of them; how they go together is another question. */
export function wrongEntries(shape: MigShape, entries: readonly string[]): string[] {
  return entries.flatMap((entry) => {
    const found = shape.named(entry);
    if (typeof found === 'string') return [found];
    if (found.slices === found.sized.profile.gpuSlices) return [];
    return [`must name GPU instances, got the compute instance "${entry}"`];
  });
}

/**
 * The GPU instances that a list of profiles stands for. Those with a start (`3g.40gb@4`) take it; the others go where
 * the driver puts them in the order of the list, and if that leaves no room for one, wherever all fit, as NVIDIA's
 * mig-parted does by trying other orders.
 *
 * @returns the layout, or what is wrong with the list
 */
export function fixedLayout(shape: MigShape, entries: readonly string[]): PlacementSet | string {
  if (entries.length === 0) return 'must name at least one profile, got none';
  const [wrong] = wrongEntries(shape, entries);
  if (wrong !== undefined) return wrong;
  const named = entries.map((entry) => shape.named(entry) as NamedProfile);
  const { geometry } = shape;
  let layout = NO_PLACEMENTS;
  for (const { sized, start } of named) {
    if (start === null) continue;
    const placement = placementAt(geometry, sized.profile, start) as MigPlacement;
    const refused = refusal(geometry, layout, placement);
    if (refused !== undefined) return refusalText(placement, refused);
    layout |= 1 << placement.index;
  }
  const open = named.filter((each) => each.start === null).map((each) => each.sized.index);
  const full = inOrder(shape, layout, open) ?? anywhere(shape, layout, open);
  return full ?? `${entries.join(', ')} do not fit together on ${shape.model.model}`;
}

/** The layout with each profile where the driver puts it. */
function inOrder(
  shape: MigShape,
  layout: PlacementSet,
  profiles: readonly number[],
): PlacementSet | undefined {
  let built = layout;
  for (const index of profiles) {
    const placement = defaultPlacement(shape.geometry, built, index);
    if (placement === undefined) return undefined;
    built |= 1 << placement.index;
  }
  return built;
}

/** Some legal layout with all the profiles; undefined where there is none. */
function anywhere(
  shape: MigShape,
  layout: PlacementSet,
  profiles: readonly number[],
): PlacementSet | undefined {
  const [first, ...rest] = profiles;
  if (first === undefined) return layout;
  const { geometry } = shape;
  for (const placement of placementsIn(geometry, creatable(geometry, layout) & geometry.ofProfile[first]!)) {
    if (!canAdd(geometry, layout, placement)) continue;
    const full = anywhere(shape, layout | (1 << placement.index), rest);
    if (full !== undefined) return full;
  }
  return undefined;
}
