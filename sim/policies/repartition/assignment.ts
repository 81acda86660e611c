import type { Demand, Served } from './demand.ts';

/** Values are told apart down to this part of the largest one, and sums of them are exact. */
const STEPS = 2 ** 30;

/**
 * What serving one request of a demand on a kind is worth; 0 where the kind does not do.
 *
 * @param at place of the kind in `accepts`; -1: it is not there
 */
export function worthAt(demand: Demand, at: number): number {
  return at < 0 ? 0 : (demand.values?.[at] ?? demand.value);
}

/** Whether some request is worth more on one kind than on another. */
export function dependsOnKind(demands: readonly Demand[]): boolean {
  return demands.some(
    ({ accepts, values }) => values !== undefined && accepts.some((_, at) => values[at] !== values[0]),
  );
}

/**
 * The most value that parts can serve, one request a part, where a request may be worth more on one kind of part than on
 * another: a transportation problem, solved by successive best augmenting paths. All requests of a demand, and all
 * parts of a kind, are one node, and paths are looked for among the kinds alone, of which there are few.
 *
 * Of all best uses the one that keeps the largest parts free: a path uses up one part, that of its last kind, and of
 * equally good paths the one is taken that ends at the smallest. Paths gain less and less, so the first that gains
 * nothing ends the search.
 *
 * @param have by kind, how many parts there are
 * @param smallestFirst every kind once, in the order in which parts should be used up
 * @see Ahuja, Magnanti and Orlin, Network Flows (1993), section 9.7; for the prices Gul and Stacchetti, J. Economic
 *   Theory 87 (1999)
 */
export function assign(
  demands: readonly Demand[],
  have: readonly number[],
  smallestFirst: readonly number[],
): Served {
  const scale = scaleOf(demands);
  const kinds = have.map((_, kind) => kind);
  const width = have.length;
  /** By demand times `width` plus kind: what a request gains there, and how many are served there. */
  const gain = new Float64Array(demands.length * width);
  demands.forEach((demand, d) => {
    for (const kind of kinds) {
      gain[d * width + kind] = Math.round(worthAt(demand, demand.accepts.indexOf(kind)) * scale);
    }
  });
  const left = Float64Array.from(demands, ({ count }) => count);
  const free = have.slice();
  const flow = new Float64Array(demands.length * width);
  let value = 0;
  for (;;) {
    const paths = bestPaths(gain, left, flow, width);
    let end = -1;
    for (const kind of smallestFirst) {
      if (free[kind]! > 0 && paths.gain[kind]! > (end < 0 ? 0 : paths.gain[end]!)) end = kind;
    }
    if (end < 0) {
      const uses = demands.map((_, d) => kinds.map((kind) => flow[d * width + kind]!));
      const served = uses.map((row) => row.reduce((sum, each) => sum + each, 0));
      const prices = {
        least: additions(paths, width).map((each) => each / scale),
        most: losses(gain, flow, free, paths.change).map((each) => each / scale),
      };
      return { value: value / scale, served, free, prices, uses };
    }
    let room = free[end]!;
    for (let kind = end; kind >= 0; kind = paths.from[kind]!) {
      const mover = paths.by[kind]!;
      const before = paths.from[kind]!;
      room = Math.min(room, before < 0 ? left[mover]! : flow[mover * width + before]!);
    }
    value += room * paths.gain[end]!;
    free[end]! -= room;
    for (let kind = end; kind >= 0; kind = paths.from[kind]!) {
      const mover = paths.by[kind]!;
      const before = paths.from[kind]!;
      flow[mover * width + kind]! += room;
      if (before < 0) left[mover]! -= room;
      else flow[mover * width + before]! -= room;
    }
  }
}

/** A power of two: whole values stay what they are. */
function scaleOf(demands: readonly Demand[]): number {
  let most = 0;
  for (const demand of demands) {
    for (let at = 0; at < demand.accepts.length; at++) most = Math.max(most, worthAt(demand, at));
  }
  let scale = 1;
  while (most * scale < STEPS / 2) scale *= 2;
  while (most * scale > STEPS) scale /= 2;
  return scale;
}

interface Paths {
  /** By kind, the most that one more part of it would gain; -Infinity where nobody could come to use it. */
  readonly gain: Float64Array;
  /** By kind, whose request would come there, and from which kind; -1: one that is not served yet. */
  readonly by: Int32Array;
  readonly from: Int32Array;
  /** By kind times their number plus another: the most that moving a request from the one to the other gains. */
  readonly change: Float64Array;
}

/** Bellman and Ford over the kinds. Nothing gains by a mere exchange, so paths have no cycles. */
function bestPaths(gain: Float64Array, left: Float64Array, flow: Float64Array, width: number): Paths {
  const best = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  const by = new Int32Array(width).fill(-1);
  const from = new Int32Array(width).fill(-1);
  const change = new Float64Array(width * width).fill(Number.NEGATIVE_INFINITY);
  const mover = new Int32Array(width * width).fill(-1);
  for (let d = 0; d < left.length; d++) {
    const row = d * width;
    for (let kind = 0; kind < width; kind++) {
      const own = gain[row + kind]!;
      if (own <= 0) continue;
      if (left[d]! > 0 && own > best[kind]!) {
        best[kind] = own;
        by[kind] = d;
      }
      if (flow[row + kind] === 0) continue;
      for (let to = 0; to < width; to++) {
        const there = gain[row + to]!;
        if (to === kind || there <= 0 || there - own <= change[kind * width + to]!) continue;
        change[kind * width + to] = there - own;
        mover[kind * width + to] = d;
      }
    }
  }
  for (let isBetter = true; isBetter; ) {
    isBetter = false;
    for (let kind = 0; kind < width; kind++) {
      for (let to = 0; to < width; to++) {
        const total = best[kind]! + change[kind * width + to]!;
        if (!(total > best[to]!)) continue;
        best[to] = total;
        by[to] = mover[kind * width + to]!;
        from[to] = kind;
        isBetter = true;
      }
    }
  }
  return { gain: best, by, from, change };
}

/**
 * By kind, what one part more would add: a request that is not served yet comes to use it, or one moves there and leaves
 * its own part free.
 */
function additions({ gain, change }: Paths, width: number): readonly number[] {
  const most = Array.from(gain, (each) => Math.max(0, each));
  for (let isMore = true; isMore; ) {
    isMore = false;
    for (let kind = 0; kind < width; kind++) {
      for (let to = 0; to < width; to++) {
        const added = most[kind]! + change[kind * width + to]!;
        if (!(added > most[to]!)) continue;
        most[to] = added;
        isMore = true;
      }
    }
  }
  return most;
}

/**
 * By kind, what one part less would lose; Infinity where there is none. Its request is served no more, or moves to a kind
 * that has a free part, or takes the place of one that does the same.
 */
function losses(
  gain: Float64Array,
  flow: Float64Array,
  free: readonly number[],
  change: Float64Array,
): readonly number[] {
  const width = free.length;
  const least = free.map((count) => (count > 0 ? 0 : Number.POSITIVE_INFINITY));
  for (let at = 0; at < flow.length; at++) {
    if (flow[at]! > 0) least[at % width] = Math.min(least[at % width]!, gain[at]!);
  }
  for (let isLess = true; isLess; ) {
    isLess = false;
    for (let kind = 0; kind < width; kind++) {
      for (let to = 0; to < width; to++) {
        const loss = least[to]! - change[kind * width + to]!;
        if (!(loss < least[kind]!)) continue;
        least[kind] = loss;
        isLess = true;
      }
    }
  }
  return least;
}
