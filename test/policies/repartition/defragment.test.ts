import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MigGeometry } from '../../../sim/hardware/index.ts';
import {
  type DefragmentRules,
  type MoveProposal,
  makeRoom,
  type PartitionedCard,
  type ResidentJob,
  raiseUsableSlices,
} from '../../../sim/policies/repartition/index.ts';
import { isLegalByTheRules } from '../../hardware/brute-force-mig.ts';
import { geometryNamed, instancesOf, movableJobs, placement, profile, randomCards, us } from './cases.ts';

const a30 = geometryNamed('a30-24gb');
const a100 = geometryNamed('a100-40gb');

/** Jobs alone, in the plainest form: an idle instance can be deleted. */
interface Where {
  readonly job: ResidentJob;
  readonly card: number;
  readonly at: number;
}
type Fleet = readonly Where[];

const jobsOf = (cards: readonly PartitionedCard[]): Fleet =>
  cards.flatMap((each, card) =>
    each.instances.flatMap(({ placement: at, job }) => (job === null ? [] : [{ job, card, at }])),
  );

const fits = (geometry: MigGeometry, fleet: Fleet, card: number, at: number) => {
  const held = fleet.filter((each) => each.card === card).map((each) => each.at);
  return !held.includes(at) && isLegalByTheRules(geometry.model, instancesOf(geometry, [...held, at]));
};

interface Step {
  readonly fleet: Fleet;
  readonly cost: number;
}

/** Every single move there is, with GPU-minutes of standstill. */
function everyMove(geometry: MigGeometry, fleet: Fleet, cards: number, transferUs: number): Step[] {
  return fleet.flatMap((each, i) =>
    each.job.migrate === null
      ? []
      : Array.from({ length: cards }, (_, card) => card).flatMap((card) =>
          geometry.placements
            .filter(
              (place) =>
                place.profile === geometry.placements[each.at]!.profile &&
                fits(geometry, fleet, card, place.index),
            )
            .map((place) => ({
              fleet: fleet.map((other, o) => (o === i ? { ...each, card, at: place.index } : other)),
              cost:
                ((each.job.migrate!.stunUs + (card === each.card ? 0 : transferUs)) * each.job.gpuShare) /
                60e6,
            })),
        ),
  );
}

/** All states after at most two moves, with what they cost. */
function upToTwo(
  geometry: MigGeometry,
  fleet: Fleet,
  cards: number,
  transferUs: number,
): (Step & { moves: number })[] {
  const singles = everyMove(geometry, fleet, cards, transferUs);
  const doubles = singles.flatMap((one) =>
    everyMove(geometry, one.fleet, cards, transferUs).map((two) => ({
      fleet: two.fleet,
      cost: one.cost + two.cost,
      moves: 2,
    })),
  );
  return [...singles.map((one) => ({ ...one, moves: 1 })), ...doubles];
}

/** Makes the moves one by one, each checked; gives the fleet at the end. */
function follow(
  geometry: MigGeometry,
  cards: readonly PartitionedCard[],
  fleet: Fleet,
  proposal: MoveProposal,
): Fleet {
  let now = fleet;
  for (const move of proposal.moves) {
    const i = now.findIndex((each) => each.job.id === move.job);
    const to = cards.findIndex((card) => card.id === move.to.card);
    expect(now[i]!.job.migrate).not.toBeNull();
    expect(cards[now[i]!.card]!.id).toBe(move.from.card);
    expect(now[i]!.at).toBe(move.from.placement);
    expect(geometry.placements[move.to.placement]!.profile).toBe(
      geometry.placements[move.from.placement]!.profile,
    );
    expect(fits(geometry, now, to, move.to.placement)).toBe(true);
    now = now.map((each, o) => (o === i ? { ...each, card: to, at: move.to.placement } : each));
  }
  return now;
}

const transferUs = 4;

/** Any profile, and often a large one. */
const wantedIn = ({ profiles }: MigGeometry) =>
  fc.oneof(
    fc.nat(profiles.length - 1),
    fc.constantFrom(
      ...profiles.flatMap((each, p) => (each.memorySlices >= 4 || each.gpuSlices >= 2 ? [p] : [])),
    ),
  );

