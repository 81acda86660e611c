import { packEngines } from './engine-budget.ts';
import type { MigModel, MigProfile } from './mig-model.ts';

/**
 * A set of placements of one geometry, as a bit mask over the indices of `MigGeometry.placements`. A layout is such a
 * set: at most 31 placements exist on any card, so a layout is one small integer that compares, hashes and copies
 * for free.
 */
export type PlacementSet = number;

export const NO_PLACEMENTS: PlacementSet = 0;

const LARGEST_INDEX = 30;

/** A profile at one of its starts. */
export interface MigPlacement {
  /** Bit of this placement in a `PlacementSet`. */
  readonly index: number;
  readonly profileIndex: number;
  readonly profile: MigProfile;
  readonly start: number;
  /** Bit mask over the placement axis: the units [start, start + size). */
  readonly span: number;
}

/** What a search needs of a MIG model, worked out once. */
export interface MigGeometry {
  readonly model: MigModel;
  readonly profiles: readonly MigProfile[];
  /** Every (profile, start) pair: by profile in the order of the model, then by start. */
  readonly placements: readonly MigPlacement[];
  readonly all: PlacementSet;
  /** By profile index, its placements. */
  readonly ofProfile: readonly PlacementSet[];
  /** By placement index, the placements whose span meets this one's, itself included. */
  readonly overlapping: readonly PlacementSet[];
  /** By profile index, packed by `packEngines`. */
  readonly engines: readonly number[];
  readonly engineTotals: number;
}

const cache = new WeakMap<MigModel, MigGeometry>();

/** The geometry of a model; the same object at every call. */
export function geometryOf(model: MigModel): MigGeometry {
  let geometry = cache.get(model);
  if (geometry === undefined) {
    geometry = buildGeometry(model);
    cache.set(model, geometry);
  }
  return geometry;
}

/** @throws {RangeError} if the model has more placements than a `PlacementSet` has bits */
function buildGeometry(model: MigModel): MigGeometry {
  const { profiles } = model;
  const placements = profiles
    .flatMap((profile, profileIndex) =>
      profile.starts.map((start) => ({ profileIndex, profile, start, span: spanMask(start, profile.size) })),
    )
    .map((placement, index): MigPlacement => ({ index, ...placement }));
  if (placements.length - 1 > LARGEST_INDEX) {
    throw new RangeError(
      `Cannot index the placements of ${model.id}: at most ${LARGEST_INDEX + 1}, got ${placements.length}`,
    );
  }
  const setWhere = (holds: (placement: MigPlacement) => boolean): PlacementSet =>
    placements.reduce((set, each) => (holds(each) ? set | (1 << each.index) : set), NO_PLACEMENTS);
  return {
    model,
    profiles,
    placements,
    all: setWhere(() => true),
    ofProfile: profiles.map((_, profileIndex) => setWhere((each) => each.profileIndex === profileIndex)),
    overlapping: placements.map(({ span }) => setWhere((each) => (each.span & span) !== 0)),
    engines: profiles.map((profile) => packEngines(profile.engines)),
    engineTotals: packEngines(model.engineTotals),
  };
}

/** Bits [start, start + size). */
function spanMask(start: number, size: number): number {
  return ((1 << size) - 1) << start;
}

/** How many placements a set holds. */
export function placementCount(set: PlacementSet): number {
  let rest = set;
  let count = 0;
  for (; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** The placements of a set, by index. */
export function placementsIn(geometry: MigGeometry, set: PlacementSet): MigPlacement[] {
  const list: MigPlacement[] = [];
  for (let rest = set; rest !== 0; rest &= rest - 1) list.push(geometry.placements[lowestIndex(rest)]!);
  return list;
}

/** Index of the first placement of a set that is not empty. */
export function lowestIndex(set: PlacementSet): number {
  return 31 - Math.clz32(set & -set);
}

/** The placement of a profile at a start; undefined when the profile may not start there. */
export function placementAt(
  geometry: MigGeometry,
  profile: MigProfile,
  start: number,
): MigPlacement | undefined {
  return geometry.placements.find((each) => each.profile === profile && each.start === start);
}

/** Units of the placement axis that a layout covers, as a bit mask. */
export function unitsCovered(geometry: MigGeometry, layout: PlacementSet): number {
  let covered = 0;
  for (let rest = layout; rest !== 0; rest &= rest - 1)
    covered |= geometry.placements[lowestIndex(rest)]!.span;
  return covered;
}
