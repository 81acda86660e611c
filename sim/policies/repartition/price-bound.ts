import { worthAt } from './assignment.ts';
import type { Demand } from './demand.ts';

const ROUNDS = 300;

/**
 * An upper bound on the value that cards can serve together, less what their options cost, by pricing the kinds of part (Lagrangian relaxation of "no
 * more parts are used than there are"). At any prices >= 0 the best is at most what every request would gain by buying
 * its best part, plus what every card's parts would sell for. Prices are improved by subgradient steps; each round is a
 * bound by itself, the least is returned.
 *
 * @param cards by card, its options, each with the number of parts by kind, and with what it costs
 * @param reached a value known to be possible, which sets the length of the steps
 * @see Held, Wolfe and Crowder, Mathematical Programming 6 (1974)
 */
export function priceBound(
  demands: readonly Demand[],
  cards: readonly (readonly { readonly parts: readonly number[]; readonly cost: number }[])[],
  reached: number,
): number {
  const kinds = cards[0]?.[0]?.parts.length ?? 0;
  const prices = new Array<number>(kinds).fill(0);
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const surplus = new Array<number>(kinds).fill(0);
    let bound = 0;
    for (const demand of demands) {
      const { accepts, count } = demand;
      let gain = 0;
      let bought = -1;
      for (let at = 0; at < accepts.length; at++) {
        const left = worthAt(demand, at) - prices[accepts[at]!]!;
        if (left <= gain) continue;
        gain = left;
        bought = accepts[at]!;
      }
      if (bought < 0) continue;
      bound += count * gain;
      surplus[bought]! -= count;
    }
    for (const options of cards) {
      let dearest = -1;
      let most = Number.NEGATIVE_INFINITY;
      for (let o = 0; o < options.length; o++) {
        const { parts, cost } = options[o]!;
        const worth = parts.reduce((sum, count, kind) => sum + count * prices[kind]!, 0) - cost;
        if (worth > most) {
          most = worth;
          dearest = o;
        }
      }
      bound += most;
      for (let kind = 0; kind < kinds; kind++) surplus[kind]! += options[dearest]!.parts[kind]!;
    }
    least = Math.min(least, bound);
    const square = surplus.reduce((sum, each) => sum + each * each, 0);
    if (square === 0 || least <= reached) break;
    const step = ((bound - reached) * (1 - round / ROUNDS)) / square;
    for (let kind = 0; kind < kinds; kind++) {
      prices[kind] = Math.max(0, prices[kind]! - step * surplus[kind]!);
    }
  }
  const isWhole =
    demands.every((demand) => demand.accepts.every((_, at) => Number.isInteger(worthAt(demand, at)))) &&
    cards.every((options) => options.every(({ cost }) => Number.isInteger(cost)));
  // A sum of whole values is whole; the small part given back is what rounding may have taken.
  const rounded = isWhole ? Math.floor(least + 1e-6) : least;
  return Math.max(reached, rounded);
}
