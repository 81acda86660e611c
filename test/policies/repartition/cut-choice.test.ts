import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chooseClearing,
  chooseCuts,
  type Demand,
  type JobInTheWay,
} from '../../../sim/policies/repartition/index.ts';

/** The most value by trying every use of every part. */
function mostValue(demands: readonly Demand[], parts: readonly number[]): number {
  const kinds = parts.flatMap((count, kind) => new Array<number>(count).fill(kind));
  const left = demands.map(({ count }) => count);
  const go = (at: number): number => {
    if (at === kinds.length) return 0;
    let best = go(at + 1);
    demands.forEach(({ accepts, value }, d) => {
      if (left[d]! <= 0 || !accepts.includes(kinds[at]!)) return;
      left[d]! -= 1;
      best = Math.max(best, value + go(at + 1));
      left[d]! += 1;
    });
    return best;
  };
  return go(0);
}

const demand = fc.record({
  accepts: fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3 }),
  count: fc.nat(3),
  value: fc.integer({ min: 1, max: 6 }),
});
const option = fc.record({
  parts: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(1)),
  cost: fc.nat(4),
});

describe('chooseCuts', () => {
  test('of up to three cards takes the most value of all combinations, and of these the least cost', () => {
    fc.assert(
      fc.property(
        fc.array(demand, { maxLength: 3 }),
        fc.array(fc.array(option, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        (demands, cards) => {
          const choice = chooseCuts(demands, cards);
          expect(choice.isExact).toBe(true);
          let best: readonly [number, number] = [-1, 0];
          const go = (card: number, parts: readonly number[], cost: number): void => {
            if (card === cards.length) {
              const value = mostValue(demands, parts);
              if (value > best[0] || (value === best[0] && cost < best[1])) best = [value, cost];
              return;
            }
            for (const each of cards[card]!) {
              go(
                card + 1,
                parts.map((count, kind) => count + each.parts[kind]!),
                cost + each.cost,
              );
            }
          };
          go(0, [0, 0, 0], 0);
          expect([choice.value, choice.cost]).toEqual(best);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('of many alike cards gives each kind what it is worth, and changes no card in vain', () => {
    // Cards of 4 small parts or one large: 6 large requests of 4 and 9 small ones of 1 take 6 and 3 of 10 cards.
    const cards = new Array(10).fill([
      { parts: [4, 0], cost: 0 },
      { parts: [0, 1], cost: 1 },
    ]);
    const choice = chooseCuts(
      [
        { accepts: [1], count: 6, value: 4 },
        { accepts: [0], count: 9, value: 1 },
      ],
      cards,
    );
    expect(choice).toMatchObject({ value: 33, served: [6, 9], cost: 6, isExact: false });
  });

  test('wants an option for each card', () => {
    expect(() => chooseCuts([], [[]])).toThrow(RangeError);
  });
});

const jobInTheWay: fc.Arbitrary<JobInTheWay> = fc.record({
  remainingUs: fc.constantFrom(null, 0, 5, 20, 100),
  share: fc.constantFrom(0.125, 0.25),
  drain: fc.constantFrom(
    null,
    { takesUs: 0, lostUs: 40 },
    { takesUs: 3, lostUs: 0 },
    { takesUs: 10, lostUs: 7 },
  ),
});

describe('chooseClearing', () => {
  test('loses no more than any choice of who is waited for, counted microsecond by microsecond', () => {
    fc.assert(
      fc.property(
        fc.array(jobInTheWay, { maxLength: 4 }),
        fc.constantFrom(0, 0.25, 0.5),
        (jobs, freeShare) => {
          const choice = chooseClearing(jobs, freeShare);
          let best = Number.POSITIVE_INFINITY;
          for (let set = 0; set < 1 << jobs.length; set++) {
            const isStopped = jobs.map((_, i) => (set & (1 << i)) !== 0);
            if (
              jobs.some(({ remainingUs, drain }, i) => (isStopped[i] ? drain === null : remainingUs === null))
            )
              continue;
            // Who is stopped is stopped when the last of the others has ended; nobody runs on while it is being stopped.
            const waitUs = Math.max(
              0,
              ...jobs.map(({ remainingUs }, i) => (isStopped[i] ? 0 : remainingUs!)),
            );
            const clearUs = Math.max(0, ...jobs.map(({ drain }, i) => (isStopped[i] ? drain!.takesUs : 0)));
            // One that ends while the others are waited for is not there to be stopped.
            if (
              jobs.some(({ remainingUs }, i) => isStopped[i] && remainingUs !== null && remainingUs <= waitUs)
            )
              continue;
            let lost = 0;
            for (let us = 0; us < waitUs + clearUs; us++) {
              lost += freeShare;
              jobs.forEach(({ remainingUs, share }, i) => {
                const runsUntil = isStopped[i] ? waitUs : remainingUs!;
                if (us >= runsUntil) lost += share;
              });
            }
            jobs.forEach(({ drain, share }, i) => {
              if (isStopped[i]) lost += share * drain!.lostUs;
            });
            best = Math.min(best, lost);
          }
          if (choice === undefined) expect(best).toBe(Number.POSITIVE_INFINITY);
          else expect(choice.lostGpuUs).toBeCloseTo(best, 9);
        },
      ),
      { numRuns: 400 },
    );
  });
});
