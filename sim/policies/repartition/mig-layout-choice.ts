import type { Demand, Served } from './demand.ts';
import type { MigGeometry, PlacementSet } from './mig-geometry.ts';
import { type MigCardNow, type MigOption, migOptions, profilesBySize } from './mig-options.ts';
import { priceBound } from './price-bound.ts';
import { serve } from './serving.ts';

/** The layouts that serve a demand best. */
export interface MigLayoutChoice {
  /** By card. */
  readonly layouts: readonly PlacementSet[];
  /** Value served, and by demand how many. */
  readonly value: number;
  readonly served: readonly number[];
  /** By profile index, instances that no demand needs. */
  readonly free: readonly number[];
  /** What deleting instances costs, over all cards. */
  readonly cost: number;
  /** Instances to delete and to create, over all cards. */
  readonly changes: number;
  /** Whether it is known to be the best; if not, `bound` says how much more value there could be. */
  readonly isProven: boolean;
  /** No choice of layouts serves more than this, after its cost. */
  readonly bound: number;
}

export interface MigLayoutOptions {
  /** Profile indices that may be used; by default the plain profiles and those that a demand accepts. */
  readonly profiles?: readonly number[];
  /** How many combinations the exact search may weigh before it gives up and improves a greedy choice. */
  readonly nodeLimit?: number;
}

const EXACT_CARDS = 3;
const NODE_LIMIT = 100_000;
const PAIR_LIMIT = 20_000;

/**
 * Chooses the layouts of cards of one model for the present demand: the most value served less what it costs; of equals the one that
 * leaves the largest instances free (compared from the largest size down); of those the fewest instances deleted and
 * created; of those the first in the order of full layouts.
 *
 * Every full layout of each card is weighed, placements included, and up to three cards in every combination. More
 * cards, or more combinations than `nodeLimit`, get a greedy choice improved by exchanging the layouts of one and of two
 * cards, with a bound.
 *
 * A demand is met by an instance of a profile it accepts, exactly: whoever can live with a larger one says so.
 *
 * @param demands kinds are profile indices of the geometry
 * @throws {RangeError} without cards, or if a card keeps instances that it does not have
 */
export function chooseMigLayouts(
  geometry: MigGeometry,
  demands: readonly Demand[],
  cards: readonly MigCardNow[],
  { profiles, nodeLimit = NODE_LIMIT }: MigLayoutOptions = {},
): MigLayoutChoice {
  if (cards.length === 0) throw new RangeError('Cannot choose layouts: need at least one card, got none');
  const usable = profiles ?? usualProfiles(geometry, demands);
  const allowed = usable.reduce((set, index) => set | geometry.ofProfile[index]!, 0);
  const options = cards.map((card) => migOptions(geometry, card, allowed));
  const scale = new Scale(geometry, demands);
  const exact = cards.length <= EXACT_CARDS ? everyCombination(scale, cards, options, nodeLimit) : undefined;
  const best = exact ?? improved(scale, options);
  const bound = exact === undefined ? priceBound(demands, options, best.net) : best.net;
  return {
    layouts: best.picks.map((pick, card) => options[card]![pick]!.layout),
    value: best.served.value,
    served: best.served.served,
    free: best.served.free,
    cost: best.cost,
    changes: best.changes,
    isProven: exact !== undefined,
    bound,
  };
}

/** The plain profiles, and those that somebody asks for. */
function usualProfiles({ profiles }: MigGeometry, demands: readonly Demand[]): readonly number[] {
  return profiles
    .map((_, index) => index)
    .filter(
      (index) =>
        profiles[index]!.variant === 'plain' || demands.some(({ accepts }) => accepts.includes(index)),
    );
}

interface Combination {
  /** By card, index of its option. */
  readonly picks: readonly number[];
  readonly served: Served;
  readonly cost: number;
  /** Value less cost. */
  readonly net: number;
  readonly changes: number;
}

/** Compares combinations; what parts serve is worked out once for each number of parts. */
class Scale {
  readonly #demands: readonly Demand[];
  readonly #groups: readonly (readonly number[])[];
  readonly #order: readonly number[];
  readonly #none: readonly number[];
  readonly #known = new Map<string, Served>();

  constructor(geometry: MigGeometry, demands: readonly Demand[]) {
    this.#demands = demands;
    this.#groups = profilesBySize(geometry);
    this.#order = this.#groups.flat();
    this.#none = geometry.profiles.map(() => 0);
  }

