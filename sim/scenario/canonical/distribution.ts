import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type {
  AnyDistributionDocument,
  DistributionDocument,
  NumberDistributionDocument,
} from '../schema/distribution.ts';

/** A duration in the largest unit that divides it exactly. */
export function canonicalDuration(written: string): string {
  return durationQuantity.write(readValid(durationQuantity, written));
}

/** -0 and 0 are one number, written 0. */
export function canonicalNumber(value: number): number {
  return value + 0;
}

type Value = string | number;

const canonicalValue = (written: Value): Value =>
  typeof written === 'string' ? canonicalDuration(written) : canonicalNumber(written);
const canonicalValues = (written: readonly Value[]) => written.map(canonicalValue);
const numbers = (written: readonly number[]) => written.map(canonicalNumber);
const optionalValue = (written: Value | null | undefined) =>
  written == null ? null : canonicalValue(written);
/** The default of a smallest value, in the form of another value beside it. */
const zeroLike = (other: Value) => (typeof other === 'string' ? '0s' : 0);

/** A distribution with every default written out, keys in a fixed order. */
export function canonicalDistribution(written: DistributionDocument): DistributionDocument;
export function canonicalDistribution(written: NumberDistributionDocument): NumberDistributionDocument;
export function canonicalDistribution(written: AnyDistributionDocument): AnyDistributionDocument {
  // Values keep the type they were written in, so that the result is of the same family.
  return canonicalOf(written) as AnyDistributionDocument;
}

function canonicalOf(written: AnyDistributionDocument): object {
  switch (written.kind) {
    case 'constant':
      return { kind: written.kind, value: canonicalValue(written.value) };
    case 'exponential':
      return { kind: written.kind, mean: canonicalValue(written.mean) };
    case 'uniform':
      return { kind: written.kind, min: canonicalValue(written.min), max: canonicalValue(written.max) };
    case 'normal':
      return {
        kind: written.kind,
        mean: canonicalValue(written.mean),
        sd: canonicalValue(written.sd),
        min: canonicalValue(written.min ?? zeroLike(written.mean)),
        max: optionalValue(written.max),
      };
    case 'lognormal':
      return { kind: written.kind, median: canonicalValue(written.median), sigma: written.sigma };
    case 'gamma':
      return { kind: written.kind, shape: written.shape, mean: canonicalValue(written.mean) };
    case 'weibull':
      return { kind: written.kind, shape: written.shape, scale: canonicalValue(written.scale) };
    case 'pareto':
      return {
        kind: written.kind,
        shape: written.shape,
        min: canonicalValue(written.min),
        max: optionalValue(written.max),
      };
    case 'empirical':
      return {
        kind: written.kind,
        ...(written.values === undefined ? {} : { values: canonicalValues(written.values) }),
        ...(written.quantiles === undefined ? {} : { quantiles: canonicalQuantiles(written.quantiles) }),
      };
    case 'discrete':
      return {
        kind: written.kind,
        values: canonicalValues(written.values),
        weights: numbers(written.weights),
      };
    case 'mixture':
      return { kind: written.kind, parts: written.parts.map(canonicalPart) };
  }
}

function canonicalQuantiles(table: readonly [number, Value][]): [number, Value][] {
  return table.map(([probability, value]) => [canonicalNumber(probability), canonicalValue(value)]);
}

function canonicalPart({ weight, ...distribution }: { readonly weight: number }): object {
  // Without its weight a part is a distribution of the same kind, and with it again a part.
  const canonical = canonicalOf(distribution as AnyDistributionDocument);
  return { weight: canonicalNumber(weight), ...canonical };
}
