/** Names of the queueing disciplines, in the order in which help and reports list them. */
export const QUEUEING_POLICY_NAMES = [
  'fifo',
  'sjf',
  'srtf',
  'srsf',
  'large-first',
  'priority',
  'fair-share',
  'wfq',
  'las',
  'drf',
  'max-min',
  'quotas',
  'ftf',
] as const;

export type QueueingPolicyName = (typeof QUEUEING_POLICY_NAMES)[number];

/** Keys of `policy.scheduling` that only some disciplines read. */
export type DisciplineOption =
  | 'ageing'
  | 'halfLife'
  | 'weights'
  | 'resourceWeights'
  | 'attainedLimits'
  | 'promoteAfter'
  | 'queueOrder'
  | 'quotas';

/** What each discipline reads of them. */
export const OPTIONS_READ: Readonly<Record<QueueingPolicyName, readonly DisciplineOption[]>> = {
  fifo: [],
  sjf: [],
  srtf: [],
  srsf: [],
  'large-first': [],
  priority: ['ageing'],
  'fair-share': ['halfLife', 'weights'],
  wfq: ['weights', 'resourceWeights'],
  las: ['attainedLimits', 'promoteAfter', 'queueOrder'],
  drf: ['weights'],
  'max-min': ['weights'],
  quotas: ['quotas'],
  ftf: [],
};

/**
 * Order in which las serves each of its queues: by `arrival`, or those first that have run before, in the order of their
 * `first-start`, and those that have not by arrival.
 */
export const QUEUE_ORDERS = ['arrival', 'first-start'] as const;
export type QueueOrder = (typeof QUEUE_ORDERS)[number];

/** Disciplines that stop running jobs unless told not to. */
export const STOPPING_NAMES: readonly QueueingPolicyName[] = [
  'srtf',
  'srsf',
  'priority',
  'las',
  'max-min',
  'quotas',
  'ftf',
];

/**
 * What happens when the next job finds no room: `block` nobody overtakes it; `skip` whoever fits may start; `easy` jobs
 * that do not delay the first blocked job; `conservative` jobs that delay none of those before them.
 */
export const FILL_RULES = ['block', 'skip', 'easy', 'conservative'] as const;
export type FillRule = (typeof FILL_RULES)[number];

/**
 * Whether running jobs are stopped for others: `evict` as few as the next one needs; `refill` all that may be stopped
 * compete anew with those that wait.
 */
export const PREEMPTION_NAMES = ['none', 'evict', 'refill'] as const;
export type PreemptionName = (typeof PREEMPTION_NAMES)[number];

/**
 * How a running job gives way: `suspend` keeps its work at no cost; `checkpoint` saves and reads back what its class
 * says; `kill` loses what it has not saved; `migrate` goes on elsewhere under `evict` where its mode can migrate live and
 * there is room, else it is as `checkpoint`.
 */
export const PREEMPTION_WAYS = ['suspend', 'checkpoint', 'kill', 'migrate'] as const;
export type PreemptionWay = (typeof PREEMPTION_WAYS)[number];

/** What the scheduler takes run times to be, besides a random error of a stated size. */
export const ESTIMATE_NAMES = ['exact', 'stated'] as const;
export type EstimateName = (typeof ESTIMATE_NAMES)[number];
