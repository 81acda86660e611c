import { z } from 'zod';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import { arrivalsSchema } from './arrivals.ts';
import { claimShape } from './claim.ts';
import { demandShape } from './demand.ts';
import { distributionSchema, numberDistributionSchema } from './distribution.ts';
import { layoutShape } from './layout.ts';
import { identifier, list, oneOf, orNone, quantity, section, wholeNumber } from './leaves.ts';

const MOST_REPLICAS = 100_000;
const MOST_CLIENTS = 1_000_000;
const MOST_BATCH = 10_000;

const traffic = z
  .discriminatedUnion(
    'kind',
    [
      section(
        {
          kind: z.literal('open').meta({ description: 'Requests arrive whatever the service does.' }),
          arrivals: arrivalsSchema.meta({ description: 'When requests arrive.' }),
        },
        'Requests arrive whatever the service does.',
      ),
      section(
        {
          kind: z
            .literal('closed')
            .meta({ description: 'Each client sends, waits for the answer, thinks, and sends again.' }),
          clients: wholeNumber(1, MOST_CLIENTS, 'Number of clients.'),
          think: distributionSchema
            .optional()
            .meta({ description: 'Time between an answer and the next request. Default: none.' }),
        },
        'A fixed number of clients ask in turn.',
      ),
    ],
    { error: 'must be traffic with a kind: one of open, closed' },
  )
  .meta({ description: 'Where requests come from.' });

const batch = section(
  {
    times: list(
      quantity(positiveDurationQuantity, 'GPU time of a batch of this size.'),
      'durations',
      1,
      MOST_BATCH,
      'GPU time of a batch of 1, 2, 3, ... requests, alone on the whole reference GPU; the last holds for larger ones, too.',
    ),
    max: wholeNumber(
      1,
      MOST_BATCH,
      'Most requests served together. Default: as many as there are times.',
    ).optional(),
    wait: quantity(
      durationQuantity,
      'How long the first request of a batch waits for others. Default 0s.',
    ).optional(),
  },
  'How requests are served together.',
);

export const serviceSchema = section(
  {
    name: identifier('Name of the service.'),
    ...demandShape('a replica', 1),
    ...layoutShape(),
    ...claimShape(false),
    replicas: wholeNumber(1, MOST_REPLICAS, 'Number of replicas. Default 1.').optional(),
    traffic,
    batch: batch.optional(),
    variability: orNone(
      numberDistributionSchema.meta({
        description:
          "Random factor of each batch's time; only its form counts, as it is scaled to mean 1. Default: none.",
      }),
    ),
    concurrency: wholeNumber(1, 1024, 'Batches that one replica works on at a time. Default 1.').optional(),
    dispatch: oneOf(
      ['shortest-queue', 'round-robin'],
      'Which replica gets a request. Default shortest-queue.',
    ).optional(),
    objective: orNone(
      quantity(positiveDurationQuantity, 'Latency that counts as in time. Default: none stated.'),
    ),
  },
  'A replicated server. It needs batch, unless a preset brings it.',
).meta({ anyOf: [{ required: ['cpu', 'memory', 'batch'] }, { required: ['preset'] }] });

export type ServiceDocument = z.infer<typeof serviceSchema>;
