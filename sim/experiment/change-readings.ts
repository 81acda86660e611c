import type { ChangeCounts } from '../engine/host-changes.ts';
import type { Readings } from '../observe/metric.ts';

/** What became of the planned changes of hosts, as `changes...`. */
export function readChanges(into: Readings, counts: ChangeCounts): void {
  const { done, drainSec, closedSec, moved, notMoved, stopped, stunSec } = counts;
  into.set('changes.hosts', { value: done, unit: 'hosts' });
  into.set('changes.drain.mean', { value: done === 0 ? null : drainSec / done, unit: 'seconds' });
  into.set('changes.closed.mean', { value: done === 0 ? null : closedSec / done, unit: 'seconds' });
  into.set('changes.moved', { value: moved, unit: 'jobs' });
  into.set('changes.notMoved', { value: notMoved, unit: 'jobs' });
  into.set('changes.stopped', { value: stopped, unit: 'jobs' });
  into.set('changes.stun.mean', { value: moved === 0 ? null : stunSec / moved, unit: 'seconds' });
}
