import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MigGeometry } from '../../../sim/hardware/index.ts';
import {
  type PlanObjective,
  planRepartition,
  type RepartitionProblem,
  type ResidentJob,
} from '../../../sim/policies/repartition/index.ts';
import { compareCosts, costOf, type PlanCost, plus } from '../../../sim/policies/repartition/plan-cost.ts';
import { stepsFrom } from '../../../sim/policies/repartition/plan-moves.ts';
import {
  isReached,
  type PlanGround,
  type PlanState,
  planGround,
} from '../../../sim/policies/repartition/plan-problem.ts';
import { lowerBound } from '../../../sim/policies/repartition/plan-search.ts';
import { geometryNamed, randomCards, us } from './cases.ts';
import { cheapestPlan } from './plan-twin.ts';

const a30 = geometryNamed('a30-24gb');
const a100 = geometryNamed('a100-40gb');

/** Natures of jobs between which a plan has to weigh: moves cheaper than what they spare, and dearer. */
const natures: readonly Partial<ResidentJob>[] = [
  { drain: { takesUs: us(2), lostUs: us(5) } },
  { drain: { takesUs: us(1), lostUs: us(0) }, migrate: { stunUs: us(1) } },
  { remainingUs: us(6), migrate: { stunUs: us(1) } },
  { remainingUs: us(6), drain: { takesUs: us(3), lostUs: us(1) } },
  { remainingUs: us(17), drain: { takesUs: us(4), lostUs: us(2) }, migrate: { stunUs: us(2) } },
  { remainingUs: us(9) },
  { migrate: { stunUs: us(1) } },
  {},
];

const job = (id: string, gpuShare: number, nature: Partial<ResidentJob>): ResidentJob => ({
  id,
  remainingUs: null,
  gpuShare,
  drain: null,
  migrate: null,
  ...nature,
});

/** Random cards with jobs of one or two natures, or of any. */
function problems(
  geometry: MigGeometry,
  cards: { min: number; max: number },
  instances: number,
): fc.Arbitrary<RepartitionProblem> {
  const plain = geometry.profiles.flatMap((each, index) => (each.variant === 'plain' ? [index] : []));
  return fc
    .record({
      cards: randomCards(geometry, cards, ['plain'], instances),
      kinds: fc.array(fc.nat(natures.length - 1), { minLength: 1, maxLength: 4 }),
      wanted: fc.array(fc.constantFrom(...plain), { minLength: 1, maxLength: 3 }),
      ready: fc.constantFrom('idle' as const, 'idle' as const, 'standing' as const),
      objective: fc.constantFrom<PlanObjective>(
        { order: 'loss-first' },
        { order: 'loss-first' },
        { order: 'touches-first' },
        { order: 'weighted', gpuMinutesPerTouch: 3e-8 },
      ),
      creation: fc.constantFrom('any-start' as const, 'driver-default' as const),
      slow: fc.constantFrom(1, 5),
    })
    .map(({ cards: list, kinds, wanted, slow, ready, objective, creation }) => {
      let number = 0;
      return {
        geometry,
        cards: list.map((card) => ({
          ...card,
          instances: card.instances.map(({ placement: at, job: held }) => {
            if (held === null) return { placement: at, job: null };
            number += 1;
            const nature = natures[kinds[number % kinds.length]!]!;
            return { placement: at, job: job(held.id, held.gpuShare, nature) };
          }),
        })),
        target: {
          wanted: {
            on: 'all-cards' as const,
            counts: geometry.profiles.map((_, p) => wanted.filter((each) => each === p).length),
          },
          ready,
        },
        objective,
        creation,
        times: {
          createUs: geometry.profiles.map(({ gpuSlices }) => us(slow * gpuSlices)),
          deleteUs: geometry.profiles.map(({ gpuSlices }) => us(slow * (gpuSlices > 2 ? 2 : 1))),
        },
      };
    });
}

