import { createDistribution, type DistributionSpec } from '../../kernel/distributions/index.ts';

const STRATA = 2048;

/**
 * Quantiles of a length of work, in whole microseconds, looked up instead of computed: exact at the knots 1/2048 apart
 * and in the outermost 1/2048 at both ends, straight lines between the knots. Some kinds bisect for a quantile, which
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
    if (stratum === 0 || stratum >= STRATA - 1) return Math.round(this.#exactUs(u));
    const from = this.#knots[stratum] as number;
    return Math.round(from + (place - stratum) * ((this.#knots[stratum + 1] as number) - from));
  }
}
