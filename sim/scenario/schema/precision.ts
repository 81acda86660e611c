import type { z } from 'zod';
import { MAX_REPLICATIONS } from '../limits.ts';
import { precisionWidth } from '../quantities/precision.ts';
import { line, list, quantityOrNumber, section, wholeNumber } from './leaves.ts';

/** Replications until metrics are known as closely as asked for. */
export const precisionSchema = section(
  {
    targets: list(
      section(
        {
          metric: line(200, 'Name of a metric, such as wait.mean: see docs/results.md.'),
          within: quantityOrNumber(
            precisionWidth,
            'Wanted half-width of its 95 % interval: a part of the mean (5%), or a number in the unit of the metric.',
          ),
        },
        'A metric and how closely it is to be known.',
      ),
      'targets',
      1,
      100,
      'Metrics and how closely each is to be known; all of them are to be reached.',
    ),
    pilot: wholeNumber(
      5,
      1000,
      'First replications, whose spread settles how many it takes. Default 10.',
    ).optional(),
    most: wholeNumber(
      5,
      MAX_REPLICATIONS,
      'Replications at most, the pilot included. Default 1000.',
    ).optional(),
  },
  'Replications until metrics are known as closely as asked for, in place of a number of them.',
);

export type PrecisionDocument = z.infer<typeof precisionSchema>;
