import { createDistribution, type DistributionSpec } from '../../kernel/distributions/index.ts';
import type { RingClass } from './frame-class.ts';

const STRATA = 2048;
/** Strata at both ends that are not looked up: lines would be too coarse for a tail. */
const EXACT = 32;

/**
 * Quantiles of a length of work, in whole microseconds, looked up instead of computed: exact at the knots 1/2048 apart
 * and in the outermost 1/64 at both ends, straight lines between the knots. Some kinds bisect for a quantile, which
 * would cost more than the frame that the length is drawn for.
 */
export class WorkTable {
  readonly #knots = new Float64Array(STRATA + 1);
  readonly #exactUs: (u: number) => number;
  /** Of the table, in microseconds: finite even where the distribution's own is not. */
  readonly meanUs: number;

  /**
   * @param milliseconds lengths; what is below a microsecond counts as one
   * @param speed of the card relative to the one that the lengths are for, > 0
   */
  constructor(milliseconds: DistributionSpec, speed: number) {
    const distribution = createDistribution(milliseconds);
    this.#exactUs = (u) => Math.max(1, (distribution.quantile(u) * 1000) / speed);
    let sum = 0;
    for (let i = 1; i < STRATA; i++) {
      this.#knots[i] = this.#exactUs(i / STRATA);
      sum += this.#knots[i] as number;
    }
    this.meanUs = sum / (STRATA - 1);
  }

  /** @param u in (0, 1) */
  at(u: number): number {
    const place = u * STRATA;
    const stratum = Math.floor(place);
    if (stratum < EXACT || stratum >= STRATA - EXACT) return Math.round(this.#exactUs(u));
    const from = this.#knots[stratum] as number;
    return Math.round(from + (place - stratum) * ((this.#knots[stratum + 1] as number) - from));
  }
}

/** The tables of one class: made once, since that may take some ten milliseconds. */
export interface ClassTables {
  readonly work: WorkTable;
  /** Null: encoding takes the same time always. */
  readonly encode: WorkTable | null;
}

/** Null for batch. */
export function tablesOf(ringClass: RingClass): ClassTables | null {
  if (ringClass.kind === 'batch') return null;
  const { gpuMs, speed, encodeMs } = ringClass;
  return {
    work: new WorkTable(gpuMs, speed),
    encode: typeof encodeMs === 'number' ? null : new WorkTable(encodeMs, 1),
  };
}
