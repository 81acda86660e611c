import { mixedSizePlacements } from '../../../hardware/vgpu/index.ts';

/** A stretch of a card's memory, GiB. */
export interface Place {
  readonly size: number;
  readonly start: number;
}

/** Places that do not overlap. */
export interface Packing {
  /** By index of the sizes asked for. */
  readonly counts: readonly number[];
  readonly places: readonly Place[];
  /** How many of the places were preferred ones. */
  readonly preferred: number;
}

/** What is asked of packings. */
export interface PackingProblem {
  /** Nominal memory of the card. */
  readonly memoryGib: number;
  /** Sizes wanted, each with how many of it the card may have. */
  readonly sizes: readonly { readonly gib: number; readonly most: number }[];
  /** Taken already. */
  readonly taken: readonly Place[];
  /** Of packings with as many places of each size, the one with most of these is given. */
  readonly preferred?: readonly Place[];
}

/**
 * All packings of mixed-size mode (rules R-mixed-1 to 3) beside what is taken, to which no place of the sizes can be added
 * without giving up another: one for each mix of sizes.
 */
export function packings({ memoryGib, sizes, taken, preferred = [] }: PackingProblem): readonly Packing[] {
  const likes = new Set(preferred.map(keyOf));
  const places = sizes.flatMap(({ gib }, s) =>
    mixedSizePlacements(memoryGib, gib)
      .map((start) => ({ size: gib, start, s }))
      .filter((place) => !taken.some((other) => overlap(place, other))),
  );
  const caps = sizes.map(({ gib, most }) => most - taken.filter(({ size }) => size === gib).length);
  // By GiB: the best packings of what ends there or before.
  const upTo: (readonly Packing[])[] = [[{ counts: sizes.map(() => 0), places: [], preferred: 0 }]];
  for (let end = 1; end <= memoryGib; end++) {
    const list = [...upTo[end - 1]!];
    for (const { size, start, s } of places) {
      if (start + size !== end) continue;
      const place = { size, start };
      const isLiked = likes.has(keyOf(place));
      for (const before of upTo[start]!) {
        if (before.counts[s]! >= caps[s]!) continue;
        list.push({
          counts: before.counts.with(s, before.counts[s]! + 1),
          places: [...before.places, place],
          preferred: before.preferred + (isLiked ? 1 : 0),
        });
      }
    }
    upTo.push(undominated(list));
  }
  return upTo[memoryGib]!;
}

function keyOf({ size, start }: Place): string {
  return `${size}@${start}`;
}

function overlap(a: Place, b: Place): boolean {
  return a.start < b.start + b.size && b.start < a.start + a.size;
}

function undominated(list: readonly Packing[]): readonly Packing[] {
  const byMix = new Map<string, Packing>();
  for (const packing of list) {
    const key = packing.counts.join(' ');
    const known = byMix.get(key);
    if (known === undefined || packing.preferred > known.preferred) byMix.set(key, packing);
  }
  const all = [...byMix.values()];
  return all.filter(
    (packing) =>
      !all.some(
        (other) => other !== packing && other.counts.every((count, s) => count >= packing.counts[s]!),
      ),
  );
}
