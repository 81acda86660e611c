import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GpuUse, Residents, type Slot } from '../../sim/sharing/index.ts';
import { limitByLink } from '../../sim/sharing/speed/link.ts';
import { ALL_DOMAINS, fixedShares, maxMinShares, speedsFromShares } from '../../sim/sharing/speed/max-min.ts';
import { waterLevel } from '../../sim/sharing/speed/water-level.ts';

const WHOLE: Slot = {
  label: 'whole',
  profile: 'whole',
  milli: 1,
  memoryMib: 0,
  start: -1,
  size: 0,
  domain: 0,
  computeShare: 1,
  bandwidthShare: 1,
};

interface Someone {
  readonly need: number;
  readonly weight: number;
  readonly isActive: boolean;
  readonly domain: number;
  readonly link: number;
}

const someone: fc.Arbitrary<Someone> = fc.record({
  need: fc.oneof(fc.constantFrom(0.1, 0.2, 0.25, 0.5, 1), fc.double({ min: 0.001, max: 1, noNaN: true })),
  weight: fc.constantFrom(1, 1, 1, 2, 5),
  isActive: fc.constantFrom(true, true, false),
  domain: fc.constantFrom(0, 0, 4),
  link: fc.constantFrom(0, 1, 3, 10, 10, 400),
});
const everyone = fc.array(someone, { maxLength: 14 });

function seat(list: readonly Someone[]): Residents {
  const residents = new Residents();
  for (const { need, weight, isActive, domain, link } of list) {
    const use: GpuUse = {
      workload: 'generic',
      busy: need,
      compute: need,
      bandwidth: 0,
      memoryMib: 0,
      linkBytesPerSec: link,
      processes: weight,
      syncCallsPerSec: 0,
      speedByProfile: null,
    };
    residents.join({ ...WHOLE, domain }, use, isActive);
  }
  return residents;
}

/** Progressive filling: everybody rises together, by weight, until satisfied or until nothing is left. */
function filled(list: readonly Someone[], capacity: number): number[] {
  const shares = list.map(() => 0);
  const rising = new Set(list.keys());
  for (const [i, { isActive }] of list.entries()) if (!isActive) rising.delete(i);
  let left = capacity;
  while (rising.size > 0 && left > 1e-15) {
    let weight = 0;
    let step = Number.POSITIVE_INFINITY;
    for (const i of rising) {
      weight += list[i]!.weight;
      step = Math.min(step, (list[i]!.need - shares[i]!) / list[i]!.weight);
    }
    step = Math.min(step, left / weight);
    for (const i of rising) {
      shares[i]! += step * list[i]!.weight;
      left -= step * list[i]!.weight;
      if (list[i]!.need - shares[i]! <= 1e-15) rising.delete(i);
    }
  }
  return shares;
}

/** The level at which demands cut off there add up to the capacity, by halving the interval 200 times. */
function levelByBisection(demands: readonly number[], weights: readonly number[], capacity: number): number {
  const total = (level: number) => demands.reduce((sum, d, i) => sum + Math.min(d, level * weights[i]!), 0);
  let low = 0;
  let high = Math.max(1, ...demands);
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (total(middle) <= capacity) low = middle;
    else high = middle;
  }
  return low;
}

