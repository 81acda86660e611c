import type { Fleet } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import type { Placer } from '../policies/placement/placer.ts';
import { isLike } from './host-changes.ts';
import type { LiveJob } from './live-job.ts';
import { takeOff } from './parts.ts';
import { giveBack, reserve, takeBack, tryTakeBack } from './reserve.ts';

/** A running job with the place that is held for it elsewhere, and how long it stands still on the way. */
export interface Relocation {
  readonly live: LiveJob;
  readonly parts: readonly Part[];
  readonly stunUs: number;
}

/** What is to be known of those who are in the way. */
interface Movers {
  /** How long it would stand still; undefined where it cannot move. */
  stunUs(victim: LiveJob): number | undefined;
  /** Whether the waiting job may start although these go on elsewhere, instead of being stopped. */
  mayGoOn(victims: readonly LiveJob[]): boolean;
  /** Whether the waiting job gets its licences although these keep theirs. */
  hasSeats(victims: readonly LiveJob[]): boolean;
}

/**
 * Who of the running jobs in the way of a waiting one can go on elsewhere: on GPUs that are free now, as both places are
 * held until it has moved, and that are not among those which the waiting job is to have. They are asked in order, each
 * where the placement policy puts it among hosts with GPUs like its own; who finds no place leaves the others theirs.
 *
 * @param victims without them the waiting job finds room
 * @returns the moves, whose new places are held on the fleet from now on, and the hosts that the waiting job is to be on
 */
export function findRelocations(
  fleet: Fleet,
  placer: Placer,
  live: LiveJob,
  victims: readonly LiveJob[],
  movers: Movers,
): { readonly moves: readonly Relocation[]; readonly hosts: readonly number[] } {
  const { gains } = fleet;
  const aside = <T>(look: () => T): T => {
    for (const { parts } of victims) giveBack(fleet, parts);
    const found = look();
    for (const { parts } of victims) takeBack(fleet, parts);
    return found;
  };
  const room = aside(() => {
    const parts = reserve(fleet, placer, live.job);
    if (parts !== undefined) giveBack(fleet, parts);
    return parts;
  });
  const moves: Relocation[] = [];
  if (room !== undefined) {
    const isRoomLeft = () =>
      aside(() => {
        const isLeft = tryTakeBack(fleet, room);
        if (isLeft) giveBack(fleet, room);
        return isLeft;
      });
    const gpus = room.flatMap(({ host, gpus: own }) => own.map((g) => (fleet.gpuStart[host] as number) + g));
    for (const g of gpus) fleet.setGpuClosed(g, true, 'claim');
    for (const victim of victims) {
      const stunUs = movers.stunUs(victim);
      if (stunUs === undefined) continue;
      const staying = [...moves.map((move) => move.live), victim];
      if (!movers.mayGoOn(staying)) continue;
      for (const g of gpus) fleet.setGpuClosed(g, false, 'claim');
      const hasSeats = movers.hasSeats(staying);
      for (const g of gpus) fleet.setGpuClosed(g, true, 'claim');
      if (!hasSeats) continue;
      const parts = placeBeside(fleet, placer, victim, room, isRoomLeft);
      if (parts !== undefined) moves.push({ live: victim, parts, stunUs });
    }
    for (const g of gpus) fleet.setGpuClosed(g, false, 'claim');
  }
  fleet.gains = gains;
  return { moves, hosts: (room ?? []).map(({ host }) => host) };
}

/** Takes a place for a running job besides the one it has that leaves the waiting job its room; undefined: there is none. */
function placeBeside(
  fleet: Fleet,
  placer: Placer,
  victim: LiveJob,
  room: readonly Part[],
  isRoomLeft: () => boolean,
): readonly Part[] | undefined {
  const closed = new Set<number>();
  let found: readonly Part[] | undefined;
  for (;;) {
    const parts = reserve(fleet, placer, victim.job);
    if (parts === undefined) break;
    const unlike = parts.filter((to, i) => !isLike(fleet, victim.parts[i] as Part, to));
    if (unlike.length === 0 && isRoomLeft()) {
      found = parts;
      break;
    }
    takeOff(fleet, parts);
    // Elsewhere then. On the waiting job's hosts it may be CPU or memory that both need, or rules about neighbours.
    const bad =
      unlike.length > 0 ? unlike : parts.filter(({ host }) => room.some((own) => own.host === host));
    for (const { host } of bad.length > 0 ? bad : parts) {
      fleet.setClosed(host, true, 'claim');
      closed.add(host);
    }
  }
  for (const host of closed) fleet.setClosed(host, false, 'claim');
  return found;
}
