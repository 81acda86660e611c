import type { FleetView } from '../../cluster/fleet.ts';
import { type Layout, NEARNESS, type Nearness } from '../../cluster/layout.ts';

/** Hosts among which all workers of a job may be put. */
export interface Scope {
  readonly hosts: readonly number[];
  /** Only GPUs of this NVLink island; -1: all of the hosts'. */
  readonly island: number;
}

/** How near the workers are put, in the order in which it is tried: as they should be, then wider by and by. */
export function nearnessToTry({ within, prefer }: Layout): readonly Nearness[] {
  const widest = NEARNESS.indexOf(within);
  return NEARNESS.slice(Math.min(NEARNESS.indexOf(prefer), widest), widest + 1);
}

/**
 * The scopes of one nearness, in the order of their first hosts.
 *
 * @param hosts that may be used; a scope has those of them that it has
 * @param within what a scope must lie in besides: an island of several hosts may be cut by it
 */
export function scopesOf(
  fleet: FleetView,
  hosts: readonly number[],
  nearness: Nearness,
  within: Nearness,
): readonly Scope[] {
  const { rackOf, islandOf } = fleet.topology;
  switch (nearness) {
    case 'pool':
      return [{ hosts, island: -1 }];
    case 'rack':
      return grouped(hosts, (host) => [rackOf[host] as number]).map(([, of]) => ({ hosts: of, island: -1 }));
    case 'host':
      return hosts.map((host) => ({ hosts: [host], island: -1 }));
    case 'island': {
      const islandsOf = (host: number) => {
        const islands = new Set(islandOf.subarray(fleet.gpuStart[host], fleet.gpuStart[host + 1]));
        islands.delete(-1);
        return islands;
      };
      return grouped(hosts, islandsOf).flatMap(([island, of]) => {
        const cut = within === 'host' ? (host: number) => [host] : (host: number) => [rackOf[host] as number];
        const isCut = within === 'host' || within === 'rack';
        return isCut
          ? grouped(of, cut).map(([, part]) => ({ hosts: part, island }))
          : [{ hosts: of, island }];
      });
    }
  }
}

function grouped(
  hosts: readonly number[],
  keysOf: (host: number) => Iterable<number>,
): readonly (readonly [number, readonly number[]])[] {
  const groups = new Map<number, number[]>();
  for (const host of hosts) {
    for (const key of keysOf(host)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [host]);
      else group.push(host);
    }
  }
  return [...groups];
}

/**
 * Most equal workers that hosts can have between them by the rules of spread.
 *
 * @param roomOf most that one host can have
 */
export function totalRoom(
  fleet: FleetView,
  hosts: readonly number[],
  { spread }: Layout,
  roomOf: (host: number) => number,
): number {
  if (spread !== 'racks') return hosts.reduce((sum, host) => sum + roomOf(host), 0);
  const racks = new Set<number>();
  for (const host of hosts) if (roomOf(host) > 0) racks.add(fleet.topology.rackOf[host] as number);
  return racks.size;
}

/** Most workers of one job on a host by the rules that are about the job alone. */
export function mostPerHost({ spread, maxPerHost }: Layout): number {
  return spread === 'none' ? maxPerHost : Math.min(1, maxPerHost);
}
