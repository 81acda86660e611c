/** Decimal digits as whole numbers of a small step, so that sums and products of money lose nothing. */

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i;

/**
 * The number as a whole number of 10^-`places`, halves to the even neighbour.
 *
 * @param written decimal text, or a finite number, which stands for the shortest decimal that reads back as it
 * @throws {RangeError} if it is no decimal number
 */
export function scaledFrom(written: string | number, places: number): bigint {
  const match = DECIMAL.exec(String(written));
  if (match === null) throw new RangeError(`Cannot read an amount: need a decimal number, got ${written}`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction);
  const by = places - fraction.length + Number(exponent);
  const scaled = by >= 0 ? digits * 10n ** BigInt(by) : divideHalfEven(digits, 10n ** BigInt(-by));
  return sign === '-' ? -scaled : scaled;
}

/** `numerator / denominator`, halves to the even neighbour. @param denominator above 0 */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n)
    throw new RangeError(`Cannot divide an amount: need a divisor above 0, got ${denominator}`);
  const isNegative = numerator < 0n;
  const size = isNegative ? -numerator : numerator;
  const down = size / denominator;
  const twice = (size % denominator) * 2n;
  const isUp = twice > denominator || (twice === denominator && down % 2n === 1n);
  const rounded = isUp ? down + 1n : down;
  return isNegative ? -rounded : rounded;
}

/** A whole number of 10^-`places` in plain digits; with `trim`, without zeros at the end. */
export function scaledText(scaled: bigint, places: number, trim = false): string {
  const isNegative = scaled < 0n;
  const digits = String(isNegative ? -scaled : scaled).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const all = digits.slice(digits.length - places);
  const fraction = trim ? all.replace(/0+$/, '') : all;
  return `${isNegative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
