import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { DistributionDocument, MixturePartDocument } from '../schema/distribution.ts';

/** A duration in the largest unit that divides it exactly. */
export function canonicalDuration(written: string): string {
  return durationQuantity.write(readValid(durationQuantity, written));
}

/** -0 and 0 are one number, written 0. */
export function canonicalNumber(value: number): number {
  return value + 0;
}

const durations = (written: readonly string[]) => written.map(canonicalDuration);
const numbers = (written: readonly number[]) => written.map(canonicalNumber);
const optionalDuration = (written: string | null | undefined) =>
  written == null ? null : canonicalDuration(written);

/** A distribution with every default written out, keys in a fixed order. */
export function canonicalDistribution(written: DistributionDocument): DistributionDocument {
  switch (written.kind) {
    case 'constant':
      return { kind: written.kind, value: canonicalDuration(written.value) };
    case 'exponential':
      return { kind: written.kind, mean: canonicalDuration(written.mean) };
    case 'uniform':
      return { kind: written.kind, min: canonicalDuration(written.min), max: canonicalDuration(written.max) };
    case 'normal':
      return {
        kind: written.kind,
        mean: canonicalDuration(written.mean),
        sd: canonicalDuration(written.sd),
        min: canonicalDuration(written.min ?? '0s'),
        max: optionalDuration(written.max),
      };
    case 'lognormal':
      return { kind: written.kind, median: canonicalDuration(written.median), sigma: written.sigma };
    case 'gamma':
      return { kind: written.kind, shape: written.shape, mean: canonicalDuration(written.mean) };
    case 'weibull':
      return { kind: written.kind, shape: written.shape, scale: canonicalDuration(written.scale) };
    case 'pareto':
      return {
        kind: written.kind,
        shape: written.shape,
        min: canonicalDuration(written.min),
        max: optionalDuration(written.max),
      };
    case 'empirical':
      return {
        kind: written.kind,
        ...(written.values === undefined ? {} : { values: durations(written.values) }),
        ...(written.quantiles === undefined ? {} : { quantiles: canonicalQuantiles(written.quantiles) }),
      };
    case 'discrete':
      return { kind: written.kind, values: durations(written.values), weights: numbers(written.weights) };
    case 'mixture':
      return { kind: written.kind, parts: written.parts.map(canonicalPart) };
  }
}

function canonicalQuantiles(table: readonly [number, string][]): [number, string][] {
  return table.map(([probability, duration]) => [canonicalNumber(probability), canonicalDuration(duration)]);
}

function canonicalPart({ weight, ...distribution }: MixturePartDocument): MixturePartDocument {
  // Without its weight a part is a distribution of the same kind, and with it again a part.
  const canonical = canonicalDistribution(distribution as DistributionDocument);
  return { weight: canonicalNumber(weight), ...canonical } as MixturePartDocument;
}