describe('maxMinShares', () => {
  const capacities = fc.constantFrom(0, 0.3, 0.5, 0.9, 1);

  test('gives what progressive filling gives', () => {
    fc.assert(
      fc.property(everyone, capacities, (list, capacity) => {
        const into = new Float64Array(list.length).fill(Number.NaN);
        maxMinShares(seat(list), ALL_DOMAINS, capacity, into);
        filled(list, capacity).forEach((share, i) => {
          expect(into[i]).toBeCloseTo(share, 12);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('fills each domain by itself and leaves the others alone', () => {
    fc.assert(
      fc.property(everyone, capacities, (list, capacity) => {
        const into = new Float64Array(list.length).fill(-7);
        maxMinShares(seat(list), 4, capacity, into);
        const inside = list.filter((each) => each.domain === 4);
        const shares = filled(inside, capacity);
        list.forEach((each, i) => {
          expect(into[i]).toBeCloseTo(each.domain === 4 ? shares[inside.indexOf(each)]! : -7, 12);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('is right after residents have come, gone, slept and woken', () => {
    fc.assert(
      fc.property(everyone, fc.array(fc.nat(), { maxLength: 20 }), (list, picks) => {
        const residents = seat(list);
        const seated = [...list];
        for (const pick of picks) {
          if (seated.length === 0) break;
          const at = pick % seated.length;
          if (pick % 3 === 0) {
            const isActive = !seated[at]!.isActive;
            residents.setActive(at, isActive);
            seated[at] = { ...seated[at]!, isActive };
          } else {
            const moved = residents.leave(at);
            const last = seated.pop()!;
            expect(moved).toBe(at === seated.length ? -1 : seated.length);
            if (moved >= 0) seated[at] = last;
          }
        }
        const into = new Float64Array(seated.length);
        maxMinShares(residents, ALL_DOMAINS, 1, into);
        filled(seated, 1).forEach((share, i) => {
          expect(into[i]).toBeCloseTo(share, 12);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('hands out all of the capacity or all that is needed, and nothing negative', () => {
    fc.assert(
      fc.property(everyone, capacities, (list, capacity) => {
        const into = new Float64Array(list.length);
        maxMinShares(seat(list), ALL_DOMAINS, capacity, into);
        const needed = list.reduce((sum, each) => sum + (each.isActive ? each.need : 0), 0);
        expect(into.reduce((a, b) => a + b, 0)).toBeCloseTo(Math.min(capacity, needed), 12);
        expect(Math.min(0, ...into)).toBe(0);
      }),
    );
  });
});

test('fixedShares gives each active resident its share, or its need where that is less', () => {
  fc.assert(
    fc.property(everyone, fc.double({ min: 0.01, max: 1, noNaN: true }), (list, share) => {
      const into = new Float64Array(list.length);
      fixedShares(seat(list), ALL_DOMAINS, share, into);
      list.forEach(({ need, isActive }, i) => {
        expect(into[i]).toBe(isActive ? Math.min(need, share) : 0);
      });
    }),
  );
});

test('speedsFromShares runs at the speed alone as soon as a share covers the busy time', () => {
  fc.assert(
    fc.property(everyone, fc.double({ min: 0.1, max: 1, noNaN: true }), (list, alone) => {
      const residents = seat(list);
      const into = new Float64Array(list.length);
      maxMinShares(residents, ALL_DOMAINS, 1, into);
      const shares = Array.from(into);
      speedsFromShares(residents, alone, into);
      list.forEach(({ need }, i) => {
        expect(into[i]).toBeCloseTo(alone * Math.min(1, shares[i]! / need), 12);
        if (shares[i] === need) expect(into[i]).toBe(alone);
      });
    }),
  );
});

test('waterLevel is the level that halving finds', () => {
  const need = fc.oneof(fc.constantFrom(0, 0.25, 0.5, 3), fc.double({ min: 0, max: 4, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(need, fc.constantFrom(1, 1, 2, 5)), { maxLength: 20 }),
      fc.constantFrom(0, 0.4, 1, 2.5),
      (pairs, capacity) => {
        const needs = pairs.map(([each]) => each);
        const weights = pairs.map(([, each]) => each);
        const level = waterLevel(
          Float64Array.from([...needs, 9]),
          Float64Array.from([...weights, 1]),
          needs.length,
          capacity,
        );
        if (needs.reduce((a, b) => a + b, 0) <= capacity) expect(level).toBe(Number.POSITIVE_INFINITY);
        else expect(level).toBeCloseTo(levelByBisection(needs, weights, capacity), 9);
      },
    ),
    { numRuns: 500 },
  );
});

describe('limitByLink', () => {
  const speeds = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 14, maxLength: 14 });
  const capacities = fc.constantFrom(0, 0.5, 7, 100, 1e9, Number.POSITIVE_INFINITY);

  test('cuts bytes off at the level that halving finds', () => {
    fc.assert(
      fc.property(everyone, speeds, capacities, (list, before, capacity) => {
        const into = Float64Array.from(before);
        limitByLink(seat(list), capacity, into);
        const demands = list.map(({ link }, i) => link * before[i]!);
        const isScarce = demands.reduce((a, b) => a + b, 0) > capacity;
        const level = isScarce
          ? levelByBisection(
              demands,
              demands.map(() => 1),
              capacity,
            )
          : Number.POSITIVE_INFINITY;
        list.forEach(({ link }, i) => {
          expect(into[i]! * link).toBeCloseTo(Math.min(demands[i]!, level), 8);
        });
        expect(Array.from(into.subarray(list.length))).toEqual(before.slice(list.length));
      }),
      { numRuns: 500 },
    );
  });

  test('never raises a speed, and leaves those alone who move nothing', () => {
    fc.assert(
      fc.property(everyone, speeds, capacities, (list, before, capacity) => {
        const into = Float64Array.from(before);
        limitByLink(seat(list), capacity, into);
        list.forEach(({ link }, i) => {
          expect(into[i]).toBeLessThanOrEqual(before[i]!);
          if (link === 0) expect(into[i]).toBe(before[i]);
        });
      }),
      { numRuns: 500 },
    );
  });
});
