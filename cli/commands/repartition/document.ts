import { z } from 'zod';
import { durationQuantity } from '../../../sim/scenario/quantities/duration.ts';
import {
  finiteNumber,
  flag,
  identifier,
  line,
  list,
  oneOf,
  orNone,
  quantity,
  section,
  wholeNumber,
} from '../../../sim/scenario/schema/leaves.ts';

/** The search is over all cards together, and takes half a minute with as many full ones. */
const MAX_CARDS = 16;
const MAX_INSTANCES = 16;
const OBJECTIVES = 'must be loss-first, touches-first or {gpuMinutesPerTouch: number}';

const job = section(
  {
    name: line(128, 'Its name, of its own over all cards.'),
    remaining: orNone(quantity(durationQuantity, 'Estimated time until it ends. Default: nobody knows.')),
    preemptible: flag('Whether it may be stopped. Default false.').optional(),
    checkpoint: orNone(
      section(
        {
          save: quantity(durationQuantity, 'Time to write one when it is stopped. Default 0s.').optional(),
          restore: quantity(
            durationQuantity,
            'Time to read it back at the next start. Default 0s.',
          ).optional(),
        },
        'How a job that may be stopped saves what it has done.',
      ),
    ),
    done: quantity(
      durationQuantity,
      'Work since its begin, all of which is lost with a job that is stopped without a checkpoint.',
    ).optional(),
    migrate: orNone(
      quantity(
        durationQuantity,
        'How long it stands still when it moves to another instance of its profile. Default: it cannot.',
      ),
    ),
  },
  'The job of an instance.',
);

const instance = section(
  {
    profile: line(64, 'MIG profile: 3g.20gb, 1g.10gb+me, 2g.'),
    start: wholeNumber(0, 31, 'First unit of the placement axis that it covers.'),
    job: orNone(job),
  },
  'A GPU instance.',
);

const card = section(
  {
    name: identifier('Its name, of its own.'),
    instances: list(instance, 'instances', 0, MAX_INSTANCES, 'What it is cut into now.'),
  },
  'A card in MIG mode.',
);

const counts = z.record(line(64, 'A MIG profile.'), wholeNumber(0, 1000, 'Instances of it.'), {
  error: 'must be a mapping of MIG profiles to numbers of instances',
});

/** Cards with what runs on them, and what they are to become: the file of `slicewise repartition`. */
export const cardsSchema = section(
  {
    gpu: line(128, 'GPU model of all cards, by any name of the catalogue.'),
    cards: list(card, 'cards', 1, MAX_CARDS, 'The cards as they are.'),
    target: section(
      {
        instances: counts.describe('Instances wanted over all cards, by profile.').optional(),
        cards: z
          .record(line(64, 'Name of a card.'), counts, {
            error: 'must be a mapping of cards to the instances wanted there',
          })
          .describe('Instances wanted by card and profile. Nothing is wanted on cards that are left out.')
          .optional(),
        ready: oneOf(
          ['idle', 'standing'],
          'idle: that many without a job, for jobs that wait. standing: with or without one. Default idle.',
        ).optional(),
      },
      'The instances that are wanted, over all cards or on each.',
    ),
    objective: z
      .union(
        [
          z.enum(['loss-first', 'touches-first'], { error: OBJECTIVES }),
          section(
            { gpuMinutesPerTouch: finiteNumber(0, 1e6, 'What a job counts that is stopped or moved.') },
            'Both, weighed.',
          ),
        ],
        { error: OBJECTIVES },
      )
      .describe('What a plan is to cost least of: GPU time lost, jobs touched, or both. Default loss-first.')
      .optional(),
    creation: oneOf(
      ['chosen', 'driver'],
      'Where a new instance starts: where the plan says, or where the driver puts it. Default chosen.',
    ).optional(),
  },
  'Cards and what they are to become.',
).meta({ title: 'Slicewise cards' });

export type CardsDocument = z.infer<typeof cardsSchema>;
export type JobDocument = z.infer<typeof job>;
