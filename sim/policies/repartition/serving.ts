/**
 * Requests that can be met by one of several kinds of part: a MIG profile, a vGPU size, a virtual function. Kinds are
 * numbered by whoever asks.
 */
export interface Demand {
  /** Kinds of part that do, each one alone. */
  readonly accepts: readonly number[];
  /** How many such requests, a whole number >= 0. */
  readonly count: number;
  /** What serving one of them is worth, > 0. Whole numbers compare exactly; others to the rounding of a sum. */
  readonly value: number;
}

/** The best use of a set of parts. */
export interface Served {
  /** Sum of the values served. */
  readonly value: number;
  /** By demand, how many are served. */
  readonly served: readonly number[];
  /** By kind, how many parts nobody needs: of all best uses the one that keeps the largest parts free. */
  readonly free: readonly number[];
}

/**
 * The most value that parts can serve, one request a part.
 *
 * Requests that can be served together form a matroid (a transversal one), and so do parts that can be used together.
 * Taking requests by falling value, each if those taken can be rearranged to make room, is therefore optimal; taking
 * parts by rising size in the same way leaves the largest parts free; and both choices can be had at once.
 *
 * @param have by kind, how many parts there are
 * @param smallestFirst every kind once, in the order in which parts should be used up
 * @throws {RangeError} if a count is not a whole number >= 0 or a value is not > 0
 * @see Mendelsohn and Dulmage, Canad. J. Math. 10 (1958); Edmonds and Fulkerson, J. Res. NBS 69B (1965)
 */
export function serve(
  demands: readonly Demand[],
  have: readonly number[],
  smallestFirst: readonly number[],
): Served {
  for (const { count, value } of demands) {
    if (!(Number.isInteger(count) && count >= 0) || !(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `Cannot serve a demand: need a whole count >= 0 and a value > 0, got ${count} and ${value}`,
      );
    }
  }
  const parts = smallestFirst.flatMap((kind) => new Array<number>(have[kind] ?? 0).fill(kind));
  const byValue = demands.map((_, d) => d).sort((a, b) => demands[b]!.value - demands[a]!.value || a - b);
  const units = byValue.flatMap((d) => new Array<number>(Math.min(demands[d]!.count, parts.length)).fill(d));
  const suits = (unit: number, part: number) => demands[units[unit]!]!.accepts.includes(parts[part]!);
  const unitsTaken = taken(units.length, parts.length, suits);
  const partsTaken = taken(parts.length, units.length, (part, unit) => suits(unit, part));
  const served = demands.map(() => 0);
  for (const unit of unitsTaken) served[units[unit]!]! += 1;
  const free = have.slice();
  for (const part of partsTaken) free[parts[part]!]! -= 1;
  return { value: worthOf(demands, served), served, free };
}

function worthOf(demands: readonly Demand[], served: readonly number[]): number {
  return demands.reduce((sum, { value }, d) => sum + value * served[d]!, 0);
}

/** Members of one side that are matched when each in turn is added if an augmenting path allows it. */
function taken(
  size: number,
  otherSize: number,
  suits: (member: number, other: number) => boolean,
): readonly number[] {
  const holder = new Array<number>(otherSize).fill(-1);
  const list: number[] = [];
  for (let member = 0; member < size && list.length < otherSize; member++) {
    if (augment(member, suits, holder, new Set())) list.push(member);
  }
  return list;
}

function augment(
  member: number,
  suits: (member: number, other: number) => boolean,
  holder: number[],
  seen: Set<number>,
): boolean {
  for (let other = 0; other < holder.length; other++) {
    if (seen.has(other) || !suits(member, other)) continue;
    seen.add(other);
    const held = holder[other]!;
    if (held < 0 || augment(held, suits, holder, seen)) {
      holder[other] = member;
      return true;
    }
  }
  return false;
}
