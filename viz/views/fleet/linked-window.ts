import type { Plane } from './plane.ts';

/** Where the plane stands in a window: x and y of its corner and the length of 1, CSS pixels. */
export interface Standing {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

/** A window on a plane. */
export interface PlaneWindow {
  readonly plane: Plane;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** The length of 1 at which all of the plane is in the window. */
  readonly fittedK: number;
}

/** From this many times what lets all be seen on, cards are as large in both windows. */
const NEAR = 4;
/** From this many times on, the same hosts are at the same place. */
const BY_HOST = 2;

/**
 * How a window has to stand to show what another one shows: all of the fleet where that has all of it; further in, the
 * same host at the same place, where both fleets have it, with cards as large; else the same part of the plane. Between
 * all and near it goes over evenly, so that nothing jumps. Planes that are alike always stand alike.
 *
 * @param hosts by host of the one that leads: the same host of the other, -1 where there is none
 */
export function linkedStanding(
  { x, y, k, ...from }: PlaneWindow & Standing,
  to: PlaneWindow,
  hosts: Int32Array,
): Standing {
  const zoomed = k / from.fittedK;
  const [middleX, middleY] = [(from.width / 2 - x) / k, (from.height / 2 - y) / k];
  const otherK = linkedLength(k, from.fittedK, to.fittedK);
  const at = {
    x: (middleX / from.plane.width) * to.plane.width,
    y: (middleY / from.plane.height) * to.plane.height,
  };
  const host = nearestShared(from.plane, hosts, middleX, middleY);
  // Of one that is out of sight nobody says that it went elsewhere.
  if (host >= 0 && isInSight(from, { x, y, k }, host)) {
    const other = hosts[host] as number;
    const [own, their] = [sizeOf(from.plane, host), sizeOf(to.plane, other)];
    const part = Math.min(1, Math.max(0, Math.log(zoomed) / Math.log(BY_HOST)));
    const [ownX, ownY] = [from.plane.hostX[host] as number, from.plane.hostY[host] as number];
    const [theirX, theirY] = [to.plane.hostX[other] as number, to.plane.hostY[other] as number];
    at.x += part * (theirX + ((middleX - ownX) / own.width) * their.width - at.x);
    at.y += part * (theirY + ((middleY - ownY) / own.height) * their.height - at.y);
  }
  return { x: to.width / 2 - at.x * otherK, y: to.height / 2 - at.y * otherK, k: otherK };
}

/** The length of 1 in the other window: in proportion from all of the fleet outwards, the same from near on. */
function linkedLength(k: number, fromFitted: number, toFitted: number): number {
  if (k <= fromFitted) return (toFitted * k) / fromFitted;
  const near = NEAR * Math.max(fromFitted, toFitted);
  if (k >= near) return k;
  const part = Math.log(k / fromFitted) / Math.log(near / fromFitted);
  return toFitted * Math.exp(part * Math.log(near / toFitted));
}

/** The host nearest to a point of the plane, of those that the other fleet has; -1: none. The earlier of two. */
function nearestShared(
  { hostX, hostY, groups, groupOfHost }: Plane,
  hosts: Int32Array,
  x: number,
  y: number,
) {
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (let host = 0; host < hosts.length; host++) {
    if ((hosts[host] as number) < 0) continue;
    const group = groups[groupOfHost[host] as number];
    if (group === undefined) continue;
    const dx = x - (hostX[host] as number) - group.hostWidth / 2;
    const dy = y - (hostY[host] as number) - group.hostHeight / 2;
    const distance = dx * dx + dy * dy;
    if (distance >= least) continue;
    least = distance;
    best = host;
  }
  return best;
}

function isInSight({ plane, width, height }: PlaneWindow, { x, y, k }: Standing, host: number): boolean {
  const size = sizeOf(plane, host);
  const [left, top] = [x + (plane.hostX[host] as number) * k, y + (plane.hostY[host] as number) * k];
  return left < width && top < height && left + size.width * k > 0 && top + size.height * k > 0;
}

function sizeOf({ groups, groupOfHost }: Plane, host: number): { width: number; height: number } {
  const group = groups[groupOfHost[host] as number];
  return { width: group?.hostWidth ?? 1, height: group?.hostHeight ?? 1 };
}
