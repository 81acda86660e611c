import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CardSpec, Residents, sharingMode } from '../../sim/sharing/index.ts';
import { cardOf, figures } from '../contract/examples.ts';
import { speedsOf } from '../contract/residents.ts';
import { partOf, put, ruleOf, run, times, wholeOf } from './asks-for-tests.ts';

const mode = sharingMode('uvm-swap');
const PASCAL = cardOf('p100-pcie-16gb');
const EXACT = { 'uvm-swap.efficiency': 1, 'uvm-swap.paging': 1 };
const MIB = 2 ** 20;

const open = (turnSec: number, card: CardSpec = PASCAL, stated: Record<string, number> = EXACT) =>
  mode.createCard({ mode: 'uvm-swap', turnSec }, card, figures(stated));

/**
 * Turns one after another with a memory of whole pages: of all pages the one used longest ago goes first. Work is done
 * at the pace of the pages that are in; a page comes in at half the link's rate while work goes on.
 *
 * @returns speed of each tenant over the last rounds
 */
function turnByTurn(sets: readonly number[], memory: number, turnSec: number, pageSec: number): number[] {
  const used = new Map<string, number>();
  let clock = 0;
  const done = sets.map(() => 0);
  const rounds = 6;
  for (let round = 0; round < rounds; round++) {
    for (const [tenant, set] of sets.entries()) {
      const missing: string[] = [];
      for (let page = 0; page < set; page++) {
        const name = `${tenant}/${page}`;
        if (!used.has(name)) {
          missing.push(name);
          if (used.size >= memory) {
            let oldest = '';
            for (const [each, at] of used) if (oldest === '' || at < used.get(oldest)!) oldest = each;
            used.delete(oldest);
          }
        }
        used.set(name, clock++);
      }
      // The pages come one by one; between two of them the work goes at the pace of what is in.
      let work = 0;
      let left = turnSec;
      for (let i = 0; i < missing.length; i++) {
        const step = Math.min(left, 2 * pageSec);
        work += (step * (set - missing.length + i)) / set;
        left -= step;
      }
      work += left;
      if (round >= 2) done[tenant]! += work;
    }
  }
  return done.map((work) => work / ((rounds - 2) * sets.length * turnSec));
}

describe('turns', () => {
  test('cost nothing while all working sets fit together', () => {
    const fitting = partOf(0, 0, { memoryMib: PASCAL.memoryMib / 4 });
    for (const speed of run(open(1), times(4, fitting))) expect(speed).toBe(0.25);
    expect(run(open(1), [fitting])).toEqual([1]);
  });

  test('begin with paging in the working set as soon as they do not', () => {
    const card = { ...PASCAL, linkBytesPerSec: 8e9 };
    const half = partOf(0, 0, { memoryMib: 10_000 });
    const pageIn = (10_000 * MIB) / 8e9;
    for (const speed of run(open(30, card), [half, half])) {
      expect(speed).toBeCloseTo((1 - pageIn / 30) / 2, 12);
    }
  });

  test('give what turn by turn with pages gives, from long turns to thrashing', () => {
    const pages = 400;
    const card = { ...PASCAL, memoryMib: pages, linkBytesPerSec: MIB * 100 };
    const set = fc.integer({ min: 150, max: pages });
    fc.assert(
      fc.property(
        fc.array(set, { minLength: 2, maxLength: 3 }),
        fc.constantFrom(2, 5, 8, 30),
        (sets, turn) => {
          const asks = sets.map((memoryMib) => partOf(0, 0, { memoryMib }));
          const exact = turnByTurn(sets, pages, turn, 1 / 100);
          run(open(turn, card), asks).forEach((speed, i) => {
            // Max-min fairness gives a tenant with a small set no more turns than one with a large one.
            expect(Math.abs(speed - exact[i]!)).toBeLessThan(0.01);
          });
        },
      ),
      { numRuns: 25 },
    );
  });

  test('are worth less the shorter they are and the larger the sets, and thrash below 10 s', () => {
    // 12 GB/s of a third-generation link, half of it for paging: seconds a switch.
    const card = { ...PASCAL, linkBytesPerSec: 12e9 };
    const typical = { 'uvm-swap.efficiency': 1 };
    const total = (turnSec: number, memoryMib: number) =>
      run(open(turnSec, card, typical), times(2, partOf(0, 0, { memoryMib }))).reduce((a, b) => a + b, 0);
    const byTurn = [60, 30, 10, 5, 2, 1].map((turnSec) => total(turnSec, 16_000));
    expect(byTurn).toEqual(byTurn.toSorted((a, b) => b - a));
    expect(byTurn[1]).toBeGreaterThan(0.9);
    expect(byTurn[2]).toBeGreaterThan(0.7);
    expect(byTurn[4]).toBeLessThan(0.3);
    expect(byTurn[5]).toBeLessThan(0.1);
    const bySet = [9000, 12_000, 16_000].map((memoryMib) => total(10, memoryMib));
    expect(bySet).toEqual(bySet.toSorted((a, b) => b - a));
  });

  test('go to those who have work: idle tenants keep their pages from nobody', () => {
    const card = open(10);
    const ask = partOf(0, 0, { memoryMib: 12_000 });
    const settled = [true, false, false].map((isActive) => ({
      slot: put(card, ask),
      use: ask.use,
      isActive,
    }));
    expect(speedsOf(card, settled)).toEqual([1, 0, 0]);
  });

  test('are given back early by those who need the GPU now and then', () => {
    const [light, heavy] = run(open(30), [
      partOf(0, 0, { busy: 0.2, memoryMib: 1000 }),
      partOf(0, 0, { memoryMib: 1000 }),
    ]);
    expect([light, heavy]).toEqual([1, 0.8]);
  });
});

describe('admission', () => {
  test('gives up to ten tenants all of the memory each, and never overflows', () => {
    const card = open(30);
    const residents = new Residents();
    const ask = wholeOf({ memoryMib: PASCAL.memoryMib });
    for (let i = 0; i < 10; i++) {
      const slot = put(card, ask);
      expect([slot.milli, slot.memoryMib]).toEqual([100, 0]);
      residents.join(slot, ask.use, true);
      expect(card.overflows(residents, ask.use)).toBe(false);
    }
    expect(ruleOf(card, ask)).toBe('replica-none-free');
  });

  test('refuses a working set that is larger than the card', () => {
    expect(ruleOf(open(30), wholeOf({ memoryMib: PASCAL.memoryMib + 1 }))).toBe('swap-working-set');
    expect(ruleOf(open(30), partOf(0, PASCAL.memoryMib + 1))).toBe('swap-working-set');
  });

  test('needs a GPU that handles page faults, and a turn', () => {
    const keys = (turnSec: number, card: CardSpec) =>
      mode.check({ mode: 'uvm-swap', turnSec }, card).map((problem) => problem.key);
    expect(keys(30, cardOf('m60'))).toEqual(['mode']);
    expect(keys(30, cardOf('mi100'))).toEqual(['mode']);
    expect(keys(0, PASCAL)).toEqual(['turnSec']);
    expect(keys(30, PASCAL)).toEqual([]);
  });
});

test('a lone tenant loses about 1 %', () => {
  expect(run(open(30, PASCAL, {}), [wholeOf()])).toEqual([0.99]);
});
