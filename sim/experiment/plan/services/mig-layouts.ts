import {
  creatable,
  type MigGeometry,
  mixOf,
  NO_PLACEMENTS,
  type PlacementSet,
} from '../../../hardware/index.ts';

/**
 * The ways to cut a card into instances of some profiles to which no instance of these can be added, without those that
 * have no more of any profile than another.
 *
 * @param wanted indices of profiles of the geometry
 * @returns for each way: how often each profile of the model occurs; in a fixed order
 */
export function migLayouts(geometry: MigGeometry, wanted: readonly number[]): readonly (readonly number[])[] {
  const allowed = wanted.reduce((set, index) => set | geometry.ofProfile[index]!, NO_PLACEMENTS);
  const mixes = new Map<string, readonly number[]>();
  const seen = new Set<PlacementSet>();
  const extend = (layout: PlacementSet): void => {
    if (seen.has(layout)) return;
    seen.add(layout);
    const addable = creatable(geometry, layout) & allowed;
    if (addable === NO_PLACEMENTS) {
      const mix = mixOf(geometry, layout);
      mixes.set(mix.join(' '), mix);
    }
    for (let rest = addable; rest !== 0; rest &= rest - 1) extend(layout | (rest & -rest));
  };
  extend(NO_PLACEMENTS);
  const all = [...mixes.values()].filter((mix) => mix.some((count) => count > 0));
  return all.filter(
    (mix) =>
      !all.some((other) => other !== mix && mix.every((count, index) => count <= (other[index] as number))),
  );
}
