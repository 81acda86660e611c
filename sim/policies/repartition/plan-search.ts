import { lowestIndex, placementCount } from './mig-geometry.ts';
import { compareCosts, costOf, NO_COST, type PlanCost, plus } from './plan-cost.ts';
import { manyCardsBound } from './plan-many-cards.ts';
import { type PlanMove, type PlanStep, stepsFrom } from './plan-moves.ts';
import { oneCardBound } from './plan-one-card.ts';
import {
  busyPlacements,
  isReached,
  missingInstances,
  type PlanGround,
  type PlanState,
} from './plan-problem.ts';
import { MOST_JOBS_IN_SETS } from './plan-removals.ts';

interface Label {
  readonly state: PlanState;
  readonly key: string;
  readonly cost: PlanCost;
  /** No way on from here to the target costs less in all. */
  estimate: PlanCost;
  /** Whether the estimate is that of this state, or still that of the one before. */
  isOwn: boolean;
  readonly order: number;
  readonly move: PlanMove | undefined;
  readonly before: Label | undefined;
}

export type SearchOutcome =
  | { readonly kind: 'found'; readonly steps: readonly PlanStep[]; readonly cost: PlanCost }
  | { readonly kind: 'none' }
  /** No plan costs less than `atLeast`. */
  | { readonly kind: 'limit'; readonly atLeast: PlanCost };

export type Haste = 'none' | 'some' | 'most';

/**
 * A* over all states, with jobs that are alike taken for one another. The bounds never exceed what the rest costs; where
 * they fall by more than a step costs, the state before still counts, and states are looked at again when a cheaper way
 * to them turns up. Of equal estimates the latest is taken, which runs straight down where the bound is exact.
 *
 * @param haste `none`: the cheapest plan. `some`: fewest missing instances first, then least cost; `most`: then fewest steps.
 *   Finds a plan sooner, not the cheapest.
 * @see Hart, Nilsson and Raphael, IEEE Trans. Systems Science and Cybernetics 4 (1968)
 */
export function searchPlan(ground: PlanGround, nodeLimit: number, haste: Haste = 'none'): SearchOutcome {
  const open = new LabelHeap();
  const cheapest = new Map<string, PlanCost>();
  const alike = alikeJobs(ground);
  const bound = lowerBound(ground);
  const isExact = haste === 'none';
  // In haste the bound only tells dead ends, which it seldom does on several cards, where it takes long.
  const isBounded = isExact || ground.problem.cards.length === 1;
  let order = 0;
  let looked = 0;
  const push = (to: PlanState, cost: PlanCost, move?: PlanMove, before?: Label) => {
    const state = sorted(to, alike);
    const key = keyOf(state);
    const known = cheapest.get(key);
    if (known !== undefined && compareCosts(known, cost) <= 0) return;
    cheapest.set(key, cost);
    const estimate = isExact ? (before?.estimate ?? cost) : hastyEstimate(ground, state, cost, haste);
    order += 1;
    open.push({ state, key, cost, estimate, isOwn: !isBounded, order, move, before });
  };
  push(ground.start, NO_COST);
  for (let label = open.pop(); label !== undefined; label = open.pop()) {
    if (compareCosts(cheapest.get(label.key)!, label.cost) < 0) continue;
    if (!label.isOwn) {
      const rest = bound(label.state);
      if (rest === undefined) continue;
      label.isOwn = true;
      const own = plus(label.cost, rest);
      if (isExact && compareCosts(own, label.estimate) > 0) {
        label.estimate = own;
        open.push(label);
        continue;
      }
    }
    if (isReached(ground, label.state))
      return { kind: 'found', steps: wayTo(ground, label), cost: label.cost };
    if (looked >= nodeLimit) return { kind: 'limit', atLeast: label.estimate };
    looked += 1;
    for (const step of stepsFrom(ground, label.state)) {
      const { loss, touches, takesUs } = step;
      const cost = plus(label.cost, costOf(ground.problem.objective, loss, touches, takesUs, 1));
      push(step.to, cost, step.move, label);
    }
  }
  return { kind: 'none' };
}

/** By state, what the rest of a plan costs at least; undefined where the target cannot be reached from it. */
export function lowerBound(ground: PlanGround): (state: PlanState) => PlanCost | undefined {
  const isOne = ground.problem.cards.length === 1 && ground.jobs.length <= MOST_JOBS_IN_SETS;
  return isOne ? oneCardBound(ground) : manyCardsBound(ground);
}

/** The steps that lead to a label, taken once more from the start, since labels name jobs that are alike for one another. */
function wayTo(ground: PlanGround, end: Label): PlanStep[] {
  const moves: PlanMove[] = [];
  for (let label: Label | undefined = end; label?.move !== undefined; label = label.before)
    moves.push(label.move);
  const steps: PlanStep[] = [];
  let state = ground.start;
  for (const move of moves.reverse()) {
    const step = stepsFrom(ground, state).find((each) => isSameMove(each.move, move))!;
    steps.push(step);
    state = step.to;
  }
  return steps;
}