interface Known {
  readonly state: PlanState;
  readonly into: { readonly from: Known; readonly cost: PlanCost }[];
  rest: PlanCost | undefined;
}

/** What the rest costs from every state that can be reached, worked back from the ends; undefined above `most` states. */
function costsToGo(ground: PlanGround, most: number): Known[] | undefined {
  const known = new Map<string, Known>();
  const found: Known[] = [];
  const at = (state: PlanState): Known => {
    const key = JSON.stringify(state);
    let entry = known.get(key);
    if (entry === undefined) {
      entry = { state, into: [], rest: undefined };
      known.set(key, entry);
      found.push(entry);
    }
    return entry;
  };
  at(ground.start);
  for (const from of found) {
    if (found.length > most) return undefined;
    for (const { to, loss, touches, takesUs } of stepsFrom(ground, from.state)) {
      at(to).into.push({ from, cost: costOf(ground.problem.objective, loss, touches, takesUs, 1) });
    }
  }
  const open = found.filter(({ state }) => isReached(ground, state));
  for (const entry of open) entry.rest = [0, 0, 0, 0];
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    for (const { from, cost } of entry.into) {
      const rest = plus(cost, entry.rest!);
      if (from.rest !== undefined && compareCosts(from.rest, rest) <= 0) continue;
      from.rest = rest;
      open.push(from);
    }
  }
  return found;
}

describe('the bound never exceeds what the rest of a plan costs, in any state that can be reached', () => {
  const check = (arbitrary: fc.Arbitrary<RepartitionProblem>, runs: number, leastExact: number) => {
    const tally = { states: 0, exact: 0, dead: 0, seen: 0 };
    fc.assert(
      fc.property(arbitrary, (problem) => {
        const ground = planGround(problem);
        const states = costsToGo(ground, 2500);
        if (states === undefined) return;
        const bound = lowerBound(ground);
        for (const { state, rest } of states) {
          const least = bound(state);
          tally.states += 1;
          if (rest === undefined) {
            tally.dead += 1;
            if (least === undefined) tally.seen += 1;
            continue;
          }
          if (least === undefined || compareCosts(least, rest) > 0) {
            throw new Error(`bound ${least}, rest ${rest}, at ${JSON.stringify(state)}`);
          }
          if (least[0] === rest[0]) tally.exact += 1;
        }
      }),
      { numRuns: runs, seed: 12 },
    );
    // A bound of nothing at all would pass; this one is often all there is to pay.
    expect(tally.exact / (tally.states - tally.dead)).toBeGreaterThan(leastExact);
    expect(tally.seen).toBeGreaterThan(tally.dead / 2);
  };

  test('on one A30', () => check(problems(a30, { min: 1, max: 1 }, 4), 150, 0.5));
  test('on one A100', () => check(problems(a100, { min: 1, max: 1 }, 4), 60, 0.5));
  test('on two A30', () => check(problems(a30, { min: 2, max: 2 }, 2), 60, 0.3));
});

test('jobs that are alike, some of which may only be stopped, are planned for like the exhaustive twin does', () => {
  let reached = 0;
  fc.assert(
    fc.property(problems(a30, { min: 1, max: 1 }, 4), (problem) => {
      const twin = cheapestPlan(
        problem,
        a30.profiles.filter(({ variant }) => variant === 'plain'),
        1500,
      );
      if (twin === 'too-many') return;
      const plan = planRepartition(problem);
      expect(plan.outcome).toBe(twin === undefined ? 'unreachable' : 'planned');
      if (twin === undefined || plan.outcome !== 'planned') return;
      reached += 1;
      expect(plan.lostGpuMinutes * 60e6 * a30.model.gpuSlicesTotal).toBeCloseTo(twin.loss, 4);
      expect(plan.takesUs).toBe(twin.takes);
      expect(plan.steps).toHaveLength(twin.steps);
    }),
    { numRuns: 120, seed: 6 },
  );
  expect(reached).toBeGreaterThan(30);
});
