import { type ConstantSpec, createConstant } from './constant.ts';
import { createDiscrete, type DiscreteSpec } from './discrete.ts';
import type { Distribution } from './distribution.ts';
import { createEmpirical, type EmpiricalSpec } from './empirical.ts';
import { createExponential, type ExponentialSpec } from './exponential.ts';
import { createGamma, type GammaSpec } from './gamma.ts';
import { createLognormal, type LognormalSpec } from './lognormal.ts';
import { createMixture, type MixtureSpec } from './mixture.ts';
import { createNormal, type NormalSpec } from './normal.ts';
import { createPareto, type ParetoSpec } from './pareto.ts';
import { createQuantileTable, type QuantileTableSpec } from './quantile-table.ts';
import { createUniform, type UniformSpec } from './uniform.ts';
import { createWeibull, type WeibullSpec } from './weibull.ts';

export type { Distribution } from './distribution.ts';
export { lognormalOfMean } from './lognormal.ts';

/** A distribution as plain data. */
export type DistributionSpec =
  | ConstantSpec
  | ExponentialSpec
  | UniformSpec
  | NormalSpec
  | LognormalSpec
  | GammaSpec
  | WeibullSpec
  | ParetoSpec
  | EmpiricalSpec
  | QuantileTableSpec
  | DiscreteSpec
  | MixtureSpec;

export type DistributionKind = DistributionSpec['kind'];

/** The spec of one kind. */
export type DistributionSpecOf<K extends DistributionKind> = Extract<DistributionSpec, { kind: K }>;

const creators: { readonly [K in DistributionKind]: (spec: DistributionSpecOf<K>) => Distribution } = {
  constant: createConstant,
  exponential: createExponential,
  uniform: createUniform,
  normal: createNormal,
  lognormal: createLognormal,
  gamma: createGamma,
  weibull: createWeibull,
  pareto: createPareto,
  empirical: createEmpirical,
  'quantile-table': createQuantileTable,
  discrete: createDiscrete,
  mixture: (spec) => createMixture(spec, createDistribution),
};

/** Every kind, in the order of the list above. */
export const DISTRIBUTION_KINDS = Object.keys(creators) as readonly DistributionKind[];

/**
 * Makes a distribution of its description.
 *
 * @throws {RangeError} for an unknown kind, or a field out of range: the message names the field, its value and what is
 *   accepted
 */
export function createDistribution(spec: DistributionSpec): Distribution {
  if (!Object.hasOwn(creators, spec.kind)) {
    throw new RangeError(
      `Cannot create distribution: kind must be one of ${DISTRIBUTION_KINDS.join(', ')}, got ${spec.kind}`,
    );
  }
  const create = creators[spec.kind] as (spec: DistributionSpec) => Distribution;
  return create(spec);
}
