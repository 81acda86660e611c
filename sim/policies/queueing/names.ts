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
 * says; `kill` loses what it has not saved; `migrate` goes on elsewhere where its mode can and there is room.
 */
export const PREEMPTION_WAYS = ['suspend', 'checkpoint', 'kill', 'migrate'] as const;
export type PreemptionWay = (typeof PREEMPTION_WAYS)[number];

/** What the scheduler takes run times to be, besides a random error of a stated size. */
export const ESTIMATE_NAMES = ['true', 'stated'] as const;
export type EstimateName = (typeof ESTIMATE_NAMES)[number];
