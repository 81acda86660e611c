import type { Evidence } from '../hardware/index.ts';

/** A figure that a mode's model depends on and that nobody knows exactly. */
export interface Parameter {
  /** `mode.what`: unique over all modes; the key of a scenario's `overheads` section. */
  readonly id: string;
  readonly what: string;
  readonly unit: 'fraction' | 'seconds' | 'milliseconds' | 'factor' | 'seconds per GiB';
  readonly low: number;
  readonly typical: number;
  readonly high: number;
  /** Bounds within which a scenario may set it. */
  readonly min: number;
  readonly max: number;
  /** Record ids of the overhead table, rule ids, or a source in words. */
  readonly source: string;
  /** `inferred` and `unverified` figures are reported as assumed. */
  readonly evidence: Evidence;
}

/** Whether reports must say "assumed" beside figures that rest on this parameter. */
export function isAssumed(parameter: Parameter): boolean {
  return parameter.evidence === 'inferred' || parameter.evidence === 'unverified';
}

/** Values of all parameters in one run: typical unless stated otherwise. */
export class ParameterValues {
  readonly #values: ReadonlyMap<string, number>;

  /**
   * @param parameters every known parameter
   * @param stated by id, in place of the typical value
   * @throws {RangeError} for an unknown id or a value out of its bounds
   */
  constructor(parameters: readonly Parameter[], stated: Readonly<Record<string, number>> = {}) {
    const values = new Map(parameters.map((p) => [p.id, p.typical]));
    for (const [id, value] of Object.entries(stated)) {
      const parameter = parameters.find((p) => p.id === id);
      if (parameter === undefined) throw new RangeError(`Cannot set parameter "${id}": there is no such one`);
      if (!(value >= parameter.min && value <= parameter.max)) {
        throw new RangeError(
          `Cannot set parameter "${id}" to ${value}: need ${parameter.min} to ${parameter.max}`,
        );
      }
      values.set(id, value);
    }
    this.#values = values;
  }

  /** @throws {RangeError} for an unknown id */
  get(id: string): number {
    const value = this.#values.get(id);
    if (value === undefined) throw new RangeError(`Cannot read parameter "${id}": there is no such one`);
    return value;
  }
}
