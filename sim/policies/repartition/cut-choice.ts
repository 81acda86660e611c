import type { Demand } from './demand.ts';
import { serve } from './serving.ts';

/** A way in which a card could be cut. */
export interface CutOption {
  /** By kind of part, how many there would be for the demand. */
  readonly parts: readonly number[];
  /** What it takes to get there, >= 0, in any one unit; 0: it is so now. */
  readonly cost: number;
}

export interface CutChoice {
  /** By card, index of its option. */
  readonly picks: readonly number[];
  /** Value served, and by demand how many. */
  readonly value: number;
  readonly served: readonly number[];
  readonly cost: number;
  /** Whether every combination was weighed. */
  readonly isExact: boolean;
}

const EXACT_CARDS = 3;
const NODE_LIMIT = 20_000;
const PAIR_LIMIT = 20_000;

/**
 * Chooses how cards are cut for the present demand: the most value served; of equals the least cost; of those the first
 * options of the first cards.
 *
 * Up to three cards are weighed in every combination, as long as there are no more than `nodeLimit`. Otherwise cards
 * begin with their first options and are improved one by one and, while there are not too many, two by two until that
 * serves no more and costs no less.
 *
 * @param demands kinds are those of the parts
 * @param cards their options, each card at least one
 * @throws {RangeError} if a card has no option
 */
export function chooseCuts(
  demands: readonly Demand[],
  cards: readonly (readonly CutOption[])[],
  nodeLimit = NODE_LIMIT,
): CutChoice {
  if (cards.some((options) => options.length === 0)) {
    throw new RangeError('Cannot choose cuts: need at least one option for each card, got none');
  }
  const scale = new Scale(demands, cards);
  const combinations = cards.reduce((product, options) => product * options.length, 1);
  const isExact = cards.length <= EXACT_CARDS && combinations <= nodeLimit;
  const picks = isExact ? best(scale, everyPick(cards)) : improved(scale, cards);
  const { value, served } = scale.served(picks);
  return { picks, value, served, cost: scale.cost(picks), isExact };
}

class Scale {
  readonly #demands: readonly Demand[];
  readonly #cards: readonly (readonly CutOption[])[];
  readonly #order: readonly number[];
  readonly #known = new Map<string, { readonly value: number; readonly served: readonly number[] }>();

  constructor(demands: readonly Demand[], cards: readonly (readonly CutOption[])[]) {
    this.#demands = demands;
    this.#cards = cards;
    this.#order = (cards[0]?.[0]?.parts ?? []).map((_, kind) => kind);
  }

  served(picks: readonly number[]) {
    const parts = this.#order.map(() => 0);
    picks.forEach((pick, card) => {
      this.#cards[card]![pick]!.parts.forEach((count, kind) => {
        parts[kind]! += count;
      });
    });
    const key = parts.join(' ');
    let answer = this.#known.get(key);
    if (answer === undefined) {
      answer = serve(this.#demands, parts, this.#order);
      this.#known.set(key, answer);
    }
    return answer;
  }

  cost(picks: readonly number[]): number {
    return picks.reduce((sum, pick, card) => sum + this.#cards[card]![pick]!.cost, 0);
  }

  isBetter(a: readonly number[], b: readonly number[]): boolean {
    const { value } = this.served(a);
    const { value: other } = this.served(b);
    const rounding = 1e-12 * Math.max(value, other);
    if (Math.abs(value - other) > rounding) return value > other;
    return this.cost(a) < this.cost(b);
  }
}

function best(scale: Scale, all: Iterable<readonly number[]>): readonly number[] {
  let found: readonly number[] | undefined;
  for (const picks of all) if (found === undefined || scale.isBetter(picks, found)) found = picks;
  return found ?? [];
}

function* everyPick(cards: readonly (readonly CutOption[])[]): Iterable<readonly number[]> {
  const [first, ...rest] = cards;
  if (first === undefined) {
    yield [];
    return;
  }
  for (let pick = 0; pick < first.length; pick++) {
    for (const others of everyPick(rest)) yield [pick, ...others];
  }
}

function improved(scale: Scale, cards: readonly (readonly CutOption[])[]): readonly number[] {
  const most = Math.max(...cards.map((options) => options.length));
  const triesPairs = ((cards.length * (cards.length - 1)) / 2) * most * most <= PAIR_LIMIT;
  let picks: readonly number[] = cards.map(() => 0);
  for (;;) {
    const next =
      firstBetter(scale, picks, singles(cards, picks)) ??
      (triesPairs ? firstBetter(scale, picks, pairs(cards, picks)) : undefined);
    if (next === undefined) return picks;
    picks = next;
  }
}

function firstBetter(scale: Scale, picks: readonly number[], all: Iterable<readonly number[]>) {
  for (const other of all) if (scale.isBetter(other, picks)) return other;
  return undefined;
}

function* singles(cards: readonly (readonly CutOption[])[], picks: readonly number[]) {
  for (let card = 0; card < cards.length; card++) {
    for (let pick = 0; pick < cards[card]!.length; pick++) yield picks.with(card, pick);
  }
}

function* pairs(cards: readonly (readonly CutOption[])[], picks: readonly number[]) {
  for (let a = 0; a < cards.length; a++) {
    for (let b = a + 1; b < cards.length; b++) {
      for (let first = 0; first < cards[a]!.length; first++) {
        for (let second = 0; second < cards[b]!.length; second++) {
          yield picks.with(a, first).with(b, second);
        }
      }
    }
  }
}
