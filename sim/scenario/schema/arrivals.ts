import { z } from 'zod';
import { positiveDurationQuantity } from '../quantities/duration.ts';
import { rateOrZeroQuantity, rateQuantity } from '../quantities/rate.ts';
import { distributionSchema, numberDistributionSchema } from './distribution.ts';
import { finiteNumber, list, orNone, quantity, section } from './leaves.ts';

export const HOURS_PER_DAY = 24;
export const DAYS_PER_WEEK = 7;
const MOST_STATES = 100;

/** One relative weight for each hour of the day. */
export const hourWeights = (description: string) =>
  orNone(
    list(
      finiteNumber(0, 1e12, 'Relative weight.'),
      'weights, one an hour',
      HOURS_PER_DAY,
      HOURS_PER_DAY,
      description,
    ),
  );

const dayWeights = (description: string) =>
  orNone(
    list(
      finiteNumber(0, 1e12, 'Relative weight.'),
      'weights, one a day',
      DAYS_PER_WEEK,
      DAYS_PER_WEEK,
      description,
    ),
  );

const rate = quantity(rateQuantity, 'Mean arrival rate.');

const modulationState = section(
  {
    rate: quantity(rateOrZeroQuantity, 'Arrival rate in this state; 0/s where nothing arrives.'),
    mean: quantity(positiveDurationQuantity, 'Mean time in this state, exponential.'),
  },
  'A state of the modulation.',
);

/** When something arrives: tasks, or requests of a service. */
export const arrivalsSchema = z
  .discriminatedUnion(
    'process',
    [
      section(
        {
          process: z.literal('poisson').meta({ description: 'Independent arrivals.' }),
          rate,
          hourOfDay: hourWeights(
            'Relative rate in each hour of the day, scaled to mean 1. The run starts at hour 0. Default: flat.',
          ),
          dayOfWeek: dayWeights(
            'Relative rate on each day of the week, scaled to mean 1. The run starts on day 0. Default: flat.',
          ),
        },
        'Poisson arrivals, at a rate that may vary over the day and the week.',
      ),
      section(
        { process: z.literal('deterministic').meta({ description: 'Evenly spaced arrivals.' }), rate },
        'Evenly spaced arrivals.',
      ),
      section(
        {
          process: z.literal('renewal').meta({ description: 'Independent gaps from one distribution.' }),
          interarrival: distributionSchema.meta({ description: 'Distribution of the gaps.' }),
        },
        'Arrivals whose gaps are independent draws from one distribution.',
      ),
      section(
        {
          process: z
            .literal('markov-modulated')
            .meta({ description: 'Poisson arrivals at the rate of a state that changes by chance.' }),
          states: list(
            modulationState,
            'states',
            2,
            MOST_STATES,
            'States, at least one with a rate above 0. After a state any other follows, each with equal chance.',
          ),
        },
        'Markov-modulated Poisson arrivals: quiet and busy times of random length.',
      ),
      section(
        {
          process: z.literal('bursts').meta({ description: 'Several arrivals at a time, at random times.' }),
          rate: quantity(rateQuantity, 'Mean rate of the bursts, which are independent of each other.'),
          size: numberDistributionSchema.meta({
            description: 'Arrivals of a burst, rounded to a whole number; a burst of none does not happen.',
          }),
          gap: distributionSchema
            .optional()
            .meta({ description: 'Time between arrivals of one burst. Default: none, all come at once.' }),
        },
        'Bursts at Poisson instants.',
      ),
    ],
    {
      error:
        'must be arrivals with a process: one of poisson, deterministic, renewal, markov-modulated, bursts',
    },
  )
  .meta({ id: 'arrivals', description: 'When something arrives, chosen by its process.' });

export type ArrivalsDocument = z.infer<typeof arrivalsSchema>;
