import type { DistributionSpec } from '../../kernel/distributions/index.ts';
import { log } from '../../kernel/math.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { AnyDistributionDocument } from '../schema/distribution.ts';

/** A written duration in seconds. */
export function secondsFrom(written: string): number {
  return readValid(durationQuantity, written) / 1e6;
}

/** A value of a distribution: a duration in seconds, a plain number as it is. */
export function valueFrom(written: string | number): number {
  return typeof written === 'string' ? secondsFrom(written) : written;
}

/**
 * A distribution as the kernel samples it: of durations in seconds, of plain numbers as written.
 *
 * @param factor every value is multiplied by it: 1000 gives milliseconds
 */
export function resolveDistribution(written: AnyDistributionDocument, factor = 1): DistributionSpec {
  const scaled = (value: string | number) => valueFrom(value) * factor;
  const maxOf = (max: string | number | null | undefined) => (max == null ? {} : { max: scaled(max) });
  switch (written.kind) {
    case 'constant':
      return { kind: 'constant', value: scaled(written.value) };
    case 'exponential':
      return { kind: 'exponential', mean: scaled(written.mean) };
    case 'uniform':
      return { kind: 'uniform', min: scaled(written.min), max: scaled(written.max) };
    case 'normal':
      return {
        kind: 'normal',
        mean: scaled(written.mean),
        stdDev: scaled(written.sd),
        min: scaled(written.min ?? 0),
        ...maxOf(written.max),
      };
    case 'lognormal':
      return { kind: 'lognormal', logMean: log(scaled(written.median)), logStdDev: written.sigma };
    case 'gamma':
      return { kind: 'gamma', shape: written.shape, scale: scaled(written.mean) / written.shape };
    case 'weibull':
      return { kind: 'weibull', shape: written.shape, scale: scaled(written.scale) };
    case 'pareto':
      return { kind: 'pareto', shape: written.shape, min: scaled(written.min), ...maxOf(written.max) };
    case 'empirical':
      return written.quantiles === undefined
        ? { kind: 'empirical', values: (written.values ?? []).map(scaled) }
        : {
            kind: 'quantile-table',
            points: written.quantiles.map(([p, value]) => ({ p, value: scaled(value) })),
          };
    case 'discrete':
      return { kind: 'discrete', values: written.values.map(scaled), weights: [...written.weights] };
    case 'mixture':
      return {
        kind: 'mixture',
        components: written.parts.map(({ weight, ...distribution }) => ({
          weight,
          // Without its weight a part is a distribution of the same kind.
          distribution: resolveDistribution(distribution as AnyDistributionDocument, factor),
        })),
      };
  }
}