const rules = (gainPerCost: number, maxMoves: 1 | 2 = 2): DefragmentRules => ({
  gainPerCost,
  maxMoves,
  transferUs: (_job, from, to) => (from === to ? 0 : transferUs),
});

describe('the cheapest way to make room for a profile is the cheapest of all single and double moves', () => {
  const compare = (
    geometry: MigGeometry,
    arbitrary: fc.Arbitrary<PartitionedCard[]>,
    runs: number,
    maxMoves: 1 | 2,
  ) => {
    const seen = { room: 0, moved: 0, twice: 0, none: 0 };
    fc.assert(
      fc.property(arbitrary, wantedIn(geometry), (cards, wanted) => {
        const fleet = jobsOf(cards);
        const roomIn = (state: Fleet) =>
          cards.some((_, card) =>
            geometry.placements.some(
              (place) => place.profileIndex === wanted && fits(geometry, state, card, place.index),
            ),
          );
        const found = makeRoom(geometry, cards, { profile: wanted, gainGpuMinutes: 1 }, rules(0, maxMoves));
        if (roomIn(fleet)) {
          seen.room += 1;
          expect(found!.moves).toEqual([]);
          return;
        }
        const ways = upToTwo(geometry, fleet, cards.length, transferUs).filter(
          (way) => way.moves <= maxMoves && roomIn(way.fleet),
        );
        if (ways.length === 0) {
          seen.none += 1;
          expect(found).toBeUndefined();
          return;
        }
        seen.moved += 1;
        const least = Math.min(...ways.map((way) => way.cost));
        expect(found).toBeDefined();
        expect(found!.costGpuMinutes).toBeCloseTo(least, 15);
        const fewest = Math.min(...ways.filter((way) => way.cost < least + 1e-15).map((way) => way.moves));
        expect(found!.moves).toHaveLength(fewest);
        if (fewest === 2) seen.twice += 1;
        const end = follow(geometry, cards, fleet, found!);
        const card = cards.findIndex((each) => each.id === found!.room!.card);
        expect(fits(geometry, end, card, found!.room!.placement)).toBe(true);
        expect(geometry.placements[found!.room!.placement]!.profileIndex).toBe(wanted);
      }),
      { numRuns: runs, seed: 7 },
    );
    expect(seen.moved).toBeGreaterThan(runs / 20);
    expect(seen.none).toBeGreaterThan(runs / 20);
    if (maxMoves === 2) expect(seen.twice).toBeGreaterThan(runs / 100);
  };

  test('on two A100', () =>
    compare(a100, randomCards(a100, { min: 2, max: 2 }, ['plain'], 4, movableJobs), 600, 2));
  test('on three A30, media profiles included', () =>
    compare(a30, randomCards(a30, { min: 3, max: 3 }, ['plain', 'media'], 4, movableJobs), 600, 2));
  test('with single moves alone', () =>
    compare(a30, randomCards(a30, { min: 2, max: 3 }, ['plain', 'media'], 4, movableJobs), 300, 1));
});

