import { z } from 'zod';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import { finiteNumber, list, orNone, quantity, section } from './leaves.ts';

/**
 * Distributions as the document states them, of durations or of plain numbers. What parameters must satisfy together is
 * checked in `checks/distribution.ts`.
 */

/** What a distribution is of: how one value is written, and the words for it. */
interface Variate<Value extends z.ZodType, Positive extends z.ZodType> {
  readonly value: (description: string) => Value;
  readonly positive: (description: string) => Positive;
  /** `duration`, and capitalized. */
  readonly one: string;
  readonly One: string;
  readonly many: string;
  readonly zero: string;
}

const kind = <const Name extends string>(name: Name, description: string) =>
  z.literal(name).meta({ description });
const shape = (description: string) => finiteNumber(0.01, 1000, description);
const weights = (description: string) =>
  list(finiteNumber(0, 1e12, 'Relative weight.'), 'weights from 0 to 1e12', 1, MOST_VALUES, description);

const MOST_VALUES = 100_000;
const MOST_PARTS = 100;

/** The kinds of distribution that are not made of others. */
function simpleKindsOf<Value extends z.ZodType, Positive extends z.ZodType>(of: Variate<Value, Positive>) {
  const { value, positive, one, One, many } = of;
  const constant = section(
    { kind: kind('constant', 'Always the same.'), value: value(`The ${one}.`) },
    `Always the same ${one}.`,
  );
  const exponential = section(
    { kind: kind('exponential', 'Memoryless.'), mean: positive(`Mean ${one}.`) },
    `Exponential ${many}.`,
  );
  const uniform = section(
    {
      kind: kind('uniform', 'Equally likely between two bounds.'),
      min: value(`Smallest ${one}.`),
      max: value(`Largest ${one}, above min.`),
    },
    `${One}s equally likely between two bounds.`,
  );
  const normal = section(
    {
      kind: kind('normal', 'Bell-shaped, cut off at min and max.'),
      mean: value('Mean before the cut.'),
      sd: positive('Standard deviation before the cut.'),
      min: value(`Smallest ${one}. Default ${of.zero}.`).optional(),
      max: orNone(value(`Largest ${one}. Default: none.`)),
    },
    `Normal ${many}, cut off at min and max.`,
  );
  const lognormal = section(
    {
      kind: kind('lognormal', 'Normal in the logarithm.'),
      median: positive(`Median ${one}.`),
      sigma: finiteNumber(0, 20, 'Standard deviation of the natural logarithm, above 0.', true),
    },
    `Log-normal ${many}.`,
  );
  const gamma = section(
    {
      kind: kind('gamma', 'Gamma.'),
      shape: shape('Shape; 1 is exponential, larger is more regular.'),
      mean: positive(`Mean ${one}.`),
    },
    `Gamma ${many}.`,
  );
  const weibull = section(
    {
      kind: kind('weibull', 'Weibull.'),
      shape: shape('Shape; 1 is exponential, below 1 has a heavy tail.'),
      scale: positive('Scale: the 63.2 % quantile.'),
    },
    `Weibull ${many}.`,
  );
  const pareto = section(
    {
      kind: kind('pareto', 'Power-law tail.'),
      shape: shape('Tail index; the mean is finite above 1.'),
      min: positive(`Smallest ${one}.`),
      max: orNone(positive(`Largest ${one}, above min. Default: none.`)),
    },
    `Pareto ${many}.`,
  );
  const quantilePoint = z
    .tuple([finiteNumber(0, 1, 'Probability.'), value(`${One} not exceeded with that probability.`)], {
      error: `must be a pair of a probability and a ${one} such as [0.5, ${of.zero === '0' ? '3' : '2h'}]`,
    })
    .meta({ description: `A probability and the ${one} not exceeded with it.` });
  const empirical = section(
    {
      kind: kind('empirical', 'From observations.'),
      values: list(
        value(`An observed ${one}.`),
        many,
        1,
        MOST_VALUES,
        'Observations, equally likely.',
      ).optional(),
      quantiles: list(
        quantilePoint,
        'quantile points',
        2,
        10_000,
        'Quantile table from probability 0 to 1, straight between its points.',
      ).optional(),
    },
    `${One}s from observations: exactly one of values and quantiles.`,
  ).meta({ oneOf: [{ required: ['values'] }, { required: ['quantiles'] }] });
  const discrete = section(
    {
      kind: kind('discrete', `A few ${many} with weights.`),
      values: list(value(`A possible ${one}.`), many, 1, MOST_VALUES, `Possible ${many}.`),
      weights: weights('Relative weight of each value, not all 0.'),
    },
    `A few ${many} with weights.`,
  );
  return [
    constant,
    exponential,
    uniform,
    normal,
    lognormal,
    gamma,
    weibull,
    pareto,
    empirical,
    discrete,
  ] as const;
}

const weight = finiteNumber(0, 1e12, 'Relative weight of this part.');

/** A distribution of what `of` says. */
function distributionOf<Value extends z.ZodType, Positive extends z.ZodType>(
  id: string,
  of: Variate<Value, Positive>,
) {
  const simple = simpleKindsOf(of);
  const [constant, exponential, uniform, normal, lognormal, gamma, weibull, pareto, empirical, discrete] =
    simple;
  /** A part of a mixture: any other kind with a weight beside its parameters. */
  const part = z.discriminatedUnion('kind', [
    constant.extend({ weight }),
    exponential.extend({ weight }),
    uniform.extend({ weight }),
    normal.extend({ weight }),
    lognormal.extend({ weight }),
    gamma.extend({ weight }),
    weibull.extend({ weight }),
    pareto.extend({ weight }),
    empirical.extend({ weight }),
    discrete.extend({ weight }),
  ]);
  const mixture = section(
    {
      kind: kind('mixture', 'Each draw comes from one of several parts.'),
      parts: list(part, 'weighted distributions', 1, MOST_PARTS, 'Distributions with weights, not all 0.'),
    },
    'Each draw comes from one of several weighted distributions.',
  );
  const names = [...simple.map((member) => member.shape.kind.value), 'mixture'];
  return z
    .discriminatedUnion('kind', [...simple, mixture], {
      error: `must be a distribution with a kind: one of ${names.join(', ')}`,
    })
    .meta({ id, description: `A distribution of ${of.many}, chosen by its kind.` });
}

/** A distribution of durations: every length of time carries its unit, every other parameter is a pure number. */
export const distributionSchema = distributionOf('distribution', {
  value: (description) => quantity(durationQuantity, description),
  positive: (description) => quantity(positiveDurationQuantity, description),
  one: 'duration',
  One: 'Duration',
  many: 'durations',
  zero: '0s',
});

const LARGEST_NUMBER = 1e9;

/** A distribution of plain numbers. */
export const numberDistributionSchema = distributionOf('numberDistribution', {
  value: (description) => finiteNumber(0, LARGEST_NUMBER, description),
  positive: (description) => finiteNumber(0, LARGEST_NUMBER, description, true),
  one: 'number',
  One: 'Number',
  many: 'numbers',
  zero: '0',
});

export type DistributionDocument = z.infer<typeof distributionSchema>;
export type NumberDistributionDocument = z.infer<typeof numberDistributionSchema>;
/** Either of the two, told apart by how their values are written. */
export type AnyDistributionDocument = DistributionDocument | NumberDistributionDocument;
