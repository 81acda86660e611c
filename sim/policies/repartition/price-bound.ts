import type { Demand } from './serving.ts';

const ROUNDS = 300;

/**
 * An upper bound on the value that cards can serve together, by pricing the kinds of part (Lagrangian relaxation of "no
 * more parts are used than there are"). At any prices >= 0 the best is at most what every request would gain by buying
 * its best part, plus what every card's parts would sell for. Prices are improved by subgradient steps; each round is a
 * bound by itself, the least is returned.
 *
 * @param cards by card, its options, each the number of parts by kind
 * @param reached a value known to be possible, which sets the length of the steps
 * @see Held, Wolfe and Crowder, Mathematical Programming 6 (1974)
 */
export function priceBound(
  demands: readonly Demand[],
  cards: readonly (readonly (readonly number[])[])[],
  reached: number,
): number {
  const kinds = cards[0]?.[0]?.length ?? 0;
  const prices = new Array<number>(kinds).fill(0);
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const surplus = new Array<number>(kinds).fill(0);
    let bound = 0;
    for (const { accepts, count, value } of demands) {
      const cheapest = accepts.reduce(
        (best, kind) => (best < 0 || prices[kind]! < prices[best]! ? kind : best),
        -1,
      );
      if (cheapest < 0 || prices[cheapest]! >= value) continue;
      bound += count * (value - prices[cheapest]!);
      surplus[cheapest]! -= count;
    }
    for (const options of cards) {
      let dearest = -1;
      let most = Number.NEGATIVE_INFINITY;
      for (let o = 0; o < options.length; o++) {
        const worth = options[o]!.reduce((sum, parts, kind) => sum + parts * prices[kind]!, 0);
        if (worth > most) {
          most = worth;
          dearest = o;
        }
      }
      bound += most;
      for (let kind = 0; kind < kinds; kind++) surplus[kind]! += options[dearest]![kind]!;
    }
    least = Math.min(least, bound);
    const square = surplus.reduce((sum, each) => sum + each * each, 0);
    if (square === 0 || least <= reached) break;
    const step = ((bound - reached) * (1 - round / ROUNDS)) / square;
    for (let kind = 0; kind < kinds; kind++) {
      prices[kind] = Math.max(0, prices[kind]! - step * surplus[kind]!);
    }
  }
  const isWhole = demands.every(({ value }) => Number.isInteger(value));
  // A sum of whole values is whole; the small part given back is what rounding may have taken.
  const rounded = isWhole ? Math.floor(least + 1e-6) : least;
  return Math.max(reached, rounded);
}
