import { refusalMask, refusalNames } from '../cluster/fit.ts';
import { CLOSED_FOR, type FleetView } from '../cluster/fleet.ts';
import type { TaskShape } from '../cluster/request.ts';

/** Which of several reasons a closed host counts under. In a maintenance window it is down as by a failure, so that comes later. */
export const CLOSED_ORDER = [
  'maintenance',
  'failure',
  'uplink',
  'absence',
  'standby',
  'leaving',
  'change',
  'claim',
] as const satisfies readonly (keyof typeof CLOSED_FOR)[];

const HOST_CLOSED = 'host-closed';

/**
 * A reason with `host-closed` in it with what closes most of the hosts that it is about, as `host-closed:failure`: ties
 * to the first of `CLOSED_ORDER`. Any other reason stays as it is.
 *
 * @param hosts where the shape may go
 * @param reason names of refusals, joined by `+`
 */
export function withClosedReason(
  fleet: FleetView,
  hosts: readonly number[],
  shape: TaskShape,
  reason: string,
): string {
  const names = reason.split('+');
  if (!names.includes(HOST_CLOSED)) return reason;
  const counts = CLOSED_ORDER.map(() => 0);
  for (const host of hosts) {
    const closedFor = fleet.closedFor[host] as number;
    if (closedFor === 0 || refusalNames(refusalMask(fleet, host, shape)).join('+') !== reason) continue;
    const first = CLOSED_ORDER.findIndex((why) => (closedFor & CLOSED_FOR[why]) !== 0);
    counts[first]! += 1;
  }
  const most = CLOSED_ORDER[counts.indexOf(Math.max(...counts))];
  return names.map((name) => (name === HOST_CLOSED ? `${name}:${most}` : name)).join('+');
}
