import { type Decimal, decimalToNumber, formatDecimal, splitQuantity } from './decimal.ts';
import { type QuantityKind, refuse } from './quantity.ts';

const SECONDS_PER: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Mean gaps of at most 1e8 s: the longest exponential gap (37 means) still fits the clock's 9e9 s. */
const MIN_PER_SECOND = 1e-8;
const MAX_PER_SECOND = 1e6;

const ACCEPTS = 'a rate such as 54.6/h (per s, m, h or d)';
const RANGE = 'a rate from 0.001/d to 1000000/s';

function split(written: string): { readonly amount: Decimal; readonly per: string } | undefined {
  const parts = splitQuantity(written);
  if (parts === undefined || !parts.unit.startsWith('/')) return undefined;
  const per = parts.unit.slice(1);
  return Object.hasOwn(SECONDS_PER, per) ? { amount: parts.amount, per } : undefined;
}

/** Arrivals per second. The written unit is kept, as 54.6/h has no exact form per second. */
export const rateQuantity: Omit<QuantityKind, 'write'> & { write(written: string): string } = {
  accepts: ACCEPTS,
  pattern: '^\\s*\\d+(\\.\\d+)?\\s*/(s|m|h|d)\\s*$',
  acceptsNumber: false,
  examples: ['54.6/h', '2/s'],
  read(written) {
    const parts = typeof written === 'string' ? split(written) : undefined;
    if (parts === undefined) return refuse(ACCEPTS);
    const perSecond = decimalToNumber(parts.amount) / SECONDS_PER[parts.per]!;
    return perSecond >= MIN_PER_SECOND && perSecond <= MAX_PER_SECOND
      ? { ok: true, value: perSecond }
      : refuse(RANGE);
  },
  write(written) {
    const parts = split(written);
    if (parts === undefined)
      throw new RangeError(`Cannot write rate ${JSON.stringify(written)}: need ${ACCEPTS}`);
    return `${formatDecimal(parts.amount)}/${parts.per}`;
  },
};
