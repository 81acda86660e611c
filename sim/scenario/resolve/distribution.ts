import type { DistributionSpec } from '../../kernel/distributions/index.ts';
import { log } from '../../kernel/math.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { DistributionDocument } from '../schema/distribution.ts';

/** A written duration in seconds. */
export function secondsFrom(written: string): number {
  return readValid(durationQuantity, written) / 1e6;
}

/** A distribution as the kernel samples it, in seconds. */
export function resolveDistribution(written: DistributionDocument): DistributionSpec {
  switch (written.kind) {
    case 'constant':
      return { kind: 'constant', value: secondsFrom(written.value) };
    case 'exponential':
      return { kind: 'exponential', mean: secondsFrom(written.mean) };
    case 'uniform':
      return { kind: 'uniform', min: secondsFrom(written.min), max: secondsFrom(written.max) };
    case 'normal':
      return {
        kind: 'normal',
        mean: secondsFrom(written.mean),
        stdDev: secondsFrom(written.sd),
        min: secondsFrom(written.min ?? '0s'),
        ...(written.max == null ? {} : { max: secondsFrom(written.max) }),
      };
    case 'lognormal':
      return { kind: 'lognormal', logMean: log(secondsFrom(written.median)), logStdDev: written.sigma };
    case 'gamma':
      return { kind: 'gamma', shape: written.shape, scale: secondsFrom(written.mean) / written.shape };
    case 'weibull':
      return { kind: 'weibull', shape: written.shape, scale: secondsFrom(written.scale) };
    case 'pareto':
      return {
        kind: 'pareto',
        shape: written.shape,
        min: secondsFrom(written.min),
        ...(written.max == null ? {} : { max: secondsFrom(written.max) }),
      };
    case 'empirical':
      return written.quantiles === undefined
        ? { kind: 'empirical', values: (written.values ?? []).map(secondsFrom) }
        : {
            kind: 'quantile-table',
            points: written.quantiles.map(([p, duration]) => ({ p, value: secondsFrom(duration) })),
          };
    case 'discrete':
      return { kind: 'discrete', values: written.values.map(secondsFrom), weights: [...written.weights] };
    case 'mixture':
      return {
        kind: 'mixture',
        components: written.parts.map(({ weight, ...distribution }) => ({
          weight,
          // Without its weight a part is a distribution of the same kind.
          distribution: resolveDistribution(distribution as DistributionDocument),
        })),
      };
  }
}
