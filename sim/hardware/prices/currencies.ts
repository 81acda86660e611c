/**
 * Currencies and the decimal places of their minor units.
 *
 * @see ISO 4217:2015, list one (currency, funds and precious metal codes)
 */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'AED ARS AUD BRL CAD CHF CNY CZK DKK EGP EUR GBP HKD IDR ILS INR KES KZT MXN MYR NGN NOK NZD PHP PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD ZAR'
      .split(' ')
      .map((code) => [code, 2] as const),
  ),
  ...{ CLP: 0, ISK: 0, JPY: 0, KRW: 0, VND: 0 },
  ...{ BHD: 3, JOD: 3, KWD: 3, OMR: 3, TND: 3 },
};

/** Codes of currencies that amounts may be in, sorted. */
export const CURRENCIES: readonly string[] = Object.keys(MINOR_DIGITS).sort();

/** Decimal places of a currency's minor unit: 2 for USD, 0 for JPY. @throws {RangeError} if the code is not known */
export function minorDigits(currency: string): number {
  const digits = MINOR_DIGITS[currency];
  if (digits === undefined)
    throw new RangeError(`Cannot use currency "${currency}": known are ${CURRENCIES.join(', ')}`);
  return digits;
}
