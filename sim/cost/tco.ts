import { type Money, minus, nothing, plus, sum, timesRatio } from './money.ts';
import { MONTHS_PER_YEAR, type Purchase, purchaseDates } from './owning.ts';
import { type Term, termPayments } from './terms.ts';

export interface TcoYear {
  /** From 0: what is paid at the start. */
  readonly year: number;
  readonly bought: Money;
  readonly running: Money;
  /** What contracts still demand that are ended with the last year. */
  readonly due: Money;
  /** What the purchases still sell for, taken in at the end of the last year. */
  readonly resale: Money;
  /** Everything up to here, resale taken off. */
  readonly soFar: Money;
}

/** A part of the running costs that is not paid in the first months, such as a licence that came with the card. */
export interface FreeTerm {
  readonly monthly: Money;
  readonly months: number;
}

export interface TcoPlan {
  readonly currency: string;
  /** Bought again whenever its term is over. */
  readonly purchases: readonly Purchase[];
  /** They begin now. */
  readonly terms?: readonly Term[];
  /** A month, everything that is neither written off nor under a contract. */
  readonly running: Money;
  readonly freeTerms?: readonly FreeTerm[];
  /** Whole years, 1 or more. */
  readonly years: number;
}

/**
 * Total cost of ownership: purchases, and the running costs of each year, less what the purchases sell for at the end.
 * Year 0 is the start. A purchase whose term ends before the plan does is replaced at the same price, and its residual
 * comes in then. What is under contract is paid as the contract says, in advance in the year in which a term begins. Prices
 * stay as they are; nothing is discounted.
 *
 * @see F-tco of the catalogue
 */
export function totalCostOfOwnership(plan: TcoPlan): readonly TcoYear[] {
  const { currency, purchases, terms = [], running, freeTerms = [], years } = plan;
  if (!(Number.isInteger(years) && years >= 1))
    throw new RangeError(`Cannot add up the years: need 1 or more whole years, got ${years}`);
  const dates = purchases.flatMap((each) => purchaseDates(each, years * MONTHS_PER_YEAR));
  const payments = terms.flatMap((each) => termPayments(each, years * MONTHS_PER_YEAR));
  let soFar = nothing(currency);
  return Array.from({ length: years + 1 }, (_, year): TcoYear => {
    const ofYear = dates.filter(({ month }) => Math.ceil(month / MONTHS_PER_YEAR) === year);
    const bought = sum(
      currency,
      ofYear.map((each) => each.bought),
    );
    const sold = sum(
      currency,
      ofYear.map((each) => each.sold),
    );
    const end = year * MONTHS_PER_YEAR;
    const begin = Math.max(0, end - MONTHS_PER_YEAR);
    const free = sum(
      currency,
      freeTerms.map(({ monthly, months }) =>
        timesRatio(monthly, Math.max(0, Math.min(end, months) - begin), 1),
      ),
    );
    const contracts = (isEnd: boolean) =>
      sum(
        currency,
        payments.flatMap((each) =>
          each.isEnd === isEnd && Math.ceil(each.month / MONTHS_PER_YEAR) === year ? [each.amount] : [],
        ),
      );
    const spent = plus(minus(timesRatio(running, end - begin, 1), free), contracts(false));
    const due = contracts(true);
    soFar = minus(sum(currency, [soFar, bought, spent, due]), sold);
    return { year, bought, running: spent, due, resale: sold, soFar };
  });
}
