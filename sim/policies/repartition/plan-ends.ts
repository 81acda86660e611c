import { isLegal, lowestIndex, type MigGeometry, type PlacementSet } from './mig-geometry.ts';

/** Every legal set of placements that has exactly these counts, by profile index. */
export function placementsWith(geometry: MigGeometry, counts: readonly number[]): PlacementSet[] {
  return extensions(geometry, 0, counts);
}

/** Every legal set that consists of `base` and exactly these counts more; all of them, or the first `most`. */
export function extensions(
  geometry: MigGeometry,
  base: PlacementSet,
  counts: readonly number[],
  most = Number.POSITIVE_INFINITY,
): PlacementSet[] {
  const found: PlacementSet[] = [];
  const add = (set: PlacementSet, profile: number, from: PlacementSet, left: number) => {
    if (found.length >= most || !isLegal(geometry, set)) return;
    if (left > 0) {
      for (let rest = from; rest !== 0; rest &= rest - 1) {
        const lowest = rest & -rest;
        if ((set & geometry.overlapping[lowestIndex(rest)]!) === 0) {
          add(set | lowest, profile, rest & (rest - 1), left - 1);
        }
      }
      return;
    }
    let next = profile + 1;
    while (next < counts.length && counts[next] === 0) next += 1;
    if (next >= counts.length) found.push(set);
    else add(set, next, geometry.ofProfile[next]!, counts[next]!);
  };
  add(base, -1, 0, 0);
  return found;
}
