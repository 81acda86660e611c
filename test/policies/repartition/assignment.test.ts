import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MigGeometry, placementsIn } from '../../../sim/hardware/index.ts';
import { assign } from '../../../sim/policies/repartition/assignment.ts';
import { chooseMigLayouts, type Demand, serve } from '../../../sim/policies/repartition/index.ts';
import { everyFullLayout } from '../../hardware/brute-force-mig.ts';
import { geometryNamed } from './cases.ts';

const KINDS = [0, 1, 2, 3];
const haves = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(1), fc.nat(1)).map((counts) => [...counts]);

/** Few values, so that ties are common; some requests are worth the same everywhere. */
function demandsOn(kinds: readonly number[], most = 3): fc.Arbitrary<Demand[]> {
  const demand = fc
    .record({
      accepts: fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 1, maxLength: kinds.length }),
      worth: fc.array(fc.integer({ min: 1, max: 5 }), {
        minLength: kinds.length,
        maxLength: kinds.length,
      }),
      count: fc.nat(2),
    })
    .map(({ accepts, worth, count }) => {
      const values = accepts.map((_, at) => worth[at]! / 4);
      return { accepts, values, value: Math.max(...values), count };
    });
  return fc.array(demand, { minLength: 1, maxLength: most });
}

/** The most value, and of that the most free parts, largest kind first: by trying every use of every part. */
function bestUse(demands: readonly Demand[], have: readonly number[]) {
  const parts = have.flatMap((count, kind) => new Array<number>(count).fill(kind));
  const left = demands.map(({ count }) => count);
  const free = have.map(() => 0);
  let best = { value: -1, free: [] as number[] };
  const go = (at: number, value: number): void => {
    if (at === parts.length) {
      if (value > best.value || (value === best.value && isLarger(free, best.free)))
        best = { value, free: [...free] };
      return;
    }
    const kind = parts[at]!;
    free[kind]! += 1;
    go(at + 1, value);
    free[kind]! -= 1;
    demands.forEach(({ accepts, values, value: plain }, d) => {
      const place = accepts.indexOf(kind);
      if (left[d] === 0 || place < 0) return;
      left[d]! -= 1;
      go(at + 1, value + (values?.[place] ?? plain));
      left[d]! += 1;
    });
  };
  go(0, 0);
  return best;
}

function isLarger(a: readonly number[], b: readonly number[]): boolean {
  for (let kind = a.length - 1; kind >= 0; kind--) {
    if (a[kind] !== b[kind]) return a[kind]! > b[kind]!;
  }
  return false;
}

