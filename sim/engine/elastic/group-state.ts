import { Held } from '../../policies/autoscaling/index.ts';
import { Bill } from './bill.ts';
import { QueueWatch } from './queue-watch.ts';
import type { ElasticGroup } from './setup.ts';

/** A group as it runs. */
export interface GroupState {
  readonly group: ElasticGroup;
  readonly number: number;
  /** Jobs that wait and that a host of the group could take. */
  readonly queue: QueueWatch;
  readonly bill: Bill | undefined;
  readonly above: Held;
  readonly below: Held;
  /** By demand: whether a host of the group could take such a worker. */
  readonly takes: Map<number, boolean>;
  lastOutUs: number;
  lastInUs: number;
  isCapped: boolean;
}

export function groupState(group: ElasticGroup, number: number): GroupState {
  return {
    group,
    number,
    queue: new QueueWatch(),
    bill: group.price === null ? undefined : new Bill(group.price),
    above: new Held(),
    below: new Held(),
    takes: new Map(),
    lastOutUs: Number.NEGATIVE_INFINITY,
    lastInUs: Number.NEGATIVE_INFINITY,
    isCapped: false,
  };
}
