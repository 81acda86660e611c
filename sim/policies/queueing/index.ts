import type { QueueingPolicy } from './discipline.ts';
import { drf } from './drf.ts';
import { fairShare } from './fair-share.ts';
import { fifo } from './fifo.ts';
import { ftf } from './ftf.ts';
import { largeFirst } from './large-first.ts';
import { las } from './las.ts';
import { maxMin } from './max-min.ts';
import { QUEUEING_POLICY_NAMES, type QueueingPolicyName } from './names.ts';
import { priority } from './priority.ts';
import { quotas } from './quotas.ts';
import { sjf } from './sjf.ts';
import { srsf } from './srsf.ts';
import { srtf } from './srtf.ts';
import { wfq } from './wfq.ts';

const byName: Readonly<Record<QueueingPolicyName, QueueingPolicy>> = {
  fifo,
  sjf,
  srtf,
  srsf,
  'large-first': largeFirst,
  priority,
  'fair-share': fairShare,
  wfq,
  las,
  drf,
  'max-min': maxMin,
  quotas,
  ftf,
};

/** All queueing disciplines in listing order. */
export const QUEUEING_POLICIES: readonly QueueingPolicy[] = QUEUEING_POLICY_NAMES.map((name) => byName[name]);

/** The discipline of that name. */
export function queueingPolicy(name: QueueingPolicyName): QueueingPolicy {
  return byName[name];
}