function isSameMove(a: PlanMove, b: PlanMove): boolean {
  if (a.kind === 'wait' || b.kind === 'wait') return a.kind === b.kind;
  if (a.kind !== b.kind || a.card !== b.card || a.placement !== b.placement) return false;
  return (
    a.kind !== 'migrate' || b.kind !== 'migrate' || (a.toCard === b.toCard && a.toPlacement === b.toPlacement)
  );
}

/** Groups of two or more jobs that differ in nothing but where they are. */
function alikeJobs({ jobs, profileOf }: PlanGround): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  jobs.forEach(({ remainingUs, gpuShare, drain, migrate }, job) => {
    const nature = [
      remainingUs,
      gpuShare,
      drain?.takesUs,
      drain?.lostUs,
      migrate?.stunUs,
      profileOf[job],
    ].join();
    groups.set(nature, [...(groups.get(nature) ?? []), job]);
  });
  return [...groups.values()].filter((group) => group.length > 1);
}

/** The state in which those of the jobs that are alike come in the order of their places. */
function sorted(state: PlanState, alike: readonly (readonly number[])[]): PlanState {
  if (alike.length === 0) return state;
  const at = [...state.at];
  for (const group of alike) {
    const places = group.map((job) => at[job]!).sort((a, b) => a - b);
    group.forEach((job, i) => {
      at[job] = places[i]!;
    });
  }
  return { ...state, at };
}

function keyOf({ waitedUs, layouts, at }: PlanState): string {
  return `${waitedUs}|${layouts.join(',')}|${at.join(',')}`;
}

function hastyEstimate(ground: PlanGround, state: PlanState, cost: PlanCost, haste: Haste): PlanCost {
  const missing = missingInstances(ground, state, ground.problem.target.ready);
  const ahead = missing.reduce((sum, count) => sum + count, 0) + obstacles(ground, state, missing);
  return haste === 'some' ? [ahead, cost[0], cost[1], cost[2]] : [ahead, cost[3], cost[0], cost[1]];
}

/** What an instance for which no place is left counts; more than can be in the way of any other. */
const NO_PLACE = 32;

/**
 * Deletions and departures that open places for all missing instances together, the largest profile first, each where
 * least is in the way. Places do not overlap, nor those of the instances that are ready.
 */
function obstacles(ground: PlanGround, state: PlanState, missing: readonly number[]): number {
  const { geometry, target } = ground.problem;
  const { wanted } = target;
  const busy = state.layouts.map((_, card) => busyPlacements(state, card));
  const wantedOn = (card: number) => (wanted.on === 'each-card' ? wanted.counts[card]! : wanted.counts);
  const taken = state.layouts.map((layout, card) => {
    const open = target.ready === 'standing' ? layout : layout & ~busy[card]!;
    let ready = 0;
    geometry.ofProfile.forEach((own, profile) => {
      let count = wantedOn(card)[profile]!;
      for (let rest = open & own; rest !== 0 && count > 0; rest &= rest - 1) {
        ready |= 1 << lowestIndex(rest);
        count -= 1;
      }
    });
    return ready;
  });
  const counted = state.layouts.map(() => 0);
  const bySize = missing
    .flatMap((count, profile) => (count > 0 ? [profile] : []))
    .sort((a, b) => geometry.profiles[b]!.size - geometry.profiles[a]!.size);
  let sum = 0;
  for (const profile of bySize) {
    for (let left = missing[profile]!; left > 0; left--) {
      let fewest = NO_PLACE;
      let at: readonly [card: number, place: number] | undefined;
      state.layouts.forEach((layout, card) => {
        if (wanted.on === 'each-card' && wantedOn(card)[profile] === 0) return;
        for (let rest = geometry.ofProfile[profile]!; rest !== 0; rest &= rest - 1) {
          const place = lowestIndex(rest);
          const here = geometry.overlapping[place]! & ~counted[card]!;
          if ((geometry.overlapping[place]! & taken[card]!) !== 0) continue;
          // An instance of the profile itself that stands here has only to be left by its job.
          const inTheWay = placementCount(here & layout & ~(1 << place)) + placementCount(here & busy[card]!);
          if (inTheWay >= fewest) continue;
          fewest = inTheWay;
          at = [card, place];
        }
      });
      sum += fewest;
      if (at === undefined) continue;
      const [card, place] = at;
      taken[card]! |= 1 << place;
      counted[card]! |= geometry.overlapping[place]! & state.layouts[card]!;
    }
  }
  return sum;
}

/** Binary heap, least estimate first; of equals the label made last. */
class LabelHeap {
  readonly #labels: Label[] = [];

  push(label: Label): void {
    const labels = this.#labels;
    let at = labels.push(label) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(labels[parent]!, label)) break;
      labels[at] = labels[parent]!;
      at = parent;
    }
    labels[at] = label;
  }

  pop(): Label | undefined {
    const labels = this.#labels;
    const first = labels[0];
    const last = labels.pop();
    if (first === undefined || last === undefined || labels.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= labels.length) break;
      if (child + 1 < labels.length && isBefore(labels[child + 1]!, labels[child]!)) child += 1;
      if (isBefore(last, labels[child]!)) break;
      labels[at] = labels[child]!;
      at = child;
    }
    labels[at] = last;
    return first;
  }
}

function isBefore(a: Label, b: Label): boolean {
  return (compareCosts(a.estimate, b.estimate) || b.order - a.order) < 0;
}