describe('moves that raise the slices requests can use', () => {
  const usable = (geometry: MigGeometry, fleet: Fleet, cards: number, weights: readonly number[]) => {
    const total = weights.reduce((sum, each) => sum + each, 0);
    let sum = 0;
    for (let card = 0; card < cards; card++) {
      const held = fleet.filter((each) => each.card === card).map((each) => each.at);
      geometry.profiles.forEach((of, p) => {
        const own = geometry.placements
          .filter((place) => place.profileIndex === p)
          .map((place) => place.index);
        let most = 0;
        for (let set = 0; set < 1 << own.length; set++) {
          const added = own.filter((_, i) => (set >> i) & 1);
          const isOpen = !added.some((each) => held.includes(each));
          if (
            added.length > most &&
            isOpen &&
            isLegalByTheRules(geometry.model, instancesOf(geometry, [...held, ...added]))
          )
            most = added.length;
        }
        sum += (weights[p]! / total) * of.gpuSlices * most;
      });
    }
    return sum;
  };

  test('the first proposal has the most gain per cost of all single and double moves, and later ones gain as well', () => {
    let proposals = 0;
    fc.assert(
      fc.property(
        randomCards(a30, { min: 2, max: 2 }, ['plain'], 3, movableJobs),
        fc.constantFrom(0, 4, 30),
        (cards, threshold) => {
          const weights = a30.profiles.map((each) => (each.variant === 'plain' ? each.gpuSlices : 0));
          const horizonUs = 60;
          const found = raiseUsableSlices(a30, cards, { weights, horizonUs }, rules(threshold));
          const fleet = jobsOf(cards);
          const before = usable(a30, fleet, cards.length, weights);
          const gainOf = (state: Fleet) =>
            ((usable(a30, state, cards.length, weights) - before) * horizonUs) / 60e6 / 4;
          const ways = upToTwo(a30, fleet, cards.length, transferUs)
            .map((way) => ({ ...way, gain: gainOf(way.fleet) }))
            .filter((way) => way.gain > 1e-12 && way.gain > threshold * way.cost);
          expect(found.length > 0).toBe(ways.length > 0);
          if (found.length === 0) return;
          proposals += 1;
          const best = Math.max(...ways.map((way) => way.gain / way.cost));
          expect(found[0]!.gainGpuMinutes / found[0]!.costGpuMinutes).toBeCloseTo(best, 6);
          let now = fleet;
          let level = before;
          for (const proposal of found) {
            now = follow(a30, cards, now, proposal);
            const after = usable(a30, now, cards.length, weights);
            expect(((after - level) * horizonUs) / 60e6 / 4).toBeCloseTo(proposal.gainGpuMinutes, 12);
            expect(proposal.gainGpuMinutes).toBeGreaterThan(threshold * proposal.costGpuMinutes);
            level = after;
          }
        },
      ),
      { numRuns: 120, seed: 11 },
    );
    expect(proposals).toBeGreaterThan(10);
  });
});

describe('by hand', () => {
  const job = (id: string, change: Partial<ResidentJob> = {}): ResidentJob => ({
    id,
    remainingUs: null,
    gpuShare: 1 / 7,
    drain: null,
    migrate: { stunUs: us(60e6) },
    ...change,
  });
  const cards = (change: Partial<ResidentJob> = {}): PartitionedCard[] => [
    { id: 'a', instances: [{ placement: placement(a100, '1g', 1), job: job('lone', change) }] },
    {
      id: 'b',
      instances: [
        { placement: placement(a100, '4g', 0), job: job('large', { gpuShare: 4 / 7, migrate: null }) },
      ],
    },
  ];
  const want = (gainGpuMinutes: number) => ({ profile: profile(a100, '7g'), gainGpuMinutes });
  const stay: DefragmentRules = { gainPerCost: 2, maxMoves: 2 };

  test('a lone job of a seventh that stands still for a minute moves only for more than two sevenths of a GPU-minute', () => {
    const found = makeRoom(a100, cards(), want(0.3), stay)!;
    expect(found.moves).toHaveLength(1);
    expect(found.moves[0]).toMatchObject({ job: 'lone', from: { card: 'a' }, to: { card: 'b' } });
    expect(found.costGpuMinutes).toBeCloseTo(1 / 7, 12);
    expect(found.room).toEqual({ card: 'a', placement: placement(a100, '7g', 0) });
    expect(makeRoom(a100, cards(), want(0.28), stay)).toBeUndefined();
  });

  test('a job that cannot move stays, whatever the gain', () => {
    expect(
      makeRoom(a100, cards({ migrate: null, drain: { takesUs: us(0), lostUs: us(0) } }), want(1e9), stay),
    ).toBeUndefined();
  });

  test('the same question has the same answer', () => {
    expect(makeRoom(a100, cards(), want(1), stay)).toEqual(makeRoom(a100, cards(), want(1), stay));
  });
});
