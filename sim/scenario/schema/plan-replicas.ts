import type { z } from 'zod';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import { shareQuantity } from '../quantities/ratio.ts';
import { modelName } from './fleet.ts';
import {
  finiteNumber,
  identifier,
  line,
  list,
  quantity,
  quantityOrNumber,
  section,
  wholeNumber,
} from './leaves.ts';

const MOST_SERVICES = 1000;
const MOST_SIZES = 1000;
const MOST_BATCH = 10_000;
const MOST_PROCESSES = 1024;

const size = section(
  {
    slot: section(
      { profile: line(40, 'A MIG profile such as 2g.20gb.') },
      'The part of a card that a replica takes.',
    ),
    models: list(
      modelName('A GPU model of the fleet.'),
      'GPU models',
      1,
      100,
      'GPU models on which these times hold. Default: all that have the profile.',
    ).optional(),
    batch: section(
      {
        times: list(
          quantity(positiveDurationQuantity, 'Time of a batch of this size.'),
          'durations',
          1,
          MOST_BATCH,
          'Time of a batch of 1, 2, 3, ... requests on such a part, with all batches of the replica in work; the last holds for larger ones, too.',
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
      'How requests are served together there.',
    ),
    concurrency: wholeNumber(
      1,
      MOST_PROCESSES,
      'Batches that a replica works on at a time, each in a process of its own. Default 1.',
    ).optional(),
  },
  'A form in which a replica may run.',
);

/** Services whose replicas, their sizes and the layouts of the cards are to be chosen. */
export const planReplicasSchema = list(
  section(
    {
      service: identifier('Name of a service of the workload with open traffic.'),
      sizes: list(size, 'sizes', 1, MOST_SIZES, 'Forms in which a replica may run; several may be chosen.'),
      headroom: finiteNumber(
        0,
        100,
        'Replicas can answer (1 + headroom) times the requests of the busiest hour. Default: that of the plan.',
      ).optional(),
      batchShare: quantityOrNumber(
        shareQuantity,
        "Part of the service's objective that its largest batch may take; the rest is for waiting. Default 50%.",
      ).optional(),
    },
    'A service with the sizes that its replicas may have.',
  ),
  'services',
  1,
  MOST_SERVICES,
  'Services whose replicas are sized: how many of which size, on how few cards, cut how. Host groups that share by MIG without a layout are cut for them.',
);

export type PlanReplicasDocument = z.infer<typeof planReplicasSchema>;
