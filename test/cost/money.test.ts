import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allocate,
  CurrencyError,
  converted,
  exactAmount,
  minorUnits,
  money,
  monthlyWriteOff,
  plus,
  shownAmount,
  sum,
  times,
  timesRatio,
  valueAt,
} from '../../sim/cost/index.ts';

const usd = (amount: string | number) => money(amount, 'USD');

describe('money', () => {
  test('adds up exactly where doubles do not', () => {
    expect(
      exactAmount(
        sum(
          'USD',
          Array.from({ length: 10 }, () => usd(0.1)),
        ),
      ),
    ).toBe('1');
    expect(exactAmount(plus(usd('9007199254740993.01'), usd('0.02')))).toBe('9007199254740993.03');
  });

  test('times a quantity of six places is exact', () => {
    const micro = fc.bigInt({ min: 0n, max: 10n ** 15n });
    const text = (units: bigint) => `${units / 1_000_000n}.${String(units % 1_000_000n).padStart(6, '0')}`;
    fc.assert(
      fc.property(micro, micro, (price, quantity) => {
        expect(times(usd(text(price)), text(quantity)).pico).toBe(price * quantity);
      }),
    );
  });

  test('is shown in the minor unit of its currency, halves to the even neighbour', () => {
    expect(
      ['0.005', '0.015', '0.025', '-0.005', '-0.015', '2.5001'].map((each) => shownAmount(usd(each))),
    ).toEqual(['0.00', '0.02', '0.02', '0.00', '-0.02', '2.50']);
    expect(shownAmount(money('1234.5', 'JPY'))).toBe('1234');
    expect(shownAmount(money('1.2345', 'KWD'))).toBe('1.234');
  });

  test('of two currencies cannot be added, and is converted at a stated rate alone', () => {
    expect(() => plus(usd(1), money(1, 'EUR'))).toThrow(CurrencyError);
    const rates = [{ from: 'EUR', to: 'USD', rate: '1.0837', source: 'made up' }];
    expect(exactAmount(converted(money('19.99', 'EUR'), 'USD', rates))).toBe('21.663163');
    // The way back is another rate.
    expect(() => converted(usd(1), 'EUR', rates)).toThrow('state the rate');
    expect(() => money('1,5', 'USD')).toThrow(RangeError);
    expect(() => shownAmount(money(1, 'XXX'))).toThrow('known are');
  });

  test('written off and still worth make the price at every age', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 9 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 100 }),
        (cents, months, percent) => {
          const purchase = { price: timesRatio(usd(cents), 1, 100), months, residual: percent / 100 };
          const monthly = monthlyWriteOff(purchase.price, months, purchase.residual);
          for (const age of [0, 1, Math.floor(months / 2), months, months + 5]) {
            const gone = timesRatio(monthly, Math.min(age, months), 1);
            const off = plus(gone, valueAt(purchase, age)).pico - purchase.price.pico;
            // One rounding a month at 10^-12.
            expect(off < 100n && off > -100n).toBe(true);
          }
        },
      ),
    );
  });
});

describe('allocation', () => {
  const weights = fc
    .array(
      fc.oneof(
        fc.constant(0),
        fc.integer({ min: 1, max: 5 }),
        fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      ),
      { minLength: 1, maxLength: 12 },
    )
    .filter((all) => all.some((weight) => weight > 0));

  test('gives parts that add up to the whole, to the cent, each within a cent of its share', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), weights, (cents, all) => {
        const parts = allocate(timesRatio(usd(cents), 1, 100), all).map((part) => Number(minorUnits(part)));
        expect(parts.reduce((a, b) => a + b, 0)).toBe(cents);
        const total = all.reduce((a, b) => a + b, 0);
        for (const [i, part] of parts.entries()) {
          expect(Math.abs(part - (cents * (all[i] as number)) / total)).toBeLessThan(1.001);
          if (all[i] === 0) expect(part + 0).toBe(0);
        }
      }),
    );
  });

  test('follows Hamilton: seats of the United States House of 1792 bill, by the census of 1790', () => {
    // The vetoed bill of 120 seats: seats of For All Practical Purposes, 10th ed., table 14.5
    // (digfir-published.macmillanusa.com/fapp10e, chapter 14, example 6), populations of tutorsglobe.com/question/52333663.
    const population = [
      236_841, 55_540, 70_835, 68_705, 278_514, 475_327, 141_822, 179_570, 331_589, 353_523, 432_879, 68_446,
      206_236, 85_533, 630_560,
    ];
    const seats = allocate(money(120, 'JPY'), population).map((part) => Number(minorUnits(part)));
    expect(seats).toEqual([8, 2, 2, 2, 9, 16, 5, 6, 11, 12, 14, 2, 7, 3, 21]);
  });

  test('gives ties to the earlier, and refuses weights that say nothing', () => {
    expect(allocate(usd('1.00'), [1, 1, 1]).map(shownAmount)).toEqual(['0.34', '0.33', '0.33']);
    expect(() => allocate(usd(1), [0, 0])).toThrow(RangeError);
    expect(() => allocate(usd(1), [1, -1])).toThrow(RangeError);
    expect(() => allocate(usd(1), [1, Number.POSITIVE_INFINITY])).toThrow(RangeError);
  });
});
