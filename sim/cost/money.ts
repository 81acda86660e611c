import { minorDigits } from '../hardware/prices/currencies.ts';
import { divideHalfEven, scaledFrom, scaledText } from './decimal.ts';

/** Places of an amount: prices of six places times quantities of six places are exact. */
const MONEY_PLACES = 12;
/** Places of a quantity: hours, kWh, licences. */
const QUANTITY_PLACES = 6;
const QUANTITY_UNIT = 10n ** BigInt(QUANTITY_PLACES);

/** An exact amount of one currency. */
export interface Money {
  /** ISO 4217. */
  readonly currency: string;
  /** Whole number of 10^-12 of the currency's unit. */
  readonly pico: bigint;
}

/** Amounts of two currencies cannot be added up. */
export class CurrencyError extends Error {
  override name = 'CurrencyError';
}

/** @param amount decimal text or a number (its shortest decimal); beyond 12 places halves go to the even neighbour */
export function money(amount: string | number, currency: string): Money {
  return { currency, pico: scaledFrom(amount, MONEY_PLACES) };
}

export const nothing = (currency: string): Money => ({ currency, pico: 0n });

/** @throws {CurrencyError} if the currencies differ */
export function plus(a: Money, b: Money): Money {
  if (a.currency !== b.currency)
    throw new CurrencyError(
      `Cannot add ${b.currency} to ${a.currency}: convert them first, with a rate that has a source`,
    );
  return { currency: a.currency, pico: a.pico + b.pico };
}

export const minus = (a: Money, b: Money): Money => plus(a, negative(b));

export const negative = ({ currency, pico }: Money): Money => ({ currency, pico: -pico });

/** @throws {CurrencyError} if one of them is of another currency */
export function sum(currency: string, amounts: readonly Money[]): Money {
  return amounts.reduce(plus, nothing(currency));
}

/** The amount times a decimal quantity, which is taken to six places. Exact for prices of up to six places. */
export function times({ currency, pico }: Money, quantity: string | number): Money {
  return { currency, pico: divideHalfEven(pico * scaledFrom(quantity, QUANTITY_PLACES), QUANTITY_UNIT) };
}

/** The amount times `numerator / denominator`: one rounding, at 10^-12. Parts are taken to six places. */
export function timesRatio(
  { currency, pico }: Money,
  numerator: string | number,
  denominator: string | number,
): Money {
  const [up, down] = [scaledFrom(numerator, QUANTITY_PLACES), scaledFrom(denominator, QUANTITY_PLACES)];
  return { currency, pico: divideHalfEven(pico * up, down) };
}

/** In whole minor units of the currency (cents), halves to the even neighbour: how every amount is shown. */
export function minorUnits({ currency, pico }: Money): bigint {
  return divideHalfEven(pico, minorSize(currency));
}

/** The amount of so many minor units. */
export function fromMinorUnits(units: bigint, currency: string): Money {
  return { currency, pico: units * minorSize(currency) };
}

const minorSize = (currency: string) => 10n ** BigInt(MONEY_PLACES - minorDigits(currency));

/** `1234.57`, in as many places as the currency has. */
export function shownAmount(amount: Money): string {
  return scaledText(minorUnits(amount), minorDigits(amount.currency));
}

/** All digits that are not needless: `0.000834`. */
export function exactAmount({ pico }: Money): string {
  return scaledText(pico, MONEY_PLACES, true);
}

/** The nearest double, for metrics. */
export const amountNumber = (amount: Money): number => Number(exactAmount(amount));

/** A quantity as the ledger multiplies it: six places at most, `730` or `0.333333`. */
export function quantityText(quantity: string | number): string {
  return scaledText(scaledFrom(quantity, QUANTITY_PLACES), QUANTITY_PLACES, true);
}
