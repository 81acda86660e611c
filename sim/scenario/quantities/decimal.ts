/** A decimal number as it was written, exact: `digits / 10^places`. */
export interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

const NUMBER_AND_UNIT = /^\s*(-?\d+(?:\.\d+)?)\s*([A-Za-z%/]*)\s*$/;
const LONGEST_TEXT = 40;

/** Splits `1.5 GiB` into its number and its unit. None when it is not a number and at most one unit. */
export function splitQuantity(text: string): { readonly amount: Decimal; readonly unit: string } | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const match = NUMBER_AND_UNIT.exec(text);
  return match === null ? undefined : { amount: decimalFromText(match[1]!), unit: match[2]! };
}

/** The shortest decimal that reads back as the same number, so that 1.1 is exactly 1.1. Finite numbers only. */
export function decimalFromNumber(value: number): Decimal {
  const [mantissa, exponent] = String(value).split('e');
  const { digits, places } = decimalFromText(mantissa!);
  const shifted = places - Number(exponent ?? 0);
  return shifted >= 0 ? { digits, places: shifted } : { digits: digits * 10n ** BigInt(-shifted), places: 0 };
}

function decimalFromText(text: string): Decimal {
  const [whole, fraction = ''] = text.split('.');
  return { digits: BigInt(whole! + fraction), places: fraction.length };
}

/**
 * `amount x numerator / denominator`, rounded to the nearest whole number (halves up).
 *
 * @returns the whole number and whether nothing was rounded away; Infinity where it exceeds 2^53
 */
export function scaleDecimal(
  amount: Decimal,
  numerator: bigint,
  denominator = 1n,
): { readonly value: number; readonly isExact: boolean } {
  const divisor = 10n ** BigInt(amount.places) * denominator;
  const scaled = amount.digits * numerator;
  const sign = scaled < 0n ? -1n : 1n;
  const rounded = (2n * scaled * sign + divisor) / (2n * divisor);
  const value = rounded > 2n ** 53n ? Number.POSITIVE_INFINITY : Number(rounded);
  return { value: value === 0 ? 0 : Number(sign) * value, isExact: scaled % divisor === 0n };
}

/** The decimal in plain digits without needless zeros: `54.60` becomes `54.6`. */
export function formatDecimal({ digits, places }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(places + 1, '0');
  const whole = text.slice(0, text.length - places);
  const fraction = text.slice(text.length - places).replace(/0+$/, '');
  return `${sign}${whole.replace(/^0+(?=\d)/, '')}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The number closest to the decimal. */
export function decimalToNumber(amount: Decimal): number {
  return Number(formatDecimal(amount));
}
