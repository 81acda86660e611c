/** Names of the queueing disciplines, in the order in which help and reports list them. */
export const QUEUEING_POLICY_NAMES = ['fifo'] as const;

export type QueueingPolicyName = (typeof QUEUEING_POLICY_NAMES)[number];
