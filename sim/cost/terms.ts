import { type Money, plus, times, timesRatio } from './money.ts';

/** A contract under which something is paid for by the month: a lease, or capacity that a cloud keeps for a commitment. */
export interface Term {
  /** A month of the first term. */
  readonly monthly: Money;
  /** Whole months of a term: 1 or more. */
  readonly months: number;
  /** What a month costs once the first term is over. */
  readonly after: Money;
  /** True: that is another term of as many months, and so on; false: it may be ended with any month. */
  readonly isRenewed: boolean;
  /** True: all of a term is paid when it begins; false: month by month. */
  readonly isPrepaid: boolean;
  /** Part of the months that are still to come which is due when a term is ended early, decimal text, 0 to 1. */
  readonly endFee: string;
}

/** A payment, in months from now; 0 is now. */
export interface TermPayment {
  readonly month: number;
  readonly amount: Money;
  /** True: what ending the term early costs. */
  readonly isEnd: boolean;
}

/**
 * What a contract demands within so many months, in order: it begins now, and what still runs at the end is ended then.
 * What has been paid in advance is not given back.
 *
 * @param months whole, 1 or more
 */
export function termPayments(term: Term, months: number): readonly TermPayment[] {
  const { months: length } = term;
  for (const [what, value] of [
    ['a term', length],
    ['a time', months],
  ] as const) {
    if (!(Number.isInteger(value) && value >= 1))
      throw new RangeError(`Cannot lay out a contract: need ${what} of 1 or more whole months, got ${value}`);
  }
  const payments: TermPayment[] = [];
  const pay = (month: number, amount: Money, isEnd = false) => {
    if (amount.pico !== 0n) payments.push({ month, amount, isEnd });
  };
  for (let start = 0; start < months; start += length) {
    const price = start === 0 ? term.monthly : term.after;
    const isBound = start === 0 || term.isRenewed;
    if (isBound && term.isPrepaid) {
      pay(start, times(price, length));
      continue;
    }
    const end = Math.min(start + length, months);
    for (let month = start + 1; month <= end; month++) pay(month, price);
    const left = start + length - months;
    if (isBound && left > 0) pay(months, timesRatio(times(price, left), term.endFee, 1), true);
  }
  return payments;
}

/** The mean of contracts of the same length and kind, such as those of several runs. At least one. */
export function meanTerm(terms: readonly Term[]): Term {
  const [first, ...others] = terms as readonly [Term, ...Term[]];
  const mean = (of: (term: Term) => Money) =>
    timesRatio(
      others.reduce((sum, term) => plus(sum, of(term)), of(first)),
      1,
      terms.length,
    );
  return { ...first, monthly: mean(({ monthly }) => monthly), after: mean(({ after }) => after) };
}