  served(parts: readonly number[]): Served {
    const key = parts.join(' ');
    let answer = this.#known.get(key);
    if (answer === undefined) {
      answer = serve(this.#demands, parts, this.#order);
      this.#known.set(key, answer);
    }
    return answer;
  }

  combination(options: readonly (readonly MigOption[])[], picks: readonly number[]): Combination {
    let parts: readonly number[] = this.#none;
    let changes = 0;
    let cost = 0;
    for (let card = 0; card < picks.length; card++) {
      const option = options[card]![picks[card]!]!;
      parts = plus(parts, option.parts);
      changes += option.changes;
      cost += option.cost;
    }
    const served = this.served(parts);
    return { picks, served, cost, net: served.value - cost, changes };
  }

  /** The same for choices that come to the same parts. */
  keyOf(options: readonly (readonly MigOption[])[], picks: readonly number[]): string {
    let parts: readonly number[] = [];
    for (let card = 0; card < picks.length; card++) parts = plus(parts, options[card]![picks[card]!]!.parts);
    return parts.join(' ');
  }

  isBetter(a: Combination, b: Combination): boolean {
    if (a.net !== b.net) return a.net > b.net;
    for (let g = this.#groups.length - 1; g >= 0; g--) {
      const more = this.#groups[g]!.reduce(
        (sum, kind) => sum + a.served.free[kind]! - b.served.free[kind]!,
        0,
      );
      if (more !== 0) return more > 0;
    }
    return a.changes < b.changes;
  }
}

/** Every combination; undefined where there are too many. */
function everyCombination(
  scale: Scale,
  cards: readonly MigCardNow[],
  options: readonly (readonly MigOption[])[],
  nodeLimit: number,
): Combination | undefined {
  // What a card adds to others is never more than what it serves alone: the value of an assignment is submodular in
  // the parts, whatever a request is worth on each kind (Shapley, Naval Research Logistics Quarterly 9, 1962).
  const alone = options.map((list) =>
    Math.max(...list.map(({ parts, cost }) => scale.served(parts).value - cost)),
  );
  const restAlone = (from: number) => alone.slice(from).reduce((sum, each) => sum + each, 0);
  let best: Combination | undefined;
  let nodes = 0;
  const picks: number[] = [];
  const extend = (card: number, parts: readonly number[], cost: number): void => {
    if (nodes > nodeLimit) return;
    if (card === options.length) {
      const found = scale.combination(options, [...picks]);
      if (best === undefined || scale.isBetter(found, best)) best = found;
      return;
    }
    // Cards in the same state are interchangeable: their options are taken in rising order.
    const isLikeBefore =
      card > 0 &&
      cards[card]!.present === cards[card - 1]!.present &&
      cards[card]!.keep === cards[card - 1]!.keep &&
      isSame(cards[card]!.stopCost, cards[card - 1]!.stopCost);
    for (let pick = isLikeBefore ? picks[card - 1]! : 0; pick < options[card]!.length; pick++) {
      nodes += 1;
      const option = options[card]![pick]!;
      const together = plus(parts, option.parts);
      const spent = cost + option.cost;
      if (best !== undefined) {
        const { value } = scale.served(together);
        if (value - spent + restAlone(card + 1) < best.net - 1e-12 * best.served.value) continue;
      }
      picks.push(pick);
      extend(card + 1, together, spent);
      picks.pop();
    }
  };
  extend(0, [], 0);
  return nodes > nodeLimit ? undefined : best;
}

/** Greedy card by card, then better layouts for one card or two at a time until there are none. */
function improved(scale: Scale, options: readonly (readonly MigOption[])[]): Combination {
  let best = scale.combination(options, []);
  for (let card = 0; card < options.length; card++) best = withOneMore(scale, options, best);
  const nearest = scale.combination(options, options.map(nearestOf));
  if (scale.isBetter(nearest, best)) best = nearest;
  const most = Math.max(...options.map((list) => list.length));
  const triesPairs = ((options.length * (options.length - 1)) / 2) * most * most <= PAIR_LIMIT;
  for (let isBetter = true; isBetter; ) {
    isBetter = false;
    for (const found of neighbours(scale, options, best, triesPairs)) {
      if (!scale.isBetter(found, best)) continue;
      best = found;
      isBetter = true;
      break;
    }
  }
  return best;
}

