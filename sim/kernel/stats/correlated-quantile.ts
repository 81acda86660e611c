import { studentTQuantile } from '../math.ts';
import { independenceTest, joinedBatches } from './correlated-mean.ts';
import { Tally } from './tally.ts';

/** How much a correlated sample says of one of its quantiles. */
export interface QuantileWorth {
  /** Independent observations that would say as much; Infinity where the batches do not differ. */
  readonly worth: number;
  /** False where the batches are still correlated, so that it is worth less. */
  readonly isIndependent: boolean;
}

/** Chance of independent batches below which neighbours are joined once more. */
const JOIN_BELOW = 0.2;
const FEWEST = 10;
/** Student's t at 95 % where the variance is known. */
const NORMAL = 1.959963984540054;

/**
 * Independent observations that a correlated sample is worth for a quantile: the parts of successive batches that lie
 * below it vary as much as those of so many. Batches are joined until neighbours look independent, down to ten. That
 * their variance is itself estimated from few batches lowers it by (1.96 / t)^2, so that the ranks of a binomial with so
 * many trials give the interval, skew and all.
 *
 * @param parts by batch, in order, the part of its observations up to the quantile, in [0, 1]
 * @see Heidelberger and Lewis, Quantile estimation in dependent sequences, Operations Research 32 (1984), 185-209, for
 *   quantiles by the variance of such parts
 * @see Korn and Graubard, Survey Methodology 24 (1998), 193-201, for the binomial with an effective sample size
 */
export function quantileWorth(parts: readonly number[]): QuantileWorth {
  let batches = parts;
  let p = independenceTest(batches);
  while (p < JOIN_BELOW && batches.length >= 2 * FEWEST) {
    batches = joinedBatches(batches, Math.floor(batches.length / 2));
    p = independenceTest(batches);
  }
  const { mean, variance, count } = Tally.of(batches);
  const ofMean = variance / count;
  if (!(ofMean > 0)) return { worth: Infinity, isIndependent: true };
  const t = studentTQuantile(0.975, count - 1);
  const lowered = (NORMAL / t) * (NORMAL / t);
  return { worth: Math.max(1, ((mean * (1 - mean)) / ofMean) * lowered), isIndependent: p >= 0.05 };
}
