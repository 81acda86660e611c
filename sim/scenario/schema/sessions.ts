import { z } from 'zod';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import { DAYS_PER_WEEK, hourWeights } from './arrivals.ts';
import { claimShape } from './claim.ts';
import { demandShape, NEEDED_OF_DEMAND } from './demand.ts';
import { distributionSchema } from './distribution.ts';
import { layoutShape } from './layout.ts';
import { finiteNumber, flag, identifier, list, orNone, quantity, section, wholeNumber } from './leaves.ts';

const MOST_USERS = 1_000_000;
const MOST_FPS = 1000;

const duration = (description: string) => quantity(durationQuantity, description);

const logon = z
  .union(
    [
      z.discriminatedUnion(
        'kind',
        [
          section(
            { kind: z.literal('always').meta({ description: 'All are logged on from start to end.' }) },
            'All are logged on from start to end.',
          ),
          section(
            {
              kind: z.literal('daily').meta({ description: 'Each user logs on at random hours.' }),
              hourOfDay: hourWeights(
                'Relative chance of each hour of the day. The run starts at hour 0. Default: flat.',
              ),
              dayOfWeek: orNone(
                list(
                  finiteNumber(0, 100, 'Sessions on this day, as a multiple of perDay.'),
                  'weights, one a day',
                  DAYS_PER_WEEK,
                  DAYS_PER_WEEK,
                  'Multiple of perDay on each day of the week. The run starts on day 0. Default: 1 on each.',
                ),
              ),
              perDay: finiteNumber(
                0,
                100,
                'Sessions of a user on a day of weight 1. Default 1.',
                true,
              ).optional(),
            },
            'Each user logs on at random hours, by the weights.',
          ),
          section(
            {
              kind: z.literal('storm').meta({ description: 'Everybody logs on at about the same time.' }),
              at: duration('Time of the first logons, from the start of the run or of each day.'),
              spread: duration('Time within which everybody logs on.'),
              daily: flag('Whether it happens every day. Default true.').optional(),
            },
            'Everybody logs on within a short time.',
          ),
        ],
        { error: 'must be logons with a kind: one of always, daily, storm' },
      ),
      z.literal('always', { error: 'must be always, or logons with a kind: one of always, daily, storm' }),
    ],
    { error: 'must be always, or logons with a kind: one of always, daily, storm' },
  )
  .meta({ description: 'When users log on. Default always: all are there from start to end.' });

const frames = section(
  {
    gpu: distributionSchema.meta({
      description: 'GPU time of a frame, alone on the whole reference GPU.',
    }),
    cpu: duration('CPU time between frames that the GPU waits for. Default 0s.').optional(),
    target: finiteNumber(0, MOST_FPS, 'Frames a second that the program wants, above 0.', true),
    limiter: orNone(
      finiteNumber(0, MOST_FPS, "Cap of frames a second, above 0. Default: the sharing mode's.", true),
    ),
    encode: duration('Time of the encoder. Default 0s.').optional(),
    network: duration('Time of the network, there and back. Default 0s.').optional(),
    display: duration('Time of the display. Default 0s.').optional(),
    deadline: quantity(positiveDurationQuantity, 'A frame is in time if the user sees it within this.'),
  },
  'What makes a frame, and when it is in time.',
);

export const sessionGroupSchema = section(
  {
    name: identifier('Name of the group.'),
    ...demandShape('a session', 1),
    ...layoutShape(),
    ...claimShape(false),
    users: wholeNumber(1, MOST_USERS, 'Number of users.'),
    logon: logon.optional(),
    duration: orNone(
      distributionSchema.meta({ description: 'Length of a session. Default: to the end of the run.' }),
    ),
    activity: orNone(
      section(
        {
          on: distributionSchema.meta({ description: 'Periods with work for the GPU.' }),
          off: distributionSchema.meta({ description: 'Periods without.' }),
        },
        'Periods with and without work for the GPU, in turn. Default: always active.',
      ),
    ),
    frames: orNone(frames),
  },
  'People with a desktop, a game or a preview each.',
).meta(NEEDED_OF_DEMAND);

export type SessionGroupDocument = z.infer<typeof sessionGroupSchema>;
