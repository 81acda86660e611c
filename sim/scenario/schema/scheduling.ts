import { z } from 'zod';
import {
  ESTIMATE_NAMES,
  FILL_RULES,
  PREEMPTION_NAMES,
  PREEMPTION_WAYS,
  QUEUE_ORDERS,
} from '../../policies/queueing/names.ts';
import { ROUND_ORDERS, SPEED_VIEWS, TIME_SHARE_NAMES } from '../../policies/time-share/names.ts';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import { shareOrZeroQuantity } from '../quantities/ratio.ts';
import {
  finiteNumber,
  flag,
  line,
  list,
  oneOf,
  orNone,
  quantity,
  quantityOrNumber,
  section,
  wholeNumber,
} from './leaves.ts';

const MOST_GPUS = 1e9;

/** A tenant, or a path in the tree of queues. */
export const queuePath = (description: string) => line(200, description);

const quota = section(
  {
    guaranteed: finiteNumber(0, MOST_GPUS, 'GPUs that it always gets back. Default 0.').optional(),
    max: orNone(
      finiteNumber(0, MOST_GPUS, 'Most GPUs that it may have, borrowed ones too. Default: no limit.'),
    ),
    weight: finiteNumber(
      0,
      1e9,
      'Weight by which siblings share what is left over. Default 1.',
      true,
    ).optional(),
  },
  'What one queue is due.',
);

const numbersByName = (what: string, each: string, description: string) =>
  z
    .record(line(200, what), finiteNumber(0, 1e9, each, true), {
      error: `must be a mapping of ${description}`,
    })
    .optional();

const timeShare = section(
  {
    by: oneOf(TIME_SHARE_NAMES, 'The policy that divides GPU time among jobs and GPU models.'),
    speeds: oneOf(
      SPEED_VIEWS,
      'Whether the policy knows how fast each job is on each model, or takes all models on which it runs to be alike. Default known.',
    ).optional(),
    order: oneOf(
      ROUND_ORDERS,
      'In which order a round hands out GPUs: all pairs of job and model by priority, or model by model as they stand in the fleet or shuffled. Default pairs.',
    ).optional(),
    review: quantity(
      durationQuantity,
      'Least time from one division to the next. Default 0s: at the next round after jobs or GPUs came or went.',
    ).optional(),
    weights: numbersByName('A tenant.', 'Its weight.', 'tenants to weights').meta({
      description: 'Weights of tenants; those not named have 1.',
    }),
    costs: numbersByName('A GPU model.', 'What it costs.', 'GPU models to what they cost').meta({
      description:
        'Under throughput, what a GPU of each model costs for the same time; those not named cost 1.',
    }),
  },
  'How the time of GPUs is divided, in place of the order of the discipline. Implies preemption: refill and rounds.',
);

/** How a pool is scheduled, besides discipline and placement. */
export const schedulingSchema = section(
  {
    fill: oneOf(
      FILL_RULES,
      'What happens when the next job finds no room: nobody overtakes it, whoever fits may start, or only jobs that do not delay the first (easy) or any (conservative) of those passed. Default: that of the discipline.',
    ).optional(),
    depth: wholeNumber(
      1,
      1_000_000,
      'Most waiting jobs that easy and conservative look at in one decision. Default 100.',
    ).optional(),
    preemption: oneOf(
      PREEMPTION_NAMES,
      'Whether running jobs are stopped for others. Default: evict where the discipline is one that stops jobs, else none.',
    ).optional(),
    stopBy: oneOf(
      PREEMPTION_WAYS,
      'How a running job gives way. Default suspend: it keeps its work, at no cost.',
    ).optional(),
    migrate: orNone(
      line(
        64,
        'Where stopBy is migrate, name of the way to migrate of the mode. Default: the first that the mode has.',
      ),
    ),
    rounds: orNone(
      quantity(
        positiveDurationQuantity,
        'Decisions are made at multiples of this only. Default: whenever something changes.',
      ),
    ),
    keepPlace: flag(
      'Under refill, whether a job that goes on keeps its place where that is free. Default true.',
    ).optional(),
    timeShare: timeShare.optional(),
    minRun: quantity(
      durationQuantity,
      'A job that began to run is left alone for this long. Default 0s.',
    ).optional(),
    estimates: z
      .union(
        [
          z.enum(ESTIMATE_NAMES),
          section(
            {
              of: oneOf(ESTIMATE_NAMES, 'What the error is put on. Default exact.').optional(),
              noise: finiteNumber(
                0,
                5,
                'Standard deviation of the logarithm of the factor; its median is 1.',
              ),
            },
            'Run times with a random error.',
          ),
        ],
        { error: `must be one of ${ESTIMATE_NAMES.join(', ')}, or {noise: 0.5}` },
      )
      .optional()
      .meta({
        description:
          'What the scheduler takes run times to be: exact, as stated in the trace, or with a random error. Default exact.',
      }),
    maxJobsPerUser: orNone(wholeNumber(1, 1e9, 'Most jobs of a tenant that run at once. Default: no limit.')),
    maxGpusPerUser: orNone(
      finiteNumber(0, MOST_GPUS, 'Most GPUs that a tenant holds at once. Default: no limit.', true),
    ),
    ageing: orNone(
      quantity(
        positiveDurationQuantity,
        'Time after which a waiting job counts as one priority higher. Default: never.',
      ),
    ),
    halfLife: orNone(
      quantity(
        positiveDurationQuantity,
        'Time in which past use comes to count half as much. Default: it counts for good.',
      ),
    ),
    weights: z
      .record(queuePath('A tenant.'), finiteNumber(0, 1e9, 'Its weight.', true), {
        error: 'must be a mapping of tenants to weights',
      })
      .optional()
      .meta({ description: 'Weights of tenants; those not named have 1.' }),
    resourceWeights: section(
      {
        compute: quantityOrNumber(shareOrZeroQuantity, 'Weight of GPU compute. Default 1.').optional(),
        memory: quantityOrNumber(shareOrZeroQuantity, 'Weight of GPU memory. Default 0.').optional(),
      },
      'How wfq adds up what a job takes.',
    ).optional(),
    attainedLimits: list(
      finiteNumber(0, 1e15, 'GPU-seconds.', true),
      'numbers of GPU-seconds',
      0,
      100,
      'Attained service at which las takes a job to the next queue, ascending. Default [3250, 7200].',
    ).optional(),
    promoteAfter: orNone(
      finiteNumber(
        0,
        1e9,
        'Under las a job that waits longer than this many times its run time so far goes back to the first queue. Default: never.',
        true,
      ),
    ),
    queueOrder: oneOf(
      QUEUE_ORDERS,
      'How las serves each of its queues: in order of arrival, or of the first start, as Tiresias does, and those that have not started yet after the others by arrival. Default arrival.',
    ).optional(),
    quotas: z
      .record(queuePath('Path of the queue: research/vision is below research.'), quota, {
        error: 'must be a mapping of queues to quotas',
      })
      .optional()
      .meta({ description: 'The tree of queues. Those not named are due nothing.' }),
  },
  'How jobs take turns: what the discipline reads, and what holds under any.',
);

export type SchedulingDocument = z.infer<typeof schedulingSchema>;
