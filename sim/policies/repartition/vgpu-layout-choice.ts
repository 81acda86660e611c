import { packings } from '../../sharing/modes/vgpu/packings.ts';
import type { Demand } from './demand.ts';
import { serve } from './serving.ts';

/** A vGPU type as far as its room goes; `CardType` of the vGPU mode is one. */
export interface VgpuKind {
  readonly name: string;
  readonly sizeMib: number;
  /** In equal-size mode. */
  readonly maxPerGpu: number;
  /** In mixed-size mode; 0 where it has none. */
  readonly maxMixed: number;
}

/** The vGPUs of a card that stay; in mixed-size mode with the GiB at which each starts. */
export interface VgpuKept {
  readonly kind: number;
  readonly startGib: number;
}

export interface VgpuSizeChoice {
  readonly mode: 'equal-size' | 'mixed-size';
  readonly value: number;
  /** By demand. */
  readonly served: readonly number[];
  /** Sizes of the vGPUs made, MiB, largest first; in equal-size mode one for each place of the card. */
  readonly sizesMib: readonly number[];
  /** Mixed-size mode: where they start, GiB, in the order of `sizesMib`. */
  readonly startsGib: readonly number[];
}

/**
 * The one size of equal-size mode that serves a demand best (rule R-equal-1). Where types of one size allow different
 * counts, the smallest among those on the card holds for all, so every such limit is tried with the types that allow it.
 * Of equals the one that leaves the largest place free, then the present size, then the larger one.
 *
 * @param demands kinds are indices of `kinds`
 * @param kept vGPUs that stay and lock the size
 */
export function chooseEqualSize(
  kinds: readonly VgpuKind[],
  demands: readonly Demand[],
  kept: readonly VgpuKept[] = [],
  presentSizeMib: number | null = null,
): VgpuSizeChoice | undefined {
  const locked = kept.length > 0 ? kinds[kept[0]!.kind]!.sizeMib : null;
  const keptLimit = kept.reduce(
    (least, { kind }) => Math.min(least, kinds[kind]!.maxPerGpu),
    Number.POSITIVE_INFINITY,
  );
  let best:
    | { value: number; freeMib: number; size: number; limit: number; served: readonly number[] }
    | undefined;
  const sizes = [...new Set(kinds.map((kind) => kind.sizeMib))].sort((a, b) => b - a);
  for (const size of locked === null ? sizes : [locked]) {
    const ofSize = kinds.flatMap((kind, k) => (kind.sizeMib === size ? [k] : []));
    const limits = new Set(ofSize.map((k) => Math.min(keptLimit, kinds[k]!.maxPerGpu)));
    for (const limit of [...limits].sort((a, b) => b - a)) {
      const fits = ofSize.filter((k) => kinds[k]!.maxPerGpu >= limit);
      const places = Math.max(0, limit - kept.length);
      const { value, served, free } = serve(
        demands.map((demand) => ({
          ...demand,
          accepts: demand.accepts.some((k) => fits.includes(k)) ? [0] : [],
        })),
        [places],
        [0],
      );
      const freeMib = free[0]! > 0 ? size : 0;
      const found = { value, freeMib, size, limit: places, served };
      const isPresent = (each: { size: number }) => Number(each.size === presentSizeMib);
      const better =
        best === undefined
          ? 1
          : value - best.value ||
            freeMib - best.freeMib ||
            isPresent(found) - isPresent(best) ||
            size - best.size;
      if (better > 0) best = found;
    }
  }
  if (best === undefined) return undefined;
  const { value, served, size, limit } = best;
  return { mode: 'equal-size', value, served, sizesMib: new Array<number>(limit).fill(size), startsGib: [] };
}

/**
 * The sizes and starts of mixed-size mode that serve a demand best (rules R-mixed-1 to 3), by a search over every
 * number of vGPUs of each size that can stand together. Of equals the one beside which the largest size still fits; only
 * the vGPUs that serve somebody are made.
 *
 * @param memoryGib nominal memory of the card
 * @param kept vGPUs that stay where they are
 */
export function chooseMixedSizes(
  memoryGib: number,
  kinds: readonly VgpuKind[],
  demands: readonly Demand[],
  kept: readonly VgpuKept[] = [],
): VgpuSizeChoice {
  const usable = kinds.flatMap((kind, k) => (kind.maxMixed > 0 ? [k] : []));
  const sizesOf = (list: readonly number[]) =>
    [...new Set(list.map((k) => kinds[k]!.sizeMib / 1024))].sort((a, b) => a - b);
  const wanted = sizesOf(usable.filter((k) => demands.some(({ accepts }) => accepts.includes(k))));
  const room = new MixedRoom(memoryGib, kinds, kept);
  const bySize = demands.map((demand) => ({
    ...demand,
    accepts: wanted.flatMap((size, s) =>
      demand.accepts.some((k) => kinds[k]!.maxMixed > 0 && kinds[k]!.sizeMib === size * 1024) ? [s] : [],
    ),
  }));
  const order = wanted.map((_, s) => s);
  const uses = room.packings(wanted).map(({ counts }) => {
    const answer = serve(bySize, counts, order);
    return { ...answer, used: counts.map((count, s) => count - answer.free[s]!) };
  });
  const value = Math.max(0, ...uses.map((use) => use.value));
  const best = uses.filter((use) => use.value === value);
  for (const extra of [...sizesOf(usable).reverse(), 0]) {
    const sizes = extra === 0 || wanted.includes(extra) ? wanted : [...wanted, extra];
    const packings = room.packings(sizes);
    for (const { used, served } of best) {
      const need = sizes.map((size, s) => (used[s] ?? 0) + (size === extra ? 1 : 0));
      const packing = packings.find(({ counts }) => counts.every((count, s) => count >= need[s]!));
      if (packing === undefined) continue;
      const left = [...need];
      if (extra > 0) left[sizes.indexOf(extra)]! -= 1;
      const places = packing.places
        .filter(({ size }) => {
          const s = sizes.indexOf(size);
          left[s]! -= 1;
          return left[s]! >= 0;
        })
        .sort((a, b) => b.size - a.size || a.start - b.start);
      return {
        mode: 'mixed-size',
        value,
        served,
        sizesMib: places.map(({ size }) => size * 1024),
        startsGib: places.map(({ start }) => start),
      };
    }
  }
  throw new Error('Cannot happen: the best use is itself a packing');
}

/** What still fits beside the vGPUs that stay. */
class MixedRoom {
  readonly #memoryGib: number;
  readonly #kinds: readonly VgpuKind[];
  readonly #taken: readonly { readonly size: number; readonly start: number }[];

  constructor(memoryGib: number, kinds: readonly VgpuKind[], kept: readonly VgpuKept[]) {
    this.#memoryGib = memoryGib;
    this.#kinds = kinds;
    this.#taken = kept.map(({ kind, startGib }) => ({ size: kinds[kind]!.sizeMib / 1024, start: startGib }));
  }

  /** All packings of these sizes to which no packing adds without giving up another vGPU, one for each mix. */
  packings(sizes: readonly number[]) {
    return packings({
      memoryGib: this.#memoryGib,
      sizes: sizes.map((gib) => ({ gib, most: this.#most(gib) })),
      taken: this.#taken,
    });
  }

  /** The smallest count that a type of the size allows. */
  #most(size: number): number {
    return this.#kinds
      .filter((kind) => kind.sizeMib === size * 1024 && kind.maxMixed > 0)
      .reduce((least, kind) => Math.min(least, kind.maxMixed), Number.POSITIVE_INFINITY);
  }
}
