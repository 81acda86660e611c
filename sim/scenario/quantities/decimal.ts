/** A decimal number as it was written, exact: `sign x digits / 10^places`. */
export interface Decimal {
  readonly isNegative: boolean;
  /** Decimal digits of a whole number, leading zeros allowed. */
  readonly digits: string;
  readonly places: number;
}

const NUMBER_AND_UNIT = /^\s*(-?)(\d+)(?:\.(\d+))?\s*([A-Za-z%/]*)\s*$/;
const LONGEST_TEXT = 40;

/** Splits `1.5 GiB` into its number and its unit. None when it is not a number and at most one unit. */
export function splitQuantity(text: string): { readonly amount: Decimal; readonly unit: string } | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const match = NUMBER_AND_UNIT.exec(text);
  if (match === null) return undefined;
  const [, sign, whole, fraction = '', unit] = match;
  return {
    amount: { isNegative: sign === '-', digits: whole! + fraction, places: fraction.length },
    unit: unit!,
  };
}

/** The shortest decimal that reads back as the same number, so that 1.1 is exactly 1.1. Finite numbers only. */
export function decimalFromNumber(value: number): Decimal {
  const [mantissa, exponent] = String(Math.abs(value)).split('e');
  const [whole, fraction = ''] = mantissa!.split('.');
  return shiftPoint(
    { isNegative: value < 0, digits: whole! + fraction, places: fraction.length },
    Number(exponent ?? 0),
  );
}

/** The decimal times 10^`by`. */
export function shiftPoint({ isNegative, digits, places }: Decimal, by: number): Decimal {
  return places >= by
    ? { isNegative, digits, places: places - by }
    : { isNegative, digits: digits + '0'.repeat(by - places), places: 0 };
}

/** Whole numbers of this many digits, and products of two with as many together, are exact in a double. */
const EXACT_DIGITS = 15;

/**
 * `amount x numerator / denominator`, rounded to the nearest whole number (halves away from 0).
 *
 * @param numerator whole number above 0
 * @param denominator whole number above 0
 * @returns the whole number and whether nothing was rounded away; Infinity where it exceeds 2^53
 */
export function scaleDecimal(
  { isNegative, digits, places }: Decimal,
  numerator: number,
  denominator = 1,
): { readonly value: number; readonly isExact: boolean } {
  const sign = isNegative ? -1 : 1;
  const lengthOf = (whole: number) => String(whole).length;
  if (digits.length + lengthOf(numerator) <= EXACT_DIGITS && places + lengthOf(denominator) <= EXACT_DIGITS) {
    const divisor = Number(`1e${places}`) * denominator;
    const scaled = Number(digits) * numerator;
    const rest = scaled % divisor;
    const rounded = (scaled - rest) / divisor + (2 * rest >= divisor ? 1 : 0);
    return { value: sign * rounded + 0, isExact: rest === 0 };
  }
  const divisor = 10n ** BigInt(places) * BigInt(denominator);
  const scaled = BigInt(digits) * BigInt(numerator);
  const rounded = (2n * scaled + divisor) / (2n * divisor);
  const value = rounded > 2n ** 53n ? Number.POSITIVE_INFINITY : Number(rounded);
  return { value: sign * value + 0, isExact: scaled % divisor === 0n };
}

/** The decimal in plain digits without needless zeros: `054.60` becomes `54.6`. */
export function formatDecimal({ isNegative, digits, places }: Decimal): string {
  const text = digits.padStart(places + 1, '0');
  const whole = text.slice(0, text.length - places).replace(/^0+(?=\d)/, '');
  const fraction = text.slice(text.length - places).replace(/0+$/, '');
  return `${isNegative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The number closest to the decimal. */
export function decimalToNumber(amount: Decimal): number {
  return Number(formatDecimal(amount));
}
