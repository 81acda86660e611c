import {
  creatable,
  isLegal,
  layoutText,
  lowestIndex,
  type MigGeometry,
  mixOf,
  NO_PLACEMENTS,
  type PlacementSet,
  placementCount,
} from './mig-geometry.ts';

/** A card whose layout is to be chosen. */
export interface MigCardNow {
  /** Instances that stand. */
  readonly present: PlacementSet;
  /** Those of them that stay whatever happens and serve nobody else: they have jobs that may not be interrupted. */
  readonly keep: PlacementSet;
  /** By placement, what deleting the instance there costs, in units of value, >= 0; absent: nothing. */
  readonly stopCost?: readonly number[];
}

/** One way to lay a card out; of all layouts with the same parts the one that costs least, then the one nearest to what stands. */
export interface MigOption {
  readonly layout: PlacementSet;
  /** By profile index, instances besides the kept ones. */
  readonly parts: readonly number[];
  /** Instances to delete and to create. */
  readonly changes: number;
  /** Of the instances to delete. */
  readonly cost: number;
}

/**
 * Every full layout that holds the kept instances, one for each mix of the others.
 *
 * @param allowed placements that may be used besides the kept ones
 * @throws {RangeError} if the kept instances are no legal layout or do not stand
 */
export function migOptions(
  geometry: MigGeometry,
  { present, keep, stopCost = [] }: MigCardNow,
  allowed: PlacementSet,
): readonly MigOption[] {
  if (!isLegal(geometry, keep) || (keep & ~present) !== 0) {
    throw new RangeError(
      `Cannot keep ${layoutText(geometry, keep)}: must be legal and part of ${layoutText(geometry, present)}`,
    );
  }
  const best = new Map<string, MigOption>();
  for (const layout of fullLayouts(geometry, keep, allowed)) {
    const parts = mixOf(geometry, layout & ~keep);
    const changes = placementCount(layout ^ present);
    const key = parts.join(' ');
    let cost = 0;
    for (let gone = present & ~layout; gone !== 0; gone &= gone - 1) cost += stopCost[lowestIndex(gone)] ?? 0;
    const known = best.get(key);
    if (known === undefined || cost < known.cost || (cost === known.cost && changes < known.changes)) {
      best.set(key, { layout, parts, changes, cost });
    }
  }
  return [...best.values()];
}

/** Layouts that hold `keep` and to which no allowed placement can be added, larger instances first. */
function fullLayouts(geometry: MigGeometry, keep: PlacementSet, allowed: PlacementSet): PlacementSet[] {
  const layouts: PlacementSet[] = [];
  const extend = (layout: PlacementSet, from: PlacementSet): void => {
    const addable = creatable(geometry, layout) & allowed;
    if (addable === NO_PLACEMENTS) layouts.push(layout);
    for (let rest = addable & from; rest !== 0; rest &= rest - 1) {
      const index = lowestIndex(rest);
      extend(layout | (1 << index), ~((2 << index) - 1));
    }
  };
  extend(keep, geometry.all);
  return layouts.sort((a, b) => b - a);
}

/** Profile indices in groups of one size, smallest group first: by compute slices, then memory slices. */
export function profilesBySize({ profiles }: MigGeometry): readonly (readonly number[])[] {
  const order = profiles
    .map((_, index) => index)
    .sort((a, b) => compareSizes(profiles[a]!, profiles[b]!) || a - b);
  const groups: number[][] = [];
  for (const index of order) {
    const last = groups.at(-1);
    if (last !== undefined && compareSizes(profiles[last[0]!]!, profiles[index]!) === 0) last.push(index);
    else groups.push([index]);
  }
  return groups;
}

interface Size {
  readonly gpuSlices: number;
  readonly memorySlices: number;
}

/** Negative where the first is the smaller profile. */
export function compareSizes(a: Size, b: Size): number {
  return a.gpuSlices - b.gpuSlices || a.memorySlices - b.memorySlices;
}
