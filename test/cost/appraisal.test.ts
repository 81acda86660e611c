import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appraise, returnOnInvestment, savings } from '../../sim/cost/index.ts';
import { internalRates } from '../../sim/cost/internal-rate.ts';
import { internalRate, netPresentValue, paybackPeriods } from '../../sim/index.ts';

const annuity = (first: number, payment: number, periods: number) => [
  first,
  ...Array.from({ length: periods }, () => payment),
];

describe('published worked examples', () => {
  test('net present value: CFA level 1 question bank', () => {
    // www.avatto.com/cfa-level-1, Quantitative: -2,710 at 12 %; -19,722 at 10 %.
    expect(netPresentValue([-50_000, 25_000, 20_000, 10_000, 3000], 0.12)).toBeCloseTo(-2710, 0);
    expect(netPresentValue([-750_000, 200_000, 300_000, 400_000], 0.1)).toBeCloseTo(-19_722, 0);
  });

  test('internal rate of return: CFA level 1 question bank, manuals of spreadsheets', () => {
    const rate = (flows: readonly number[]) => {
      const found = internalRate(flows);
      return found.kind === 'one' ? found.rate : Number.NaN;
    };
    // Printed as 8.65 %: the last digit cut off.
    expect(Math.floor(rate([-750_000, 200_000, 300_000, 400_000]) * 1e4)).toBe(865);
    // cellworks.au/manual, Irr.
    expect(rate([-70_000, 12_000, 15_000, 18_000, 21_000, 26_000])).toBeCloseTo(0.0866, 4);
    // greytrout.com/manuals/SS_user_guide/node132.html, IRR: the one rate, and one of two.
    expect(rate([-700, 750, 900, 600, 850])).toBeCloseTo(1.0462142, 7);
    expect(internalRates([-80, 90, 67, 72, -90])).toContainEqual(expect.closeTo(-0.32606171, 7));
  });

  test('discounted payback: published solutions of exercises', () => {
    // justaaa.com/finance/71167: 48,000 for 6,000 a year at 6 %: 11.23 years.
    expect(paybackPeriods(annuity(-48_000, 6000, 12), 0.06)).toBeCloseTo(11.23, 2);
    // justaaa.com/finance/28200: at 14 %; 1.96, 2.03 and 3.65 years.
    const flows = [2800, 3700, 5100, 4300];
    for (const [cost, years] of [
      [5200, 1.96],
      [5400, 2.03],
      [10_400, 3.65],
    ] as const)
      expect(paybackPeriods([-cost, ...flows], 0.14)).toBeCloseTo(years, 2);
    // wyzant.com/resources/answers/21033: 55,000 for 12,000 a year, undiscounted: 4.58 years.
    expect(paybackPeriods(annuity(-55_000, 12_000, 11))).toBeCloseTo(4.58, 2);
  });

  test('several rates: a multiple-choice question of edupristine.com (viewtopic.php?t=1406), about 38 % and 260 %', () => {
    const found = internalRate([-2000, 10_000, -10_000]);
    expect(found.kind).toBe('several');
    if (found.kind !== 'several') return;
    expect(found.rates[0]).toBeCloseTo(0.38, 2);
    expect(found.rates[1]).toBeCloseTo(2.6, 1);
  });

  test('four rates between 20 and 70 %: brainmass.com, multiple IRRs, -252, 1,431, -3,035, 2,850, -1,000', () => {
    const found = internalRates([-252, 1431, -3035, 2850, -1000]);
    expect(found).toHaveLength(4);
    // The page has the flows and the interval; that these are the rates is arithmetic: with x = 1 / (1 + r) the present
    // value is -(4 - 5 x)(3 - 4 x)(7 - 10 x)(3 - 5 x).
    for (const [i, rate] of [1 / 4, 1 / 3, 3 / 7, 2 / 3].entries()) expect(found[i]).toBeCloseTo(rate, 6);
  });
});

