import { internalRates } from './internal-rate.ts';

/**
 * Present value of cash flows, one for each period from now on: the first is not discounted.
 *
 * @param rate per period, above -1
 * @see F-npv of the catalogue
 */
export function netPresentValue(flows: readonly number[], rate: number): number {
  if (!(rate > -1)) throw new RangeError(`Cannot discount: need a rate above -1, got ${rate}`);
  let value = 0;
  for (let t = flows.length - 1; t >= 0; t--) value = value / (1 + rate) + (flows[t] as number);
  return value;
}

/**
 * Periods until the flows have paid back what came before, in a straight line within a period.
 *
 * @param rate per period; 0: undiscounted
 * @returns the first such time, 0 where nothing has to be paid back; undefined where it never comes
 */
export function paybackPeriods(flows: readonly number[], rate = 0): number | undefined {
  if (!(rate > -1)) throw new RangeError(`Cannot discount: need a rate above -1, got ${rate}`);
  let sum = 0;
  let factor = 1;
  for (const [t, flow] of flows.entries()) {
    const worth = flow * factor;
    if (sum + worth >= 0) return t === 0 || sum === 0 ? t : t - 1 + -sum / worth;
    sum += worth;
    factor /= 1 + rate;
  }
  return undefined;
}

/** `(benefit - cost) / cost`; undefined where nothing is spent. */
export function returnOnInvestment(benefit: number, cost: number): number | undefined {
  return cost > 0 ? (benefit - cost) / cost : undefined;
}

/** The internal rate of return, where there is exactly one; otherwise why not. */
export type InternalRate =
  | { readonly kind: 'one'; readonly rate: number }
  /** No answer can be given: the rule "take what earns more than it costs" has several thresholds. */
  | { readonly kind: 'several'; readonly rates: readonly number[] }
  /** The present value is never 0, whatever the rate. */
  | { readonly kind: 'none' };

export function internalRate(flows: readonly number[]): InternalRate {
  const rates = internalRates(flows);
  if (rates.length === 0) return { kind: 'none' };
  return rates.length === 1 ? { kind: 'one', rate: rates[0] as number } : { kind: 'several', rates };
}

/** What an alternative costs. */
export interface CashPlan {
  /** At the end of each month. */
  readonly monthly: number;
  /** Besides that, by the month from now, 0 is now; below 0 where money comes in. */
  readonly dated: readonly { readonly month: number; readonly amount: number }[];
}

/**
 * Monthly cash flows of changing from the baseline to the candidate: what it saves less what it costs. Entry 0 is
 * now, entry t the end of month t.
 */
export function savings(baseline: CashPlan, candidate: CashPlan, months: number): number[] {
  if (!(Number.isInteger(months) && months >= 1))
    throw new RangeError(`Cannot lay out cash flows: need 1 or more whole months, got ${months}`);
  const flows = Array.from({ length: months + 1 }, (_, month) =>
    month === 0 ? 0 : baseline.monthly - candidate.monthly,
  );
  const book = (plan: CashPlan, sign: 1 | -1) => {
    for (const { month, amount } of plan.dated) {
      if (flows[month] === undefined)
        throw new RangeError(`Cannot lay out cash flows: need months from 0 to ${months}, got ${month}`);
      flows[month]! += sign * amount;
    }
  };
  book(baseline, 1);
  book(candidate, -1);
  return flows;
}

export interface Appraisal {
  readonly flows: readonly number[];
  readonly npv: number;
  /** A month. */
  readonly irr: InternalRate;
  readonly paybackMonths: number | undefined;
  readonly discountedPaybackMonths: number | undefined;
  /** What is saved over what is put in at the start; undefined where nothing is. */
  readonly roi: number | undefined;
}

/** @param rate a month */
export function appraise(flows: readonly number[], rate: number): Appraisal {
  const spent = flows.reduce((sum, flow) => sum + Math.max(0, -flow), 0);
  const gained = flows.reduce((sum, flow) => sum + Math.max(0, flow), 0);
  return {
    flows,
    npv: netPresentValue(flows, rate),
    irr: internalRate(flows),
    paybackMonths: paybackPeriods(flows),
    discountedPaybackMonths: paybackPeriods(flows, rate),
    roi: returnOnInvestment(gained, spent),
  };
}
