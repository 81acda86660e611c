import { z } from 'zod';
import { MAX_HOSTS, MAX_REPLICATIONS } from '../limits.ts';
import { confidenceQuantity, multipleQuantity } from '../quantities/ratio.ts';
import {
  finiteNumber,
  flag,
  identifier,
  line,
  list,
  oneOf,
  orNone,
  prose,
  quantityOrNumber,
  section,
  wholeNumber,
} from './leaves.ts';
import { planReplicasSchema } from './plan-replicas.ts';

/** What a plan can be cheap in. */
export const MINIMISED = ['cost', 'gpus', 'hosts'] as const;

const settings = z
  .record(z.string(), z.unknown().meta({ description: 'A value, or null to remove the key.' }), {
    error: 'must be a mapping of paths to values, such as policy.placement: fgd',
  })
  .meta({ description: 'Single values by path, as --set takes them.' });

const option = section(
  {
    name: identifier('Name of the option, for reports.'),
    description: prose(2000, 'What it is about.').optional(),
    set: settings.optional(),
  },
  'One of the things to choose from; without set: the scenario as it is.',
);

const choice = section(
  {
    name: identifier('What is chosen, such as card, sharing or tenure.'),
    options: list(option, 'options', 1, 100, 'What there is to choose from.'),
  },
  'Something that is one way or another. Every option is combined with those of the other choices.',
);

const axis = section(
  {
    name: identifier('What is counted, for reports. Default: the path.').optional(),
    path: line(4096, 'Where the number stands, as --set takes it: fleet.hosts.gpu.count.'),
    from: wholeNumber(0, MAX_HOSTS, 'Fewest. Default 1.').optional(),
    to: wholeNumber(1, MAX_HOSTS, 'Most.'),
    step: wholeNumber(1, MAX_HOSTS, 'By how many it grows. Default 1.').optional(),
  },
  'A whole number to be found: more of it must never serve worse.',
);

const demand = section(
  {
    name: identifier('Name of the demand, for reports.'),
    description: prose(2000, 'What it is about.').optional(),
    factor: finiteNumber(
      0,
      1000,
      'Times the arrivals, users and requests of the scenario. Default 1.',
      true,
    ).optional(),
    set: settings.optional(),
  },
  'What the demand might be in place of what the scenario says.',
);

export const planSchema = section(
  {
    minimise: oneOf(
      MINIMISED,
      'What the plan should have least of: cost a month, GPUs or hosts. Default: cost where the scenario has a cost section, else gpus.',
    ).optional(),
    choices: list(choice, 'choices', 0, 20, 'What can be chosen. Default: nothing.').optional(),
    counts: list(axis, 'counts', 0, 6, 'Numbers to be found. Default: none.').optional(),
    replicas: planReplicasSchema.optional(),
    replications: section(
      {
        search: wholeNumber(1, MAX_REPLICATIONS, 'Runs of a plan before it is judged. Default 3.').optional(),
        most: wholeNumber(
          1,
          MAX_REPLICATIONS,
          'Most runs of a plan that is neither in nor out after these. Default 12.',
        ).optional(),
        verify: wholeNumber(
          2,
          MAX_REPLICATIONS,
          'Runs with fresh seeds of the plan that is found. Default 10.',
        ).optional(),
      },
      'How often plans are run.',
    ).optional(),
    confidence: quantityOrNumber(
      confidenceQuantity,
      'Of the intervals by which objectives are judged. Default 95%.',
    ).optional(),
    uncertainty: flag(
      'Whether the overheads of sharing are drawn anew for each run that verifies the plan. Default true.',
    ).optional(),
    tryCheaper: wholeNumber(
      0,
      10_000,
      'Cheaper plans that nothing is proven of and that are run by themselves, the cheapest first, so that the plan rests on less. Default 6.',
    ).optional(),
    rivals: wholeNumber(
      0,
      100,
      'Other options of which the cheapest plan is found too, to be told beside the plan. Default 3.',
    ).optional(),
    weigh: list(
      line(200, 'A metric, or METRIC:higher, METRIC:lower.'),
      'metrics',
      0,
      10,
      'What plans are weighed by beside what is minimised. Default: the metric of the first objective.',
    ).optional(),
    growth: orNone(
      section(
        {
          upTo: finiteNumber(1, 1000, 'Largest demand that is tried, as a multiple. Default 2.').optional(),
          purchases: wholeNumber(0, 100, 'Purchases that are looked ahead. Default 2.').optional(),
          perYear: orNone(
            quantityOrNumber(
              multipleQuantity,
              'By how much demand grows each year; says when the next host is needed.',
            ),
          ),
        },
        'How much more demand the plan takes, and what is bought next.',
      ),
    ),
    demands: list(
      demand,
      'demands',
      0,
      50,
      'What demand might be: the plan of least regret over all of them is told. Default: none.',
    ).optional(),
  },
  'What `slicewise plan` may choose from, to meet the objectives as cheaply as can be.',
);

export type PlanDocument = z.infer<typeof planSchema>;
