/** What reading one quantity gave: a number in the unit of its kind, or what would have been accepted. */
export type Reading =
  | { readonly ok: true; readonly value: number; readonly note?: string }
  | { readonly ok: false; readonly message: string };

/** One kind of quantity a scenario states with a unit: how it is read and how it is written back. */
export interface QuantityKind {
  /** Completes "must be ...". */
  readonly accepts: string;
  /** Regular expression of the accepted text, for the JSON Schema. */
  readonly pattern: string;
  /** Whether a number without a unit is accepted. */
  readonly acceptsNumber: boolean;
  readonly examples: readonly (string | number)[];
  /** Reads `96000m` or, where accepted, 96. Never throws. */
  read(written: string | number): Reading;
  /** Writes the one form that the normalized document uses. `read(write(x))` is x. */
  write(value: number): string;
}

/** A refusal that names what is accepted. */
export function refuse(accepts: string): Reading {
  return { ok: false, message: `must be ${accepts}` };
}

/**
 * The value of a quantity already found valid.
 *
 * @throws {RangeError} if it is not: the caller skipped validation
 */
export function readValid(kind: Pick<QuantityKind, 'read'>, written: string | number): number {
  const reading = kind.read(written);
  if (!reading.ok)
    throw new RangeError(`Cannot read quantity ${JSON.stringify(written)}: ${reading.message}`);
  return reading.value;
}
