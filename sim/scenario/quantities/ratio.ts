import {
  type Decimal,
  decimalFromNumber,
  decimalToNumber,
  formatDecimal,
  shiftPoint,
  splitQuantity,
} from './decimal.ts';
import { type QuantityKind, type Reading, refuse } from './quantity.ts';

const HUNDREDTHS = 2;

/** A pure number above 0, also written in percent: `0.95` or `"95%"`. The text form is percent. */
function ratioQuantity(accepts: string, max: number, examples: readonly (string | number)[]): QuantityKind {
  const check = (amount: Decimal): Reading => {
    const value = decimalToNumber(amount);
    return value > 0 && value <= max ? { ok: true, value } : refuse(accepts);
  };
  return {
    accepts,
    pattern: '^\\s*\\d+(\\.\\d+)?\\s*%?\\s*$',
    acceptsNumber: true,
    examples,
    read(written) {
      if (typeof written === 'number') {
        return Number.isFinite(written) ? check(decimalFromNumber(written)) : refuse(accepts);
      }
      const parts = splitQuantity(written);
      if (parts === undefined) return refuse(accepts);
      if (parts.unit === '') return check(parts.amount);
      return parts.unit === '%' ? check(shiftPoint(parts.amount, -HUNDREDTHS)) : refuse(accepts);
    },
    write(value) {
      return `${formatDecimal(shiftPoint(decimalFromNumber(value), HUNDREDTHS))}%`;
    },
  };
}

/** A part of a whole, above 0 and at most 1. */
export const shareQuantity = ratioQuantity('a share above 0 and at most 1, such as 0.95 or "95%"', 1, [
  '95%',
  0.95,
]);

/** A multiple of a capacity, above 0 and at most 100. */
export const multipleQuantity = ratioQuantity(
  'a multiple above 0 and at most 100, such as 1.3 or "130%"',
  100,
  [1.3, '130%'],
);