describe('requests that are worth more on some parts than on others', () => {
  test('get the use of the parts with the most value, and of those the one that leaves the largest free', () => {
    fc.assert(
      fc.property(demandsOn(KINDS), haves, (demands, have) => {
        const found = serve(demands, have, KINDS);
        const best = bestUse(demands, have);
        expect(found.value).toBe(best.value);
        expect(found.free).toEqual(best.free);
        found.served.forEach((count, d) => {
          expect(count).toBeLessThanOrEqual(demands[d]!.count);
        });
      }),
      { numRuns: 600, seed: 1 },
    );
  });

  test('say who is served where, and that comes to the value and to the parts that are not free', () => {
    fc.assert(
      fc.property(demandsOn(KINDS), haves, (demands, have) => {
        const { value, uses, free, served } = assign(demands, have, KINDS);
        let sum = 0;
        demands.forEach(({ accepts, values }, d) => {
          for (const kind of KINDS) {
            const count = uses![d]![kind]!;
            if (count > 0) sum += count * values![accepts.indexOf(kind)]!;
          }
          expect(uses![d]!.reduce((a, b) => a + b, 0)).toBe(served[d]);
        });
        expect(sum).toBe(value);
        for (const kind of KINDS) {
          expect(uses!.reduce((total, row) => total + row[kind]!, 0)).toBe(have[kind]! - free[kind]!);
        }
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  test('have prices at which no other numbers of parts serve more', () => {
    fc.assert(
      fc.property(demandsOn(KINDS), haves, haves, (demands, have, other) => {
        const { value, prices } = assign(demands, have, KINDS);
        const most = bestUse(demands, other).value;
        for (const side of [prices!.least, prices!.most]) {
          const more = KINDS.reduce((sum, kind) => {
            const count = other[kind]! - have[kind]!;
            return count === 0 ? sum : sum + count * side[kind]!;
          }, 0);
          expect(most).toBeLessThanOrEqual(value + more + 1e-9);
        }
        // They are what one part more adds, and what one less loses.
        for (const kind of KINDS) {
          const add = bestUse(demands, have.with(kind, have[kind]! + 1)).value - value;
          expect(prices!.least[kind]).toBeCloseTo(add, 9);
          if (have[kind]! === 0) continue;
          const lose = value - bestUse(demands, have.with(kind, have[kind]! - 1)).value;
          expect(prices!.most[kind]).toBeCloseTo(lose, 9);
        }
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  test('say of a part more that several move up to it, each leaving its own to the next', () => {
    // By how many quarters it is worth more one kind below: everyone is served, and who moves leaves its part.
    const chain = (gains: readonly number[]) =>
      gains.map((gain, at) => ({
        accepts: [at, at + 1],
        values: [1 + gain / 4, 1],
        value: 1 + gain / 4,
        count: 1,
      }));
    for (const gains of [
      [1, 1],
      [1, 2, 1],
      [3, 1, 2, 1],
      [1, 1, 1, 1, 1],
    ]) {
      const kinds = [0, ...gains.map((_, at) => at + 1)];
      const have = kinds.map((kind) => (kind === 0 ? 0 : 1));
      const demands = chain(gains);
      const total = gains.reduce((sum, gain) => sum + gain / 4, 0);
      for (const order of [kinds, [...kinds].reverse()]) {
        // The kinds numbered the other way round are the same chain in the other direction.
        const named = demands.map((each) => ({ ...each, accepts: each.accepts.map((kind) => order[kind]!) }));
        const parts = kinds.map((kind) => have[order.indexOf(kind)]!);
        const { value, prices } = assign(named, parts, kinds);
        expect(value).toBe(gains.length);
        expect(prices!.least[order[0]!]).toBeCloseTo(total, 9);
        expect(bestUse(named, parts.with(order[0]!, 1)).value - value).toBeCloseTo(total, 9);
      }
    }
  });

  test('that are worth the same on all parts are served as without', () => {
    fc.assert(
      fc.property(demandsOn(KINDS), haves, (demands, have) => {
        const plain = demands.map(({ accepts, value, count }) => ({ accepts, value, count }));
        const quick = serve(plain, have, KINDS);
        const slow = assign(plain, have, KINDS);
        expect(slow.value).toBe(quick.value);
        expect(slow.free).toEqual(quick.free);
      }),
      { numRuns: 400, seed: 4 },
    );
  });

  test('any two cards serve together no more than each alone', () => {
    fc.assert(
      fc.property(demandsOn(KINDS), haves, haves, (demands, one, other) => {
        const both = one.map((count, kind) => count + other[kind]!);
        const alone = serve(demands, one, KINDS).value + serve(demands, other, KINDS).value;
        expect(serve(demands, both, KINDS).value).toBeLessThanOrEqual(alone + 1e-9);
      }),
      { numRuns: 400, seed: 5 },
    );
  });

  test('a value on a kind that is not above 0 is refused', () => {
    const demand = { accepts: [0, 1], count: 1, value: 1, values: [1, 0] };
    expect(() => serve([demand], [1, 1], [0, 1])).toThrow(/value > 0/);
  });
});

describe('layouts for such requests, where deleting an instance costs something', () => {
  const a30 = geometryNamed('a30-24gb');
  const a100 = geometryNamed('a100-40gb');
  const plain = (geometry: MigGeometry) =>
    geometry.profiles.flatMap((each, p) => (each.variant === 'plain' ? [p] : []));
  const indices = (geometry: MigGeometry) =>
    everyFullLayout(geometry.model, ['plain']).map((layout) =>
      layout.map(
        ({ profile, start }) =>
          geometry.placements.find((each) => each.profile === profile && each.start === start)!.index,
      ),
    );
  const bits = (set: readonly number[]) => set.reduce((sum, each) => sum | (1 << each), 0);

  const compare = (geometry: MigGeometry, cards: number, runs: number) => {
    const layouts = indices(geometry);
    const costs = fc.array(fc.constantFrom(0, 0, 0.25, 1, 4), {
      minLength: geometry.placements.length,
      maxLength: geometry.placements.length,
    });
    fc.assert(
      fc.property(
        demandsOn(plain(geometry)),
        fc.array(fc.tuple(fc.nat(layouts.length - 1), fc.nat(255), costs), {
          minLength: cards,
          maxLength: cards,
        }),
        (demands, standing) => {
          const now = standing.map(([pick, some, stopCost]) => ({
            present: bits(layouts[pick]!.filter((_, i) => (some >> i) & 1)),
            keep: 0,
            stopCost,
          }));
          let most = Number.NEGATIVE_INFINITY;
          const go = (card: number, have: readonly number[], cost: number): void => {
            if (card === cards) {
              most = Math.max(most, serve(demands, have, plain(geometry)).value - cost);
              return;
            }
            const { present, stopCost } = now[card]!;
            for (const layout of layouts) {
              const parts = [...have];
              for (const index of layout) parts[geometry.placements[index]!.profileIndex]! += 1;
              const gone = stopCost.reduce<number>(
                (sum, each, index) => ((present >> index) & 1 && !layout.includes(index) ? sum + each : sum),
                0,
              );
              go(card + 1, parts, cost + gone);
            }
          };
          go(
            0,
            geometry.profiles.map(() => 0),
            0,
          );
          const chosen = chooseMigLayouts(geometry, demands, now);
          expect(chosen.isProven).toBe(true);
          expect(chosen.value - chosen.cost).toBeCloseTo(most, 9);
          const rough = chooseMigLayouts(geometry, demands, now, { nodeLimit: 0 });
          expect(rough.value - rough.cost).toBeLessThanOrEqual(most + 1e-9);
          expect(rough.bound).toBeGreaterThanOrEqual(most - 1e-9);
        },
      ),
      { numRuns: runs, seed: 6 },
    );
  };

  test('are the best of all on one A100', () => compare(a100, 1, 100));
  test('are the best of all on two A30', () => compare(a30, 2, 80));
  test('are the best of all on three A30', () => compare(a30, 3, 20));

  test('a job that is much faster on a half gets one; one that is as fast on a quarter does not', () => {
    const profile = (name: string) => a30.profiles.findIndex((each) => each.name === name);
    const kinds = [profile('1g.6gb'), profile('2g.12gb'), profile('4g.24gb')];
    const slow = { accepts: kinds, count: 1, value: 1, values: [0.2, 0.5, 1] };
    const quick = { accepts: kinds, count: 2, value: 1, values: [0.9, 0.95, 1] };
    const chosen = chooseMigLayouts(a30, [slow, quick], [{ present: 0, keep: 0 }]);
    // 0.5 + 2 x 0.9; four quarters give 0.2 + 2 x 0.9, two halves 0.5 + 0.95.
    expect(chosen.value).toBeCloseTo(2.3, 8);
    const made = placementsIn(a30, chosen.layouts[0]!).map((each) => each.profile.name);
    expect(made.sort()).toEqual(['1g.6gb', '1g.6gb', '2g.12gb']);
  });
});