describe('arithmetic in closed form', () => {
  test('an annuity is worth (1 - (1 + r)^-n) / r payments, and is paid back accordingly', () => {
    const flows = annuity(-80_000, 20_000, 6);
    expect(paybackPeriods(flows)).toBe(4);
    expect(netPresentValue(flows, 0.1)).toBeCloseTo((20_000 * (1 - 1.1 ** -6)) / 0.1 - 80_000, 6);
    const five = (20_000 * (1 - 1.1 ** -5)) / 0.1;
    expect(paybackPeriods(flows, 0.1)).toBeCloseTo(5 + (80_000 - five) / (20_000 * 1.1 ** -6), 9);
  });

  test('-1,600, 10,000, -10,000 is 0 where 1.6 q^2 - 10 q + 10 = 0, with q = 1 + r: at 25 % and 400 %', () => {
    const found = internalRate([-1600, 10_000, -10_000]);
    expect(found.kind).toBe('several');
    if (found.kind !== 'several') return;
    expect(found.rates[0]).toBeCloseTo(0.25, 10);
    expect(found.rates[1]).toBeCloseTo(4, 10);
  });

  test('1,000, -3,000, 2,500 has no rate: 9 - 4 x 2.5 is below 0', () => {
    expect(internalRate([1000, -3000, 2500])).toEqual({ kind: 'none' });
    expect(netPresentValue([1000, -3000, 2500], 0.1)).toBeCloseTo(1000 - 3000 / 1.1 + 2500 / 1.21, 9);
  });
});

describe('internal rates of return', () => {
  test('are all the rates that flows were made of', () => {
    const rates = fc.uniqueArray(fc.integer({ min: -9, max: 40 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rates, fc.boolean(), (tenths, isNegative) => {
        const wanted = tenths.map((tenth) => tenth / 10).sort((a, b) => a - b);
        // The product of (1 + r_i) x - 1 is 0 at x = 1 / (1 + r_i) and nowhere else.
        let flows = [isNegative ? -100 : 100];
        for (const rate of wanted) {
          const next = new Array<number>(flows.length + 1).fill(0);
          for (const [t, c] of flows.entries()) {
            next[t]! -= c;
            next[t + 1]! += c * (1 + rate);
          }
          flows = next;
        }
        const found = internalRates(flows);
        expect(found).toHaveLength(wanted.length);
        for (const [i, rate] of found.entries()) expect(rate).toBeCloseTo(wanted[i] as number, 3);
      }),
      { numRuns: 300 },
    );
  });

  test('of flows with one change of sign there is exactly one, and the present value is 0 there', () => {
    const spent = fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 10 });
    const gained = fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(spent, gained, (costs, gains) => {
        const flows = [...costs.map((cost) => -cost), ...gains];
        const found = internalRates(flows);
        expect(found).toHaveLength(1);
        const rate = found[0] as number;
        // Either side of the rate the present value has either sign.
        const step = 1e-6 * (1 + rate);
        expect(netPresentValue(flows, rate - step)).toBeGreaterThan(0);
        expect(netPresentValue(flows, rate + step)).toBeLessThan(0);
      }),
      { numRuns: 200 },
    );
  });

  test('are none where nothing is spent, or nothing comes in', () => {
    expect(internalRates([])).toEqual([]);
    expect(internalRates([0, 0])).toEqual([]);
    expect(internalRates([5, 6])).toEqual([]);
    expect(internalRates([-5, 0, -6])).toEqual([]);
  });

  test('that touch are one', () => {
    // (1.1 x - 1)^2
    expect(internalRates([1, -2.2, 1.21]).length).toBeLessThanOrEqual(1);
  });
});

test('payback never comes where too little comes back, and at once where nothing is spent', () => {
  expect(paybackPeriods([-100, 40, 50])).toBeUndefined();
  expect(paybackPeriods([0, 5])).toBe(0);
  expect(paybackPeriods([-100, 0, 100])).toBe(2);
  expect(paybackPeriods([-100, 60, 60])).toBeCloseTo(1 + 40 / 60, 12);
  expect(returnOnInvestment(150, 100)).toBe(0.5);
  expect(returnOnInvestment(150, 0)).toBeUndefined();
});

test('savings book what is paid at its month, and a plan against itself saves nothing', () => {
  const plan = {
    monthly: 100,
    dated: [
      { month: 0, amount: 5000 },
      { month: 12, amount: -800 },
    ],
  };
  expect(savings(plan, plan, 12).every((flow) => flow === 0)).toBe(true);
  const before = { monthly: 600, dated: [] };
  const flows = savings(before, plan, 12);
  expect(flows).toEqual([-5000, ...new Array(11).fill(500), 1300]);
  const found = appraise(flows, 0.01);
  expect(found.paybackMonths).toBe(10);
  expect(found.roi).toBeCloseTo((11 * 500 + 1300 - 5000) / 5000, 12);
  expect(() => savings(before, plan, 6)).toThrow(RangeError);
});