/** The option that costs least, of those the one with the fewest changes. */
function nearestOf(options: readonly MigOption[]): number {
  return options.reduce((best, { cost, changes }, pick) => {
    const known = options[best]!;
    return cost < known.cost || (cost === known.cost && changes < known.changes) ? pick : best;
  }, 0);
}

function isSame(a: readonly number[] = [], b: readonly number[] = []): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}

/** The best choice for the next card beside those before it. Options that the prices say to serve less are not weighed. */
function withOneMore(
  scale: Scale,
  options: readonly (readonly MigOption[])[],
  { picks, served, net }: Combination,
): Combination {
  const { prices } = served;
  const most = options[picks.length]!.map(({ parts, cost }) =>
    prices === undefined ? Number.POSITIVE_INFINITY : net + worthOf(parts, prices.least) - cost,
  );
  const order = most.map((_, pick) => pick).sort((a, b) => compare(most[b]!, most[a]!) || a - b);
  let best: Combination | undefined;
  for (const pick of order) {
    if (best !== undefined && most[pick]! < best.net - 1e-9 * best.served.value) break;
    const found = scale.combination(options, [...picks, pick]);
    if (best === undefined || scale.isBetter(found, best)) best = found;
  }
  return best as Combination;
}

/** What so many parts come to at these prices; there may be fewer than none. */
function worthOf(parts: readonly number[], prices: readonly number[]): number {
  return parts.reduce((sum, count, kind) => (count === 0 ? sum : sum + count * prices[kind]!), 0);
}

/** Below 0 where `a` is less; works for infinities, too. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Choices that lay one or two cards out otherwise. */
function* neighbours(
  scale: Scale,
  options: readonly (readonly MigOption[])[],
  current: Combination,
  triesPairs: boolean,
): Iterable<Combination> {
  const { picks, served } = current;
  if (served.prices !== undefined) {
    yield* promising(scale, options, current, served.prices, triesPairs);
    return;
  }
  const all = options.map((list) => list.map((_, pick) => pick));
  for (let a = 0; a < picks.length; a++) {
    for (const pick of all[a]!) yield scale.combination(options, picks.with(a, pick));
  }
  if (!triesPairs) return;
  for (let a = 0; a < picks.length; a++) {
    for (let b = a + 1; b < picks.length; b++) {
      for (const first of all[a]!) {
        for (const second of all[b]!) yield scale.combination(options, picks.with(a, first).with(b, second));
      }
    }
  }
}

/**
 * The same where parts have prices, which limit what other parts can serve: the most promising first, and none that
 * serves less; those of two cards only if they can serve more.
 */
function* promising(
  scale: Scale,
  options: readonly (readonly MigOption[])[],
  { picks, served }: Combination,
  { least: low, most: high }: { readonly least: readonly number[]; readonly most: readonly number[] },
  triesPairs: boolean,
): Iterable<Combination> {
  const gainsAt = (prices: readonly number[]) =>
    options.map((list, card) => {
      const now = list[picks[card]!]!;
      return list.map(({ parts, cost }) => {
        const more = parts.map((count, kind) => count - now.parts[kind]!);
        return worthOf(more, prices) - (cost - now.cost);
      });
    });
  const gains = gainsAt(low);
  const gainsHigh = gainsAt(high);
  const least = 1e-9 * served.value;
  const found: { readonly gain: number; readonly picks: readonly number[] }[] = [];
  const seen = new Set<string>();
  for (let a = 0; a < picks.length; a++) {
    for (const [pick, gain] of gains[a]!.entries()) {
      if (Math.min(gain, gainsHigh[a]![pick]!) >= -least) found.push({ gain, picks: picks.with(a, pick) });
    }
    for (let b = a + 1; triesPairs && b < picks.length; b++) {
      for (const [first, gain] of gains[a]!.entries()) {
        for (const [second, more] of gains[b]!.entries()) {
          // Infinity less Infinity says nothing.
          const most = gainsHigh[a]![first]! + gainsHigh[b]![second]!;
          if (gain + more <= least || most <= least) continue;
          const pair = picks.with(a, first).with(b, second);
          const key = scale.keyOf(options, pair);
          if (seen.has(key)) continue;
          seen.add(key);
          found.push({ gain: gain + more, picks: pair });
        }
      }
    }
  }
  found.sort((a, b) => b.gain - a.gain);
  for (const each of found) yield scale.combination(options, each.picks);
}

function plus(a: readonly number[], b: readonly number[]): readonly number[] {
  return b.map((each, kind) => each + (a[kind] ?? 0));
}
