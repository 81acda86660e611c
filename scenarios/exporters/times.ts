/**
 * A price times a quantity, exact.
 *
 * @param amount decimal text, such as `2499.95`
 * @param quantity a whole number
 * @throws {RangeError} for any other text
 */
export function times(amount: string, quantity: number): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount);
  if (match === null) throw new RangeError(`Cannot multiply "${amount}": must be decimal text`);
  const [, sign = '', whole = '', part = ''] = match;
  const product = BigInt(whole + part) * BigInt(quantity);
  const digits = product.toString().padStart(part.length + 1, '0');
  const text = part === '' ? digits : `${digits.slice(0, -part.length)}.${digits.slice(-part.length)}`;
  return `${product === 0n ? '' : sign}${text}`;
}
