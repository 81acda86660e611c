import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadSolver } from '../../../cli/load-solver.ts';
import { type SizingInput, sizeServices } from '../../../sim/experiment/plan/services/size-services.ts';

const solver = await loadSolver();

const PROFILES = ['small', 'middle', 'large'] as const;

const size = fc.record({
  profile: fc.constantFrom(...PROFILES),
  batch: fc.constantFrom(1, 4, 8),
  concurrency: fc.constantFrom(1, 2),
  requestsPerSec: fc.constantFrom(1, 1.5, 2, 3, 3.5, 5, 7.25),
});

const inputs: fc.Arbitrary<SizingInput> = fc.record({
  services: fc
    .array(
      fc.record({
        requestsPerSec: fc.constantFrom(0.3, 1, 2, 3, 4.5, 6),
        headroom: fc.constantFrom(undefined, undefined, 0.5),
        sizes: fc.array(size, { minLength: 1, maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 3 },
    )
    .map((all) => all.map((each, i) => ({ name: `s${i}`, ...each }))),
  kinds: fc
    .array(
      fc.record({
        cost: fc.constantFrom(1, 1, 2, 2.5),
        most: fc.constantFrom(undefined, undefined, 1, 2),
        layouts: fc.array(fc.array(fc.constantFrom(...PROFILES), { minLength: 1, maxLength: 4 }), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
      { minLength: 1, maxLength: 2 },
    )
    .map((all) => all.map((each, i) => ({ name: `k${i}`, ...each }))),
  headroom: fc.constantFrom(0, 0.25),
});

const needOf = (input: SizingInput, service: number) => {
  const { requestsPerSec, headroom } = input.services[service]!;
  return requestsPerSec * (1 + (headroom ?? input.headroom));
};

/** Whether the slots can be divided among the services so that each has enough, by trying every division. */
function serves(input: SizingInput, slots: readonly number[], service = 0): boolean {
  if (service === input.services.length) return true;
  const { sizes } = input.services[service]!;
  const best = PROFILES.map((profile) =>
    Math.max(0, ...sizes.filter((each) => each.profile === profile).map((each) => each.requestsPerSec)),
  );
  const take = (p: number, left: readonly number[], capacity: number): boolean => {
    if (capacity >= needOf(input, service) * (1 - 1e-9)) return serves(input, left, service + 1);
    if (p === PROFILES.length) return false;
    for (let n = 0; n <= (best[p] === 0 ? 0 : left[p]!); n++) {
      const rest = left.map((each, q) => (q === p ? each - n : each));
      if (take(p + 1, rest, capacity + n * best[p]!)) return true;
    }
    return false;
  };
  return take(0, slots, 0);
}

/** Least cost by trying all multisets of cut cards up to a cost; undefined where none up to there serves. */
function leastCost(input: SizingInput, upTo: number): number | undefined {
  const columns = input.kinds.flatMap((kind) => kind.layouts.map((layout) => ({ kind, layout })));
  let least: number | undefined;
  const add = (c: number, slots: readonly number[], used: ReadonlyMap<string, number>, cost: number) => {
    if (cost > upTo + 1e-9 || (least !== undefined && cost >= least)) return;
    if (serves(input, slots)) {
      least = cost;
      return;
    }
    for (let next = c; next < columns.length; next++) {
      const { kind, layout } = columns[next]!;
      const count = (used.get(kind.name) ?? 0) + 1;
      if (count > (kind.most ?? Number.POSITIVE_INFINITY)) continue;
      const more = PROFILES.map((profile, p) => slots[p]! + layout.filter((each) => each === profile).length);
      add(next, more, new Map(used).set(kind.name, count), cost + kind.cost);
    }
  };
  add(0, [0, 0, 0], new Map(), 0);
  return least;
}

const UP_TO = 7;

test('The cost is that of the best of all multisets of cut cards, the bound never above it, and what is said of cards and replicas holds', () => {
  let compared = 0;
  fc.assert(
    fc.property(inputs, (input) => {
      const found = sizeServices(input, solver);
      if (!found.isPossible) {
        expect(leastCost(input, UP_TO)).toBeUndefined();
        return;
      }
      expect(found.isProven).toBe(true);
      expect(found.boundCost).toBeLessThanOrEqual(found.cost + 1e-9);
      expect(found.boundCards).toBeLessThanOrEqual(found.cardCount);
      // Slots suffice, capacities suffice, limits are kept.
      for (const profile of PROFILES) {
        const slots = found.cards.reduce(
          (sum, { layout, count }) => sum + count * layout.filter((each) => each === profile).length,
          0,
        );
        const taken = found.replicas
          .filter((each) => each.size.profile === profile)
          .reduce((sum, { count }) => sum + count, 0);
        // No slot is left idle that anybody could use.
        const isUsable = input.services.some(({ sizes }) => sizes.some((each) => each.profile === profile));
        expect(taken).toBe(isUsable ? slots : 0);
      }
      for (const [index, { name }] of input.services.entries()) {
        const capacity = found.replicas
          .filter((each) => each.service === name)
          .reduce((sum, { count, size: { requestsPerSec } }) => sum + count * requestsPerSec, 0);
        expect(capacity).toBeGreaterThanOrEqual(needOf(input, index) * (1 - 1e-9));
      }
      let cost = 0;
      for (const kind of input.kinds) {
        const count = found.cards
          .filter((each) => each.kind === kind.name)
          .reduce((sum, each) => sum + each.count, 0);
        expect(count).toBeLessThanOrEqual(kind.most ?? Number.POSITIVE_INFINITY);
        cost += count * kind.cost;
      }
      expect(found.cost).toBeCloseTo(cost, 9);
      if (found.cost > UP_TO) {
        expect(leastCost(input, UP_TO)).toBeUndefined();
        return;
      }
      compared += 1;
      expect(found.cost).toBeCloseTo(leastCost(input, UP_TO)!, 9);
    }),
    { numRuns: 120, seed: 7 },
  );
  expect(compared).toBeGreaterThan(50);
});

test('Of equally few cards those with most spare for the service that has least are taken, and no slot is left idle', () => {
  const at = (profile: string, requestsPerSec: number) => ({
    profile,
    batch: 1,
    concurrency: 1,
    requestsPerSec,
  });
  const found = sizeServices(
    {
      services: [
        { name: 'a', requestsPerSec: 2, sizes: [at('small', 1), at('large', 5)] },
        { name: 'b', requestsPerSec: 2, sizes: [at('small', 1)] },
      ],
      kinds: [
        {
          name: 'card',
          cost: 1,
          layouts: [
            ['small', 'small', 'small', 'small'],
            ['small', 'small', 'small', 'large'],
          ],
        },
      ],
      headroom: 0,
    },
    solver,
  );
  expect(found).toMatchObject({
    isPossible: true,
    cardCount: 1,
    boundCards: 1,
    leastCapacity: 1.5,
    cards: [{ layout: ['small', 'small', 'small', 'large'], count: 1 }],
    replicas: [
      { service: 'a', size: { profile: 'large' }, count: 1 },
      { service: 'b', size: { profile: 'small' }, count: 3 },
    ],
  });
});

test('Where too few cards may be had it says how many it takes, and which service has no place at all', () => {
  const input: SizingInput = {
    services: [
      {
        name: 'a',
        requestsPerSec: 10,
        sizes: [{ profile: 'small', batch: 1, concurrency: 1, requestsPerSec: 1 }],
      },
    ],
    kinds: [{ name: 'card', cost: 1, most: 2, layouts: [['small', 'small', 'small']] }],
    headroom: 0,
  };
  expect(sizeServices(input, solver)).toMatchObject({ isPossible: false, homeless: [], boundCards: 4 });
  const other = { ...input, kinds: [{ name: 'card', cost: 1, layouts: [['large']] }] };
  expect(sizeServices(other, solver)).toMatchObject({ isPossible: false, homeless: ['a'] });
  expect(() => sizeServices({ ...input, headroom: -1 }, solver)).toThrow(/headroom must be 0 or more/);
});

test('A rate that is met exactly needs no further card, and the same input has the same answer', () => {
  const input: SizingInput = {
    services: [
      {
        name: 'a',
        requestsPerSec: 0.7,
        sizes: [{ profile: 'small', batch: 1, concurrency: 1, requestsPerSec: 0.1 }],
      },
    ],
    kinds: [{ name: 'card', cost: 1, layouts: [Array(7).fill('small')] }],
    headroom: 0,
  };
  expect(sizeServices(input, solver)).toMatchObject({ cardCount: 1, isProven: true });
  expect(sizeServices(input, solver)).toEqual(sizeServices(input, solver));
});
