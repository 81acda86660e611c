import { firstNumberWhere } from '../math.ts';
import type { Distribution } from './distribution.ts';
import { cdfWithin, quantileWithin, requireField, requireWeights } from './distribution.ts';
import { countUpTo } from './empirical.ts';
import type { DistributionSpec } from './index.ts';

/** One of several distributions, chosen by weight: short and long jobs in one stream. */
export interface MixtureSpec {
  readonly kind: 'mixture';
  /** One or more; weights >= 0, not all 0; need not sum to 1. Mixtures may nest. */
  readonly components: readonly { readonly weight: number; readonly distribution: DistributionSpec }[];
}

/**
 * Sampled by one uniform number for the choice and the component's own after it. `quantile` bisects `cdf`.
 *
 * @param create makes a component; handed in, since the list of kinds already imports this one
 */
export function createMixture(
  { components }: MixtureSpec,
  create: (spec: DistributionSpec) => Distribution,
): Distribution {
  requireField('mixture', 'number of components', components.length, '1 or more', components.length >= 1);
  const weights = components.map(({ weight }) => weight);
  const total = requireWeights('mixture', (index) => `components[${index}].weight`, weights);
  const parts = components
    .map(({ weight, distribution }) => ({ share: weight / total, distribution: create(distribution) }))
    .filter(({ share }) => share > 0);

  const upTo: number[] = [];
  let [sum, mean, variance] = [0, 0, 0];
  for (const { share, distribution } of parts) {
    sum += share;
    upTo.push(sum);
    mean += share * distribution.mean();
  }
  for (const { share, distribution } of parts) {
    const offset = distribution.mean() - mean;
    variance += Number.isFinite(mean) ? share * (distribution.variance() + offset * offset) : Infinity;
  }

  const form = {
    min: Math.min(...parts.map(({ distribution }) => distribution.min)),
    max: Math.max(...parts.map(({ distribution }) => distribution.max)),
    cdf: (x: number) => {
      let below = 0;
      for (const { share, distribution } of parts) below += share * distribution.cdf(x);
      return Math.min(1, below);
    },
    quantile: (p: number) => {
      const ends = parts.map(({ distribution }) => distribution.quantile(p));
      return firstNumberWhere((x) => form.cdf(x) >= p, Math.min(...ends), Math.max(...ends));
    },
  };
  return {
    min: form.min,
    max: form.max,
    isInverseTransform: false,
    sample: (source) => {
      const choice = Math.min(parts.length - 1, countUpTo(upTo, source.nextOpen()));
      return parts[choice]!.distribution.sample(source);
    },
    mean: () => mean,
    variance: () => variance,
    cdf: (x) => cdfWithin(form, x),
    quantile: (p) => quantileWithin(form, p),
  };
}
