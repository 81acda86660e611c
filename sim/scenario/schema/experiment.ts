import { z } from 'zod';
import { FILL_ORDER_NAMES } from '../names.ts';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import { multipleQuantity } from '../quantities/ratio.ts';
import { flag, oneOf, orNone, quantity, quantityOrNumber, section } from './leaves.ts';
import { precisionSchema } from './precision.ts';

/** A duration, or the word for one that is found out. */
const durationOrAuto = {
  ...durationQuantity,
  accepts: `auto, or ${durationQuantity.accepts}`,
  pattern: `^(auto|${durationQuantity.pattern.replace(/^\^|\$$/g, '')})$`,
  examples: [...durationQuantity.examples, 'auto'],
  read: (written: string | number) =>
    written === 'auto' ? ({ ok: true, value: 0 } as const) : durationQuantity.read(written),
};

export const experimentSchema = z
  .discriminatedUnion(
    'kind',
    [
      section(
        {
          kind: z
            .literal('timed')
            .meta({ description: 'Tasks arrive, wait, run and leave in simulated time.' }),
          horizon: orNone(
            quantity(
              positiveDurationQuantity,
              'Time at which the run stops. Default: when every task has left.',
            ),
          ),
          warmup: quantity(
            durationOrAuto,
            'Time at the start that metrics leave out; auto: each run is made twice, first to see when it settles (MSER-5). Default 0s.',
          ).optional(),
          hindsight: flag(
            'Whether to find out how little jobs could have waited at the least, whatever the policy. Default false.',
          ).optional(),
          precision: orNone(precisionSchema),
        },
        'Tasks arrive, wait, run and leave in simulated time.',
      ),
      section(
        {
          kind: z
            .literal('fill')
            .meta({ description: 'Tasks are placed one by one and stay; what does not fit is dropped.' }),
          target: quantityOrNumber(
            multipleQuantity,
            'GPU requested in all, as a multiple of the GPU capacity. Unused where order is file. Default 1.3.',
          ).optional(),
          order: oneOf(
            FILL_ORDER_NAMES,
            'shuffle: shuffled by the seed, tasks added or removed to meet the target; file: as given. Default shuffle.',
          ).optional(),
          hindsight: flag(
            'Whether to find out what no policy could have exceeded, knowing all tasks. Default false.',
          ).optional(),
          precision: orNone(precisionSchema),
        },
        'Tasks are placed one by one until the fleet is full; nothing leaves.',
      ),
    ],
    { error: 'must be an experiment with a kind: one of timed, fill' },
  )
  .meta({ description: 'What is done with the tasks. Default: timed, until every task has left.' });
