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
/** Smaller ones are a slip, and too long to write out in percent. */
const SMALLEST = 1e-9;

/** A pure number that is not negative, also written in percent: `0.95` or `"95%"`. The text form is percent. */
function ratioQuantity(
  accepts: string,
  isInRange: (value: number) => boolean,
  examples: readonly (string | number)[],
): QuantityKind {
  const check = (amount: Decimal): Reading => {
    const value = decimalToNumber(amount);
    if (value > 0 && value < SMALLEST) return refuse(`${SMALLEST} or more where it is not 0`);
    return isInRange(value) && !amount.isNegative ? { ok: true, value } : refuse(accepts);
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
export const shareQuantity = ratioQuantity(
  'a share above 0 and at most 1, such as 0.95 or "95%"',
  (value) => value > 0 && value <= 1,
  ['95%', 0.95],
);

/** How sure something is to be. */
export const confidenceQuantity = ratioQuantity(
  'a confidence from 0.5 to 0.9999, such as 0.95 or "99%"',
  (value) => value >= 0.5 && value <= 0.9999,
  ['99%', 0.95],
);

/** A part of a whole that may be nothing, 0 to 1. */
export const shareOrZeroQuantity = ratioQuantity(
  'a share from 0 to 1, such as 0.4 or "40%"',
  (value) => value >= 0 && value <= 1,
  ['40%', 0.4, 0],
);

/** A part that leaves something over, at least 0 and below 1. */
export const partQuantity = ratioQuantity(
  'a part of at least 0 and below 1, such as 0.1 or "10%"',
  (value) => value >= 0 && value < 1,
  ['10%', 0.1, 0],
);

/** A level that a value can reach: a part of a whole, or a number of things. */
export const levelQuantity = ratioQuantity(
  'a number from 0 to 1e12, such as 20, 0.85 or "85%"',
  (value) => value >= 0 && value <= 1e12,
  ['85%', 0.85, 20],
);

/** A multiple of a capacity, above 0 and at most 100. */
export const multipleQuantity = ratioQuantity(
  'a multiple above 0 and at most 100, such as 1.3 or "130%"',
  (value) => value > 0 && value <= 100,
  [1.3, '130%'],
);
