import { divideHalfEven, scaledFrom } from './decimal.ts';
import { CurrencyError, type Money } from './money.ts';

/** One unit of `from` is so many of `to`. */
export interface ExchangeRate {
  readonly from: string;
  readonly to: string;
  /** Decimal text, above 0. */
  readonly rate: string;
  readonly source: string;
}

const RATE_PLACES = 12;

/**
 * The amount in another currency, at the rate stated for exactly that direction: what an inverse rate would be is the
 * bank's to say.
 *
 * @throws {CurrencyError} if no rate is stated
 */
export function converted(amount: Money, to: string, rates: readonly ExchangeRate[]): Money {
  if (amount.currency === to) return amount;
  const found = rates.find((each) => each.from === amount.currency && each.to === to);
  if (found === undefined)
    throw new CurrencyError(
      `Cannot convert ${amount.currency} to ${to}: state the rate, with its source; known are ${
        rates.map((each) => `${each.from} to ${each.to}`).join(', ') || 'none'
      }`,
    );
  const rate = scaledFrom(found.rate, RATE_PLACES);
  return { currency: to, pico: divideHalfEven(amount.pico * rate, 10n ** BigInt(RATE_PLACES)) };
}
