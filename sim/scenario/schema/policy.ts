import { z } from 'zod';
import { PLACEMENT_POLICY_NAMES } from '../../policies/placement/names.ts';
import { QUEUEING_POLICY_NAMES } from '../../policies/queueing/names.ts';
import { MAX_GPUS_PER_HOST, MAX_HOST_GROUPS } from '../limits.ts';
import { TIE_BREAK_NAMES } from '../names.ts';
import { hostCpuQuantity } from '../quantities/cpu.ts';
import { shareQuantity } from '../quantities/ratio.ts';
import {
  finiteNumber,
  identifier,
  line,
  list,
  oneOf,
  orNone,
  quantityOrNumber,
  section,
  wholeNumber,
} from './leaves.ts';
import { schedulingSchema } from './scheduling.ts';

/** The keys of whatever has a queue and places jobs: the policy as a whole, and each pool. */
const scheduledShape = {
  placement: oneOf(PLACEMENT_POLICY_NAMES, 'Where a task goes. Default best-fit.').optional(),
  scores: z
    .partialRecord(z.enum(PLACEMENT_POLICY_NAMES), finiteNumber(0, 1e6, 'Weight of its score.', true), {
      error: `must be a mapping of placement policies to weights: ${PLACEMENT_POLICY_NAMES.join(', ')}`,
    })
    .optional()
    .meta({
      description:
        'Placement policies whose scores are added up by weight, in place of placement; GPUs are chosen by the one with the greatest weight.',
    }),
  tieBreak: oneOf(
    TIE_BREAK_NAMES,
    'What settles equal scores. Default auto: shuffled where a fill experiment shuffles its tasks, else host-order.',
  ).optional(),
  queueing: oneOf(QUEUEING_POLICY_NAMES, 'Who is next. Default fifo.').optional(),
  scheduling: schedulingSchema.optional(),
};

const poolSchema = section(
  {
    name: identifier('Name of the pool, which classes, services and session groups refer to.'),
    hosts: list(
      line(128, 'A host group, or a host by its name.'),
      'host groups or hosts',
      1,
      MAX_HOST_GROUPS,
      'Its hosts: host groups, and single hosts by name.',
    ),
    ...scheduledShape,
  },
  'Hosts with a queue of their own.',
);

const MOST_POOLS = 100;

export const policySchema = section(
  {
    ...scheduledShape,
    typicalShare: quantityOrNumber(
      shareQuantity,
      'The fgd policy expects the most frequent task shapes that together cover this share of the mix. Default 95%.',
    ).optional(),
    referenceHost: orNone(
      section(
        {
          cpu: quantityOrNumber(hostCpuQuantity, 'CPU cores; a bare number is cores.'),
          gpus: wholeNumber(1, MAX_GPUS_PER_HOST, 'Number of GPUs.'),
        },
        'Host size that policies divide CPU and GPU by before they compare them. Default: the largest of the fleet.',
      ),
    ),
    pools: list(
      poolSchema,
      'pools',
      1,
      MOST_POOLS,
      'Hosts with queues and policies of their own. All other hosts are the pool default, which the rest of this section is about.',
    ).optional(),
  },
  'Who runs next, and where.',
);

export type PoolDocument = z.infer<typeof poolSchema>;
