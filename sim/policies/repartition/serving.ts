import { assign, dependsOnKind } from './assignment.ts';
import type { Demand, Served } from './demand.ts';

/**
 * The most value that parts can serve, one request a part.
 *
 * Where a request is worth as much on one kind as on another this is quick: requests that can be served together form a matroid (a transversal one), and so do parts that can be used together.
 * Taking requests by falling value, each if those taken can be rearranged to make room, is therefore optimal; taking
 * parts by rising size in the same way leaves the largest parts free; and both choices can be had at once. Otherwise
 * it is a transportation problem (`assign`).
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
  for (const { count, value, values = [value] } of demands) {
    const isWorth = values.every((each) => each > 0 && each < Number.POSITIVE_INFINITY);
    if (!(Number.isInteger(count) && count >= 0) || !isWorth) {
      throw new RangeError(
        `Cannot serve a demand: need a whole count >= 0 and a value > 0, got ${count} and ${values.join(', ')}`,
      );
    }
  }
  if (dependsOnKind(demands)) return assign(demands, have, smallestFirst);
  const parts = smallestFirst.flatMap((kind) => new Array<number>(have[kind] ?? 0).fill(kind));
  const byValue = demands
    .map((_, d) => d)
    .sort((a, b) => worthOf(demands[b]!) - worthOf(demands[a]!) || a - b);
  const units = byValue.flatMap((d) => new Array<number>(Math.min(demands[d]!.count, parts.length)).fill(d));
  const suits = (unit: number, part: number) => demands[units[unit]!]!.accepts.includes(parts[part]!);
  const unitsTaken = taken(units.length, parts.length, suits);
  const partsTaken = taken(parts.length, units.length, (part, unit) => suits(unit, part));
  const served = demands.map(() => 0);
  for (const unit of unitsTaken) served[units[unit]!]! += 1;
  const free = have.slice();
  for (const part of partsTaken) free[parts[part]!]! -= 1;
  return { value: sumOf(demands, served), served, free };
}

/** What one request is worth that is worth the same on every kind. */
function worthOf({ value, values }: Demand): number {
  return values?.[0] ?? value;
}

function sumOf(demands: readonly Demand[], served: readonly number[]): number {
  return demands.reduce((sum, demand, d) => sum + worthOf(demand) * served[d]!, 0);
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
