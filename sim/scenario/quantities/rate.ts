import { type Decimal, decimalToNumber, formatDecimal, splitQuantity } from './decimal.ts';
import { type QuantityKind, refuse } from './quantity.ts';

const SECONDS_PER: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Mean gaps of at most 1e8 s: the longest exponential gap (37 means) still fits the clock's 9e9 s. */
const MIN_PER_SECOND = 1e-8;
const MAX_PER_SECOND = 1e6;

interface RateQuantity extends Omit<QuantityKind, 'write'> {
  write(written: string): string;
}

/** @param accepts completes "must be ..." for what is no rate at all, `range` for one that lies outside */
function rateOf(accepts: string, range: string, isInRange: (perSecond: number) => boolean): RateQuantity {
  return {
    accepts,
    pattern: '^\\s*\\d+(\\.\\d+)?\\s*/(s|m|h|d)\\s*$',
    acceptsNumber: false,
    examples: ['54.6/h', '2/s'],
    read(written) {
      const parts = typeof written === 'string' ? split(written) : undefined;
      if (parts === undefined || parts.amount.isNegative) return refuse(accepts);
      const perSecond = decimalToNumber(parts.amount) / SECONDS_PER[parts.per]!;
      return isInRange(perSecond) ? { ok: true, value: perSecond } : refuse(range);
    },
    write(written) {
      const parts = split(written);
      if (parts === undefined)
        throw new RangeError(`Cannot write rate ${JSON.stringify(written)}: need ${accepts}`);
      return `${formatDecimal(parts.amount)}/${parts.per}`;
    },
  };
}

function split(written: string): { readonly amount: Decimal; readonly per: string } | undefined {
  const parts = splitQuantity(written);
  if (parts === undefined || !parts.unit.startsWith('/')) return undefined;
  const per = parts.unit.slice(1);
  return Object.hasOwn(SECONDS_PER, per) ? { amount: parts.amount, per } : undefined;
}

const isOrdinary = (perSecond: number) => perSecond >= MIN_PER_SECOND && perSecond <= MAX_PER_SECOND;

/** Arrivals per second. The written unit is kept, as 54.6/h has no exact form per second. */
export const rateQuantity = rateOf(
  'a rate such as 54.6/h (per s, m, h or d)',
  'a rate from 0.001/d to 1000000/s',
  isOrdinary,
);

/** A rate that may also be 0: nothing happens then. */
export const rateOrZeroQuantity = rateOf(
  'a rate such as 54.6/h or 0/h (per s, m, h or d)',
  'a rate of 0, or from 0.001/d to 1000000/s',
  (perSecond) => perSecond === 0 || isOrdinary(perSecond),
);

const MAX_CALLS_PER_SECOND = 1e9;

/** Calls per second of a program: none, or up to a thousand million. */
export const callRateQuantity = rateOf(
  'a number of calls over time such as 2000/s or 0/s (per s, m, h or d)',
  'a number of calls over time from 0/s to 1000000000/s',
  (perSecond) => perSecond >= 0 && perSecond <= MAX_CALLS_PER_SECOND,
);
