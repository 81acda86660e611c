import { type Money, minus, nothing, timesRatio } from './money.ts';

/** Hours of a month: a twelfth of 8,760, as in F-owned-hour of the catalogue. */
export const HOURS_PER_MONTH = 730;
export const MONTHS_PER_YEAR = 12;

/**
 * Straight line: what a purchase costs a month while it is written off.
 *
 * @param residual what it still sells for at the end, as a part of the price, [0, 1]
 * @see F-capex-year of the catalogue
 */
export function monthlyWriteOff(price: Money, months: number, residual: string | number): Money {
  checkTerm(months);
  return timesRatio(minus(price, timesRatio(price, residual, 1)), 1, months);
}

/** A yearly amount a month. */
export const monthlyOf = (yearly: Money): Money => timesRatio(yearly, 1, MONTHS_PER_YEAR);

/** Something that is paid for once, and what it still sells for at an age. */
export interface Purchase {
  readonly price: Money;
  /** Months over which it is written off. */
  readonly months: number;
  readonly residual: string | number;
}

/**
 * What a purchase still sells for: it loses value in a straight line down to the residual, which it keeps.
 *
 * @param age months since it was bought
 */
export function valueAt({ price, months, residual }: Purchase, age: number): Money {
  checkTerm(months);
  const kept = timesRatio(price, residual, 1);
  if (age >= months) return kept;
  return minus(price, timesRatio(minus(price, kept), age, months));
}

/** What is bought and sold in a month from now; 0 is now. */
export interface PurchaseDate {
  readonly month: number;
  readonly bought: Money;
  readonly sold: Money;
}

/**
 * When a purchase is paid for and sold within so many months: it is bought now, replaced at the same price whenever its
 * term is over, and sold at the end.
 */
export function purchaseDates(purchase: Purchase, months: number): readonly PurchaseDate[] {
  const { price, months: term } = purchase;
  checkTerm(term);
  const none = nothing(price.currency);
  const dates: PurchaseDate[] = [{ month: 0, bought: price, sold: none }];
  let last = 0;
  for (let month = term; month < months; month += term) {
    dates.push({ month, bought: price, sold: valueAt(purchase, term) });
    last = month;
  }
  dates.push({ month: months, bought: none, sold: valueAt(purchase, months - last) });
  return dates;
}

function checkTerm(months: number): void {
  if (!(months > 0 && months < Number.POSITIVE_INFINITY))
    throw new RangeError(`Cannot write off a purchase: need a term above 0 months, got ${months}`);
}
