import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlacementPolicyName } from '../../sim/policies/placement/names.ts';
import { contextOf, hostSpecs, requestOf, type SmallHost } from './small-fleet.ts';

/** The GPUs that a job gets on a host on which some are taken. */
function chosenOn(
  host: SmallHost,
  taken: readonly number[],
  count: number,
  policy: PlacementPolicyName,
): readonly number[] {
  const { fleet, shapes, placer } = contextOf(hostSpecs([host]), policy);
  const whole = shapes.intern(requestOf({ gpus: 1 }));
  for (const g of taken) fleet.place(whole, 0, [g]);
  return placer.decide(shapes.intern(requestOf({ gpus: count })))?.gpus ?? [];
}

/** Fewest groups that hold `count` of some GPUs, by trying every choice. */
function fewestGroups(
  gpus: readonly number[],
  count: number,
  groupsOf: (chosen: readonly number[]) => number,
): number {
  let fewest = Number.POSITIVE_INFINITY;
  const go = (from: number, chosen: number[]): void => {
    if (chosen.length === count) {
      fewest = Math.min(fewest, groupsOf(chosen));
      return;
    }
    for (let i = from; i < gpus.length; i++) go(i + 1, [...chosen, gpus[i] as number]);
  };
  go(0, []);
  return fewest;
}

test('GPUs of one NUMA domain, or one island, are chosen where there are enough', () => {
  const numa = { gpus: 8, numa: 2 };
  expect(chosenOn(numa, [0, 1], 4, 'best-fit')).toEqual([4, 5, 6, 7]);
  expect(chosenOn({ gpus: 8 }, [0, 1], 4, 'best-fit')).toEqual([2, 3, 4, 5]);
  // Of two domains with enough the one with less to spare.
  expect(chosenOn(numa, [4, 5], 2, 'worst-fit')).toEqual([6, 7]);
  expect(chosenOn({ gpus: 8, gpusPerIsland: 2 }, [0], 2, 'fgd')).toEqual([2, 3]);
});

test('no choice lies in fewer islands, and of those in fewer domains', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 3, 4, 8),
      fc.constantFrom(1, 2, 4),
      fc.subarray([0, 1, 2, 3, 4, 5, 6, 7], { maxLength: 6 }),
      fc.integer({ min: 2, max: 6 }),
      fc.constantFrom<PlacementPolicyName>('best-fit', 'worst-fit', 'random', 'first-fit'),
      (gpusPerIsland, numa, taken, count, policy) => {
        fc.pre(8 - taken.length >= count);
        const free = [0, 1, 2, 3, 4, 5, 6, 7].filter((g) => !taken.includes(g));
        const chosen = chosenOn({ gpus: 8, gpusPerIsland, numa }, taken, count, policy);
        const islands = (of: readonly number[]) => new Set(of.map((g) => Math.floor(g / gpusPerIsland))).size;
        expect(new Set(chosen).size).toBe(count);
        expect(chosen.every((g) => free.includes(g))).toBe(true);
        expect(islands(chosen)).toBe(fewestGroups(free, count, islands));
        if (gpusPerIsland === 8) {
          const domains = (of: readonly number[]) => new Set(of.map((g) => Math.floor((g * numa) / 8))).size;
          expect(domains(chosen)).toBe(fewestGroups(free, count, domains));
        }
      },
    ),
    { numRuns: 400 },
  );
});

test('a host that states neither keeps the choice of the policy, and parts keep theirs', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 300, 600), { minLength: 6, maxLength: 6 }),
      fc.constantFrom(100, 400),
      fc.integer({ min: 2, max: 3 }),
      fc.constantFrom<PlacementPolicyName>('best-fit', 'worst-fit', 'fgd'),
      (taken, milli, count, policy) => {
        const lefts = (numa: number) => {
          const { fleet, shapes, placer } = contextOf(hostSpecs([{ gpus: 6, numa }]), policy);
          taken.forEach((gpuMilli, g) => {
            if (gpuMilli > 0) fleet.place(shapes.intern(requestOf({ gpus: 1, milli: gpuMilli })), 0, [g]);
          });
          const gpus = placer.decide(shapes.intern(requestOf({ gpus: count, milli })))?.gpus ?? [];
          return { gpus, lefts: gpus.map((g) => fleet.gpuFreeMilli[g]).sort() };
        };
        // What is left on the chosen GPUs is the same: only which of equals are taken differs.
        expect(lefts(2).lefts).toEqual(lefts(1).lefts);
        const plain = taken.map((t, g) => ({ left: 1000 - t, g })).filter(({ left }) => left >= milli);
        plain.sort((a, b) => (policy === 'worst-fit' ? b.left - a.left : a.left - b.left) || a.g - b.g);
        expect(lefts(1).gpus).toEqual(
          plain
            .slice(0, count)
            .map(({ g }) => g)
            .sort((a, b) => a - b),
        );
      },
    ),
  );
});
