import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Counts, isAtMost, Lattice, type LatticeFacts } from '../../sim/experiment/plan/lattice.ts';

/** A made-up fleet question: prices, needs as weighted sums, what is proven, and what use adds to the price. */
const questions = fc.integer({ min: 1, max: 3 }).chain((dimensions) => {
  const perAxis = <T>(each: fc.Arbitrary<T>) =>
    fc.array(each, { minLength: dimensions, maxLength: dimensions });
  return fc.record({
    sizes: perAxis(fc.integer({ min: 1, max: dimensions === 1 ? 40 : 7 })),
    prices: perAxis(fc.integer({ min: 1, max: 30 })),
    needs: fc.array(
      fc.record({
        weights: perAxis(fc.integer({ min: 0, max: 9 })),
        least: fc.integer({ min: 0, max: 80 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    /** Part of the need that is proven. */
    proven: fc.double({ min: 0, max: 1, noNaN: true }),
    use: fc.integer({ min: 0, max: 12 }),
  });
});

type Question = typeof questions extends fc.Arbitrary<infer T> ? T : never;

const sumOf = (weights: readonly number[], counts: Counts) =>
  weights.reduce((sum, weight, i) => sum + weight * (counts[i] as number), 0);

function parts({ sizes, prices, needs, proven, use }: Question) {
  const axes = sizes.map((size) => Array.from({ length: size }, (_, i) => i + 1));
  const serves = (counts: Counts) => needs.every(({ weights, least }) => sumOf(weights, counts) >= least);
  const facts: LatticeFacts = {
    axes,
    floor: (counts) => sumOf(prices, counts),
    mayServe: (counts) =>
      needs.every(({ weights, least }) => sumOf(weights, counts) >= Math.floor(proven * least)),
  };
  return { axes, serves, facts, costOf: (counts: Counts) => facts.floor(counts) + use };
}

function solve(question: Question): { cost: number; trials: number; bound: number } {
  const { serves, facts, costOf } = parts(question);
  const lattice = new Lattice(facts);
  let cost = Number.POSITIVE_INFINITY;
  let trials = 0;
  for (let counts = lattice.next(); counts !== undefined; counts = lattice.next()) {
    trials += 1;
    const isEnough = serves(counts);
    if (isEnough) cost = Math.min(cost, costOf(counts));
    lattice.learn(counts, isEnough ? { serves: true, cost: costOf(counts) } : { serves: false });
  }
  return { cost, trials, bound: lattice.bound };
}

test('finds the cheapest counts that trying all of them finds, and its bound is never above', () => {
  fc.assert(
    fc.property(questions, (question) => {
      const { axes, serves, costOf } = parts(question);
      let cheapest = Number.POSITIVE_INFINITY;
      const visit = (counts: number[]): void => {
        const values = axes[counts.length];
        if (values === undefined) {
          if (serves(counts)) cheapest = Math.min(cheapest, costOf(counts));
          return;
        }
        for (const value of values) visit([...counts, value]);
      };
      visit([]);
      const { cost, bound } = solve(question);
      expect(cost).toBe(cheapest);
      if (cheapest < Number.POSITIVE_INFINITY) expect(bound).toBeLessThanOrEqual(cheapest);
    }),
    { numRuns: 400 },
  );
});

test('on one axis it halves: 1,000 counts take 10 trials', () => {
  const lattice = new Lattice({
    axes: [Array.from({ length: 1000 }, (_, i) => i + 1)],
    floor: ([count]) => count as number,
    mayServe: () => true,
  });
  let trials = 0;
  for (let counts = lattice.next(); counts !== undefined; counts = lattice.next()) {
    trials += 1;
    const [count] = counts;
    lattice.learn(
      counts,
      (count as number) >= 737 ? { serves: true, cost: count as number } : { serves: false },
    );
  }
  expect(trials).toBeLessThanOrEqual(11);
});

test('on three axes it tries a small part', () => {
  const question: Question = {
    ...{ sizes: [7, 7, 7], prices: [7, 11, 13], proven: 0, use: 3 },
    needs: [
      { weights: [3, 5, 6], least: 44 },
      { weights: [1, 0, 2], least: 7 },
    ],
  };
  expect(solve(question).trials).toBeLessThan(343 / 6);
});

test('what is proven is never tried, and what costs as much as something known elsewhere is left out', () => {
  const tried: Counts[] = [];
  const lattice = new Lattice({
    axes: [[1, 2, 3, 4, 5, 6]],
    floor: ([count]) => 10 * (count as number),
    mayServe: ([count]) => (count as number) > 2,
  });
  expect([lattice.bound, lattice.size, lattice.provenSize]).toEqual([30, 6, 2]);
  lattice.cap(50);
  for (let counts = lattice.next(); counts !== undefined; counts = lattice.next()) {
    tried.push(counts);
    lattice.learn(counts, { serves: false });
  }
  expect(tried.flat().every((count) => count > 2 && count < 5)).toBe(true);
  expect(lattice.leastOpen).toBe(Number.POSITIVE_INFINITY);
  expect(isAtMost([1, 2], [1, 3])).toBe(true);
  expect(isAtMost([2, 2], [1, 3])).toBe(false);
});

/** Every plan tried: the least cost of those that are valid and serve. */
function cheapestOfAll(axes: readonly (readonly number[])[], costOf: (counts: Counts) => number): number {
  let all: number[][] = [[]];
  for (const values of axes) all = all.flatMap((counts) => values.map((value) => [...counts, value]));
  return Math.min(...all.map(costOf));
}

test('finds the cheapest where more of something costs less, as months to write off or hosts that are committed for', () => {
  const made = fc.record({
    hosts: fc.integer({ min: 1, max: 8 }),
    committed: fc.integer({ min: 1, max: 8 }),
    least: fc.integer({ min: 1, max: 8 }),
    discount: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(made, ({ hosts, committed, least, discount }) => {
      const upTo = (most: number) => Array.from({ length: most }, (_, i) => i + 1);
      const axes = [upTo(hosts), upTo(committed)];
      const serves = ([count = 0]: Counts) => count >= least;
      const floor = ([count = 0, of = 0]: Counts) => 10 * count - discount * of;
      const lattice = new Lattice({ axes, floor, mayServe: () => true });
      let cost = Number.POSITIVE_INFINITY;
      for (let counts = lattice.next(); counts !== undefined; counts = lattice.next()) {
        if (serves(counts)) cost = Math.min(cost, floor(counts));
        lattice.learn(counts, serves(counts) ? { serves: true, cost: floor(counts) } : { serves: false });
      }
      expect(cost).toBe(
        cheapestOfAll(axes, (counts) => (serves(counts) ? floor(counts) : Number.POSITIVE_INFINITY)),
      );
    }),
  );
});

test('what serves rules out more of something only where that costs no less', () => {
  const lattice = new Lattice({
    axes: [
      [1, 2],
      [24, 36, 48],
    ],
    floor: ([hosts = 0, months = 0]) => (hosts * 1440) / months,
    mayServe: () => true,
  });
  lattice.learn([1, 24], { serves: true, cost: 60 });
  // One host is cheaper when written off over longer; two cost no less however long.
  expect(lattice.openSize).toBe(2);
  expect(lattice.leastOpen).toBe(30);
});

test('leaves out counts that are no plan, wherever they are, and no others', () => {
  const made = fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 }),
    least: fc.integer({ min: 0, max: 12 }),
    /** The last may be so many more than the first at most, and so many at least. */
    more: fc.integer({ min: -3, max: 3 }),
    from: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(made, ({ sizes, least, more, from }) => {
      const axes = sizes.map((size) => Array.from({ length: size }, (_, i) => i + 1));
      const isValid = (counts: Counts) =>
        (counts.at(-1) as number) >= from && (counts.at(-1) as number) <= (counts[0] as number) + more + from;
      const sum = (counts: Counts) => counts.reduce((all, count) => all + count, 0);
      const lattice = new Lattice({
        axes,
        floor: (counts) => (isValid(counts) ? sum(counts) : Number.POSITIVE_INFINITY),
        mayServe: (counts) => isValid(counts) && sum(counts) >= least,
        isValid,
      });
      const wanted = cheapestOfAll(axes, (counts) =>
        isValid(counts) && sum(counts) >= least ? sum(counts) : Number.POSITIVE_INFINITY,
      );
      expect(lattice.bound).toBe(wanted);
      let all: number[][] = [[]];
      for (const values of axes) all = all.flatMap((counts) => values.map((value) => [...counts, value]));
      expect(lattice.possible.map(({ counts }) => counts.join()).sort()).toEqual(
        all
          .filter((counts) => isValid(counts) && sum(counts) >= least)
          .map((counts) => counts.join())
          .sort(),
      );
    }),
    { numRuns: 400 },
  );
});
