import { z } from 'zod';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import { finiteNumber, list, orNone, quantity, section } from './leaves.ts';

/**
 * Distributions of durations as the document states them: every length of time carries its unit, every other
 * parameter is a pure number. What parameters must satisfy together is checked in `checks/distribution.ts`.
 */

const duration = (description: string) => quantity(durationQuantity, description);
const positiveDuration = (description: string) => quantity(positiveDurationQuantity, description);
const kind = <const Name extends string>(name: Name, description: string) =>
  z.literal(name).meta({ description });
const shape = (description: string) => finiteNumber(0.01, 1000, description);
const weights = (description: string) =>
  list(finiteNumber(0, 1e12, 'Relative weight.'), 'weights from 0 to 1e12', 1, MOST_VALUES, description);

const MOST_VALUES = 100_000;
const MOST_PARTS = 100;

const constant = section(
  { kind: kind('constant', 'Always the same.'), value: duration('The duration.') },
  'Always the same duration.',
);

const exponential = section(
  { kind: kind('exponential', 'Memoryless.'), mean: positiveDuration('Mean duration.') },
  'Exponential durations.',
);

const uniform = section(
  {
    kind: kind('uniform', 'Equally likely between two bounds.'),
    min: duration('Shortest duration.'),
    max: duration('Longest duration, above min.'),
  },
  'Durations equally likely between two bounds.',
);

const normal = section(
  {
    kind: kind('normal', 'Bell-shaped, cut off at min and max.'),
    mean: duration('Mean before the cut.'),
    sd: positiveDuration('Standard deviation before the cut.'),
    min: duration('Shortest duration. Default 0s.').optional(),
    max: orNone(duration('Longest duration. Default: none.')),
  },
  'Normal durations, cut off at min and max.',
);

const lognormal = section(
  {
    kind: kind('lognormal', 'Normal in the logarithm.'),
    median: positiveDuration('Median duration.'),
    sigma: finiteNumber(0, 20, 'Standard deviation of the natural logarithm, above 0.', true),
  },
  'Log-normal durations.',
);

const gamma = section(
  {
    kind: kind('gamma', 'Gamma.'),
    shape: shape('Shape; 1 is exponential, larger is more regular.'),
    mean: positiveDuration('Mean duration.'),
  },
  'Gamma durations.',
);

const weibull = section(
  {
    kind: kind('weibull', 'Weibull.'),
    shape: shape('Shape; 1 is exponential, below 1 has a heavy tail.'),
    scale: positiveDuration('Scale: the 63.2 % quantile.'),
  },
  'Weibull durations.',
);

const pareto = section(
  {
    kind: kind('pareto', 'Power-law tail.'),
    shape: shape('Tail index; the mean is finite above 1.'),
    min: positiveDuration('Shortest duration.'),
    max: orNone(positiveDuration('Longest duration, above min. Default: none.')),
  },
  'Pareto durations.',
);

const quantilePoint = z
  .tuple([finiteNumber(0, 1, 'Probability.'), duration('Duration not exceeded with that probability.')], {
    error: 'must be a pair of a probability and a duration such as [0.5, 2h]',
  })
  .meta({ description: 'A probability and the duration not exceeded with it.' });

const empirical = section(
  {
    kind: kind('empirical', 'From observations.'),
    values: list(
      duration('An observed duration.'),
      'durations',
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
  'Durations from observations: exactly one of values and quantiles.',
).meta({ oneOf: [{ required: ['values'] }, { required: ['quantiles'] }] });

const discrete = section(
  {
    kind: kind('discrete', 'A few durations with weights.'),
    values: list(duration('A possible duration.'), 'durations', 1, MOST_VALUES, 'Possible durations.'),
    weights: weights('Relative weight of each value, not all 0.'),
  },
  'A few durations with weights.',
);

const simpleKinds = [
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

const weight = finiteNumber(0, 1e12, 'Relative weight of this part.');

/** A part of a mixture: any other kind with a weight beside its parameters. */
const mixturePart = z.discriminatedUnion('kind', [
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

const KIND_NAMES = [...simpleKinds.map((member) => member.shape.kind.value), 'mixture'];

const mixture = section(
  {
    kind: kind('mixture', 'Each draw comes from one of several parts.'),
    parts: list(
      mixturePart,
      'weighted distributions',
      1,
      MOST_PARTS,
      'Distributions with weights, not all 0.',
    ),
  },
  'Each draw comes from one of several weighted distributions.',
);

/** A distribution of durations. */
export const distributionSchema = z
  .discriminatedUnion('kind', [...simpleKinds, mixture], {
    error: `must be a distribution with a kind: one of ${KIND_NAMES.join(', ')}`,
  })
  .meta({ id: 'distribution', description: 'A distribution of durations, chosen by its kind.' });

export type DistributionDocument = z.infer<typeof distributionSchema>;
export type MixturePartDocument = z.infer<typeof mixturePart>;
