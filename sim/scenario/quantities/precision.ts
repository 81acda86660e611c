import { decimalFromNumber, decimalToNumber, formatDecimal, shiftPoint, splitQuantity } from './decimal.ts';
import { type Reading, refuse } from './quantity.ts';

const accepts = 'a part of the mean such as "5%", or a number above 0 in the unit of the metric';
const HUNDREDTHS = 2;
const LARGEST = 1e15;

/** How closely a metric is to be known. */
export interface Width {
  readonly value: number;
  /** Of the mean, rather than in the unit of the metric. */
  readonly isRelative: boolean;
}

/** Half-width of an interval: with a percent sign a part of the mean, without one in the unit of the metric. */
export const precisionWidth = {
  accepts,
  pattern: '^\\s*\\d+(\\.\\d+)?\\s*%?\\s*$',
  examples: ['5%', 0.5],
  read(written: string | number): Reading {
    const width = readWidth(written);
    return width === undefined ? refuse(accepts) : { ok: true, value: width.value };
  },
};

/** What a text or a number says; undefined where it is no width. */
export function readWidth(written: string | number): Width | undefined {
  const within = (value: number, isRelative: boolean, most: number): Width | undefined =>
    value > 0 && value <= most ? { value, isRelative } : undefined;
  if (typeof written === 'number') return within(written, false, LARGEST);
  const parts = splitQuantity(written);
  if (parts === undefined || parts.amount.isNegative) return undefined;
  if (parts.unit === '') return within(decimalToNumber(parts.amount), false, LARGEST);
  return parts.unit === '%'
    ? within(decimalToNumber(shiftPoint(parts.amount, -HUNDREDTHS)), true, 10)
    : undefined;
}

/** The one form that the normalized document uses. */
export function writeWidth({ value, isRelative }: Width): string | number {
  return isRelative ? `${formatDecimal(shiftPoint(decimalFromNumber(value), HUNDREDTHS))}%` : value;
}
