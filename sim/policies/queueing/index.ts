import type { QueueingPolicy } from './discipline.ts';
import { fifo } from './fifo.ts';
import { QUEUEING_POLICY_NAMES, type QueueingPolicyName } from './names.ts';

const byName: Readonly<Record<QueueingPolicyName, QueueingPolicy>> = { fifo };

/** All queueing disciplines in listing order. */
export const QUEUEING_POLICIES: readonly QueueingPolicy[] = QUEUEING_POLICY_NAMES.map((name) => byName[name]);

/** The discipline of that name. */
export function queueingPolicy(name: QueueingPolicyName): QueueingPolicy {
  return byName[name];
}
