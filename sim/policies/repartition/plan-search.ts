import { lowestIndex, placementCount } from './mig-geometry.ts';
import { type PlanStep, stepsFrom } from './plan-moves.ts';
import {
  busyPlacements,
  isReached,
  lossOfGpuMinutes,
  missingInstances,
  type PlanGround,
  type PlanState,
} from './plan-problem.ts';

/** Cost of a plan, or a lower bound on the rest of one, in the order in which it counts. */
type PlanCost = readonly [first: number, second: number, takesUs: number, steps: number];

interface Label {
  readonly state: PlanState;
  readonly cost: PlanCost;
  /** Cost and lower bound of the rest. */
  readonly estimate: PlanCost;
  readonly order: number;
  readonly step: PlanStep | undefined;
  readonly before: Label | undefined;
}

export type SearchOutcome =
  | { readonly kind: 'found'; readonly steps: readonly PlanStep[]; readonly cost: PlanCost }
  | { readonly kind: 'none' }
  /** No plan costs less than `atLeast`. */
  | { readonly kind: 'limit'; readonly atLeast: PlanCost };

/**
 * A* over all states. The bound is that every instance that does not stand yet has to be created, one after another,
 * while at least its own slices have no job; it never falls by more than a step costs, so the first way found to a state
 * is the cheapest.
 *
 * @param haste `none`: the cheapest plan. `some`: fewest missing instances first, then least cost; `most`: then fewest steps.
 *   Finds a plan sooner, not the cheapest.
 * @see Hart, Nilsson and Raphael, IEEE Trans. Systems Science and Cybernetics 4 (1968)
 */
export function searchPlan(
  ground: PlanGround,
  nodeLimit: number,
  haste: 'none' | 'some' | 'most' = 'none',
): SearchOutcome {
  const open = new LabelHeap();
  const closed = new Set<string>();
  const cheapest = new Map<string, PlanCost>();
  let order = 0;
  const push = (state: PlanState, cost: PlanCost, step?: PlanStep, before?: Label) => {
    const key = keyOf(state);
    if (closed.has(key)) return;
    const known = cheapest.get(key);
    if (known !== undefined && compareCosts(known, cost) <= 0) return;
    cheapest.set(key, cost);
    open.push({ state, cost, estimate: estimateOf(ground, state, cost, haste), order, step, before });
    order += 1;
  };
  push(ground.start, [0, 0, 0, 0]);
  for (let label = open.pop(); label !== undefined; label = open.pop()) {
    const key = keyOf(label.state);
    if (closed.has(key)) continue;
    if (isReached(ground, label.state)) return { kind: 'found', steps: wayTo(label), cost: label.cost };
    if (closed.size >= nodeLimit) return { kind: 'limit', atLeast: label.estimate };
    closed.add(key);
    for (const step of stepsFrom(ground, label.state)) {
      push(step.to, plus(label.cost, costOf(ground, step.loss, step.touches, step.takesUs, 1)), step, label);
    }
  }
  return { kind: 'none' };
}

function wayTo(end: Label): PlanStep[] {
  const steps: PlanStep[] = [];
  for (let label: Label | undefined = end; label?.step !== undefined; label = label.before)
    steps.push(label.step);
  return steps.reverse();
}

function keyOf({ waitedUs, layouts, at }: PlanState): string {
  return `${waitedUs}|${layouts.join(',')}|${at.join(',')}`;
}

function costOf(ground: PlanGround, loss: number, touches: number, takesUs: number, steps: number): PlanCost {
  const { objective } = ground.problem;
  switch (objective.order) {
    case 'loss-first':
      return [loss, touches, takesUs, steps];
    case 'touches-first':
      return [touches, loss, takesUs, steps];
    case 'weighted':
      return [loss + touches * lossOfGpuMinutes(objective.gpuMinutesPerTouch), touches, takesUs, steps];
  }
}

function estimateOf(
  ground: PlanGround,
  state: PlanState,
  cost: PlanCost,
  haste: 'none' | 'some' | 'most',
): PlanCost {
  const { geometry, target } = ground.problem;
  // A job that leaves makes an instance ready without creating one, so the bound counts those that stand.
  const missing = missingInstances(ground, state, haste === 'none' ? 'standing' : target.ready);
  const steps = missing.reduce((sum, count) => sum + count, 0);
  if (haste !== 'none') {
    const ahead = steps + obstacles(ground, state, missing);
    return haste === 'some' ? [ahead, cost[0], cost[1], cost[2]] : [ahead, cost[3], cost[0], cost[1]];
  }
  let loss = 0;
  let takesUs = 0;
  missing.forEach((count, profile) => {
    const createUs = ground.times.createUs[profile]!;
    loss += count * createUs * geometry.profiles[profile]!.gpuSlices * ground.sliceUnits;
    takesUs += count * createUs;
  });
  return plus(cost, costOf(ground, loss, 0, takesUs, steps));
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

function plus(a: PlanCost, b: PlanCost): PlanCost {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

function compareCosts(a: PlanCost, b: PlanCost): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

/** Binary heap, least estimate first; of equals the label made first. */
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
  return (compareCosts(a.estimate, b.estimate) || a.order - b.order) < 0;
}
