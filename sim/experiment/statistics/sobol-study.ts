import { Tally } from '../../kernel/stats/tally.ts';
import { type SobolIndex, sobolDesign, sobolIndices } from './sobol-indices.ts';
import type { VariedInput } from './varied-input.ts';

/** What moves one metric when all inputs vary together. */
export interface SobolMetric {
  readonly metric: string;
  /** Over the runs of the two base samples; null where some run has no value. */
  readonly mean: number | null;
  readonly stdDev: number | null;
  /**
   * Part of the variance that comes from the seeds and would go away with more replications; it raises all total
   * indices. Null below two replications.
   */
  readonly fromSeeds: number | null;
  /** By input, the largest total index first; null where there are none, and `reason` says why. */
  readonly indices: readonly (SobolIndex & { readonly path: string })[] | null;
  readonly reason?: string;
}

/**
 * Sobol indices of metrics over the runs of `sobolRuns`.
 *
 * @param values by metric, then by run: the metric in each replication, all of the same seeds; null where it has none
 */
export function sobolStudy(
  inputs: readonly VariedInput[],
  rows: number,
  seed: number,
  values: ReadonlyMap<string, readonly (readonly (number | null)[])[]>,
): readonly SobolMetric[] {
  const design = sobolDesign(inputs.length, rows, seed);
  return [...values].map(([metric, ofRuns]): SobolMetric => {
    const known = ofRuns.map((each) => each.filter((value) => value !== null));
    const without = known.filter((each) => each.length === 0).length;
    if (without > 0) {
      const reason = `${without} of ${ofRuns.length} runs have no value`;
      return { metric, mean: null, stdDev: null, fromSeeds: null, indices: null, reason };
    }
    const means = known.map((each) => Tally.of(each).mean);
    const base = Tally.of(means.slice(0, 2 * rows));
    const found = sobolIndices(design, means, seed);
    const common = { metric, mean: base.mean, stdDev: base.stdDev };
    if (found === null)
      return { ...common, fromSeeds: null, indices: null, reason: 'is the same in every run' };
    return {
      ...common,
      fromSeeds: seedShare(known, base.variance),
      indices: found
        .map((index, i) => ({ path: (inputs[i] as VariedInput).path, ...index }))
        .sort((a, b) => b.total - a.total),
    };
  });
}

/** Mean variance of a mean over the replications, as a part of the variance between the runs. */
function seedShare(values: readonly (readonly number[])[], variance: number): number | null {
  const ofMeans = values.flatMap((each) => (each.length < 2 ? [] : [Tally.of(each).variance / each.length]));
  return ofMeans.length === 0 ? null : Math.min(1, Tally.of(ofMeans).mean / variance);
}
