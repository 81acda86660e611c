import { type Decimal, decimalFromNumber, scaleDecimal, splitQuantity } from './decimal.ts';
import { type QuantityKind, type Reading, refuse } from './quantity.ts';

/** A unit as a fraction of the kind's base unit: `[numerator, denominator]`. */
export type UnitScale = readonly [number, number];

export interface ScaledQuantity {
  readonly accepts: string;
  /** Completes "must be ..." for a value that reads well but lies outside. */
  readonly range: string;
  /** Smallest and largest accepted value, in the base unit. */
  readonly min: number;
  readonly max: number;
  /** Unit -> size; the empty unit is a bare number, in text or as a number. */
  readonly units: Readonly<Record<string, UnitScale>>;
  /** Name of the base unit in messages. */
  readonly base: string;
  /** Rounds to whole base units and says so in a note, instead of refusing. */
  readonly rounds?: boolean;
  readonly examples: readonly (string | number)[];
  write(value: number): string;
}

/** A kind of quantity that is stored as a whole number of base units, read without rounding error. */
export function scaledQuantity(spec: ScaledQuantity): QuantityKind {
  const names = Object.keys(spec.units);
  const acceptsNumber = names.includes('');
  const unitPattern = names
    .filter((name) => name !== '')
    .sort((a, b) => b.length - a.length)
    .join('|');

  function scale(amount: Decimal, unit: string, written: string | number): Reading {
    if (!Object.hasOwn(spec.units, unit)) return refuse(spec.accepts);
    const [numerator, denominator] = spec.units[unit]!;
    const { value, isExact } = scaleDecimal(amount, numerator, denominator);
    if (!(value >= spec.min && value <= spec.max)) return refuse(spec.range);
    if (isExact) return { ok: true, value };
    if (!spec.rounds) return refuse(`a whole number of ${spec.base}`);
    return { ok: true, value, note: `${written} is rounded to ${spec.write(value)}` };
  }

  return {
    accepts: spec.accepts,
    pattern: `^\\s*\\d+(\\.\\d+)?\\s*(${unitPattern})${acceptsNumber ? '?' : ''}\\s*$`,
    acceptsNumber,
    examples: spec.examples,
    read(written) {
      if (typeof written === 'number') {
        if (!acceptsNumber) return refuse(spec.accepts);
        if (!Number.isFinite(written)) return refuse(spec.range);
        return scale(decimalFromNumber(written), '', written);
      }
      const parts = splitQuantity(written);
      return parts === undefined ? refuse(spec.accepts) : scale(parts.amount, parts.unit, written.trim());
    },
    write: spec.write,
  };
}
