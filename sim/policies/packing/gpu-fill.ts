import { GPU_MILLI } from '../../cluster/request.ts';

/** A kind of task as seen from one GPU that it takes a part of. */
export interface GpuPart {
  /** Thousandths of the GPU, 1 to 1000; 0: takes none, and is in no fill. */
  readonly milli: number;
  /** What this part is worth there; parts worth nothing are left out of every fill. */
  readonly worth: number;
}

/** The parts that fill one GPU best, by number. */
export interface GpuFill {
  readonly worth: number;
  /** By part: how many of it. */
  readonly counts: ReadonlyMap<number, number>;
}

/** The largest step in which all parts and a whole GPU are multiples: 1 to 1000 thousandths. */
export function commonStep(sizes: Iterable<number>): number {
  let step = GPU_MILLI;
  for (const size of sizes) {
    let rest = size;
    while (rest > 0) [step, rest] = [rest, step % rest];
  }
  return step;
}

/**
 * What the room left on a GPU is worth when it is filled as well as can be: entry k for k steps of room, never falling.
 * Knapsack with any number of each part.
 *
 * @param step thousandths; a divisor of every part's size
 */
export function roomWorth(parts: readonly GpuPart[], step: number): Float64Array {
  const levels = GPU_MILLI / step;
  const worth = new Float64Array(levels + 1);
  const sizes = Int32Array.from(parts, ({ milli }) => milli / step);
  for (let k = 1; k <= levels; k++) {
    let best = worth[k - 1] as number;
    for (let i = 0; i < parts.length; i++) {
      const size = sizes[i] as number;
      if (size > k || size === 0) continue;
      const filled = (worth[k - size] as number) + (parts[i] as GpuPart).worth;
      if (filled > best) best = filled;
    }
    worth[k] = best;
  }
  return worth;
}

/** A fill of a whole GPU that has the worth of `roomWorth`; of equal fills the one with the first parts. */
export function bestFill(parts: readonly GpuPart[], step: number): GpuFill {
  const worth = roomWorth(parts, step);
  const counts = new Map<number, number>();
  let k = worth.length - 1;
  while (k > 0) {
    if (worth[k] === worth[k - 1]) {
      k -= 1;
      continue;
    }
    const i = parts.findIndex(
      ({ milli, worth: own }) =>
        milli > 0 && milli / step <= k && (worth[k - milli / step] as number) + own === (worth[k] as number),
    );
    counts.set(i, (counts.get(i) ?? 0) + 1);
    k -= (parts[i] as GpuPart).milli / step;
  }
  return { worth: worth[worth.length - 1] as number, counts };
}
