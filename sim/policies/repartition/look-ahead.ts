import {
  creatable,
  defaultPlacement,
  type MigGeometry,
  type MigPlacement,
  type PlacementSet,
  placementCount,
  placementsIn,
} from './mig-geometry.ts';
import { compareSizes } from './mig-options.ts';

/** What is known beyond the card itself. */
export interface LookAhead {
  /** By profile index, how often it is asked for (any scale), and how many further requests are looked at. */
  readonly mix?: { readonly weights: readonly number[]; readonly requests: number };
  /**
   * Estimated time left of the job that comes, and by placement index of those there are, in microseconds; infinite
   * where nobody knows.
   */
  readonly ends?: { readonly own: number; readonly residents: readonly (number | undefined)[] };
}

/**
 * Where to create an instance so that the largest profiles can still be created afterwards. Never leaves a smaller
 * largest profile than the driver's default start does. Among the starts for which that holds:
 *
 * 1. With a mix, the most expected further requests accepted, if requests are drawn from it, nobody leaves, and every one
 *    is placed in this way. Without, the largest profile that can still be created, then the most profiles that can.
 * 2. With end times, the start that keeps larger placements closed for the least additional time, in slices x time: next
 *    to residents that leave no sooner than the job that comes; then next to those that leave at the most like time.
 *    Placements of profiles no larger than this one do not count.
 * 3. The most placements still creatable, as the driver does; then the lowest start.
 *
 * @param layout a legal layout
 * @returns undefined when no start of the profile is free
 */
export function lookAheadPlacement(
  geometry: MigGeometry,
  layout: PlacementSet,
  profileIndex: number,
  { mix, ends }: LookAhead = {},
): MigPlacement | undefined {
  const starts = candidates(geometry, layout, profileIndex);
  const value = mix === undefined ? undefined : expectation(geometry, mix.weights);
  const scores = starts.map((start) => {
    const after = layout | (1 << start.index);
    const open = creatable(geometry, after);
    const largest = largestOf(geometry, open);
    return [
      ...(value === undefined
        ? [largest?.gpuSlices ?? 0, largest?.memorySlices ?? 0, kindsIn(geometry, open)]
        : [value(after, mix!.requests)]),
      ...(ends === undefined ? [] : closedTime(geometry, layout, start, ends).map((each) => -each)),
      placementCount(open),
    ];
  });
  let best: number | undefined;
  for (let i = 0; i < starts.length; i++) {
    if (best === undefined || compareScores(scores[i]!, scores[best]!) > 0) best = i;
  }
  return best === undefined ? undefined : starts[best];
}

/** The starts that leave at least as large a profile as the driver's does, by rising start. */
function candidates(geometry: MigGeometry, layout: PlacementSet, profileIndex: number): MigPlacement[] {
  const usual = defaultPlacement(geometry, layout, profileIndex);
  if (usual === undefined) return [];
  const left = (start: MigPlacement) =>
    largestOf(geometry, creatable(geometry, layout | (1 << start.index))) ?? NOTHING;
  const atLeast = left(usual);
  return placementsIn(geometry, creatable(geometry, layout) & geometry.ofProfile[profileIndex]!).filter(
    (start) => compareSizes(left(start), atLeast) >= 0,
  );
}

const NOTHING = { gpuSlices: 0, memorySlices: 0 };

function largestOf(geometry: MigGeometry, open: PlacementSet) {
  return placementsIn(geometry, open)
    .map(({ profile }) => profile)
    .reduce<{ gpuSlices: number; memorySlices: number } | undefined>(
      (best, each) => (best === undefined || compareSizes(each, best) > 0 ? each : best),
      undefined,
    );
}

function kindsIn(geometry: MigGeometry, open: PlacementSet): number {
  return geometry.ofProfile.filter((own) => (own & open) !== 0).length;
}

/** Expected number of further requests accepted from a layout on; a table over layouts and requests left. */
function expectation(
  geometry: MigGeometry,
  weights: readonly number[],
): (layout: PlacementSet, requests: number) => number {
  const total = weights.reduce((sum, each) => sum + each, 0);
  if (!(total > 0) || weights.some((each) => !(each >= 0)) || weights.length !== geometry.profiles.length) {
    throw new RangeError(
      `Cannot weigh a mix: need ${geometry.profiles.length} weights >= 0, not all 0, got ${weights.join(', ')}`,
    );
  }
  const known: Map<PlacementSet, number>[] = [];
  const value = (layout: PlacementSet, requests: number): number => {
    if (requests <= 0) return 0;
    known[requests] ??= new Map();
    const before = known[requests].get(layout);
    if (before !== undefined) return before;
    let sum = 0;
    for (let profile = 0; profile < weights.length; profile++) {
      if (weights[profile] === 0) continue;
      const starts = candidates(geometry, layout, profile);
      let best = starts.length === 0 ? value(layout, requests - 1) : 0;
      for (const { index } of starts) best = Math.max(best, 1 + value(layout | (1 << index), requests - 1));
      sum += (weights[profile]! / total) * best;
    }
    known[requests].set(layout, sum);
    return sum;
  };
  return value;
}

/** Slices x microseconds for which a start keeps larger placements closed beyond what residents do, and those beyond it. */
function closedTime(
  geometry: MigGeometry,
  layout: PlacementSet,
  start: MigPlacement,
  ends: NonNullable<LookAhead['ends']>,
): [byThis: number, afterThis: number] {
  // A job without known end stays for longer than any other, and two of them for as long as each other.
  const FOREVER = 1e15;
  const endOf = (placement: number) => Math.min(FOREVER, ends.residents[placement] ?? FOREVER);
  const own = Math.min(FOREVER, ends.own);
  let byThis = 0;
  let afterThis = 0;
  for (const { index, profile } of placementsIn(geometry, geometry.overlapping[start.index]!)) {
    if (compareSizes(profile, start.profile) <= 0) continue;
    const opens = placementsIn(geometry, geometry.overlapping[index]! & layout).reduce(
      (latest, resident) => Math.max(latest, endOf(resident.index)),
      0,
    );
    byThis += profile.gpuSlices * Math.max(0, own - opens);
    afterThis += profile.gpuSlices * Math.max(0, opens - own);
  }
  return [byThis, afterThis];
}

function compareScores(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    // Expectations of mirror images may differ in the last bits.
    if (Math.abs(a[i]! - b[i]!) > 1e-9 * Math.max(1, Math.abs(a[i]!))) return a[i]! - b[i]!;
  }
  return 0;
}
