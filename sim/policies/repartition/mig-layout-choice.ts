import type { MigGeometry, PlacementSet } from './mig-geometry.ts';
import { type MigCardNow, type MigOption, migOptions, profilesBySize } from './mig-options.ts';
import { priceBound } from './price-bound.ts';
import { type Demand, type Served, serve } from './serving.ts';

/** The layouts that serve a demand best. */
export interface MigLayoutChoice {
  /** By card. */
  readonly layouts: readonly PlacementSet[];
  /** Value served, and by demand how many. */
  readonly value: number;
  readonly served: readonly number[];
  /** By profile index, instances that no demand needs. */
  readonly free: readonly number[];
  /** Instances to delete and to create, over all cards. */
  readonly changes: number;
  /** Whether it is known to be the best; if not, `bound` says how much more value there could be. */
  readonly isProven: boolean;
  /** No choice of layouts serves more than this. */
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
 * Chooses the layouts of cards of one model for the present demand: the most value served; of equals the one that
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
  const sizes = options.map((list) => list.map((option) => option.parts));
  const exact = cards.length <= EXACT_CARDS ? everyCombination(scale, cards, options, nodeLimit) : undefined;
  const best = exact ?? improved(scale, options);
  const bound = exact === undefined ? priceBound(demands, sizes, best.served.value) : best.served.value;
  return {
    layouts: best.picks.map((pick, card) => options[card]![pick]!.layout),
    value: best.served.value,
    served: best.served.served,
    free: best.served.free,
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
  readonly changes: number;
}

/** Compares combinations; what parts serve is worked out once for each number of parts. */
class Scale {
  readonly #demands: readonly Demand[];
  readonly #groups: readonly (readonly number[])[];
  readonly #order: readonly number[];
  readonly #known = new Map<string, Served>();

  constructor(geometry: MigGeometry, demands: readonly Demand[]) {
    this.#demands = demands;
    this.#groups = profilesBySize(geometry);
    this.#order = this.#groups.flat();
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
    let parts: readonly number[] = [];
    let changes = 0;
    for (let card = 0; card < picks.length; card++) {
      const option = options[card]![picks[card]!]!;
      parts = plus(parts, option.parts);
      changes += option.changes;
    }
    return { picks, served: this.served(parts), changes };
  }

  isBetter(a: Combination, b: Combination): boolean {
    if (a.served.value !== b.served.value) return a.served.value > b.served.value;
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
  // What a card adds to others is never more than what it serves alone: the value served is submodular.
  const alone = options.map((list) => Math.max(...list.map((option) => scale.served(option.parts).value)));
  const restAlone = (from: number) => alone.slice(from).reduce((sum, each) => sum + each, 0);
  let best: Combination | undefined;
  let nodes = 0;
  const picks: number[] = [];
  const extend = (card: number, parts: readonly number[]): void => {
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
      cards[card]!.keep === cards[card - 1]!.keep;
    for (let pick = isLikeBefore ? picks[card - 1]! : 0; pick < options[card]!.length; pick++) {
      nodes += 1;
      const together = plus(parts, options[card]![pick]!.parts);
      if (
        best !== undefined &&
        scale.served(together).value + restAlone(card + 1) < best.served.value * (1 - 1e-12)
      )
        continue;
      picks.push(pick);
      extend(card + 1, together);
      picks.pop();
    }
  };
  extend(0, []);
  return nodes > nodeLimit ? undefined : best;
}

/** Greedy card by card, then better layouts for one card or two at a time until there are none. */
function improved(scale: Scale, options: readonly (readonly MigOption[])[]): Combination {
  let picks: number[] = [];
  for (let card = 0; card < options.length; card++) {
    const tries = options[card]!.map((_, pick) => scale.combination(options, [...picks, pick]));
    picks = [...tries.reduce((a, b) => (scale.isBetter(b, a) ? b : a)).picks];
  }
  let best = scale.combination(options, picks);
  const most = Math.max(...options.map((list) => list.length));
  const triesPairs = ((options.length * (options.length - 1)) / 2) * most * most <= PAIR_LIMIT;
  for (let isBetter = true; isBetter; ) {
    isBetter = false;
    for (const found of neighbours(scale, options, best.picks, triesPairs)) {
      if (!scale.isBetter(found, best)) continue;
      best = found;
      isBetter = true;
      break;
    }
  }
  return best;
}

function* neighbours(
  scale: Scale,
  options: readonly (readonly MigOption[])[],
  picks: readonly number[],
  triesPairs: boolean,
): Iterable<Combination> {
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

function plus(a: readonly number[], b: readonly number[]): readonly number[] {
  return b.map((each, kind) => each + (a[kind] ?? 0));
}
