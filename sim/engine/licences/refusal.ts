import type { Fleet } from '../../cluster/fleet.ts';
import type { SeatRefusal } from '../../cluster/seat-book.ts';
import type { Placer } from '../../policies/placement/placer.ts';
import type { LiveJob } from '../live-job.ts';
import { giveBack, reserve, takeBack } from '../reserve.ts';

/**
 * Whether a job that lacks a licence is turned away. Who ran before and was stopped is not, but waits: it had one when it
 * came.
 */
export function isTurnedAway(refusal: SeatRefusal, { preemptions, faults }: LiveJob): boolean {
  if (refusal.way === 'wait') return false;
  return refusal.reason !== 'licence' || preemptions + faults === 0;
}

/**
 * Whether a waiting job that takes the place of others gets its licences, although some of them go on elsewhere and keep
 * theirs. The fleet is left as it was.
 */
export function hasSeatsBeside(
  fleet: Fleet,
  placer: Placer,
  { job }: LiveJob,
  victims: readonly LiveJob[],
  staying: readonly LiveJob[],
): boolean {
  const { seats, gains } = fleet;
  if (seats === undefined) return true;
  for (const { parts } of victims) giveBack(fleet, parts);
  for (const { parts } of staying) seats.taken(parts);
  const found = reserve(fleet, placer, job);
  if (found !== undefined) giveBack(fleet, found);
  for (const { parts } of staying) seats.givenBack(parts);
  for (const { parts } of victims) takeBack(fleet, parts);
  fleet.gains = gains;
  return found !== undefined;
}
