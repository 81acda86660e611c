import type { FleetView } from '../../cluster/fleet.ts';
import { ANY_LAYOUT, type Layout } from '../../cluster/layout.ts';
import type { Kin } from '../../cluster/neighbours.ts';
import type { Part } from '../../cluster/part.ts';
import type { TaskShape } from '../../cluster/request.ts';
import { mostPerHost, type Scope, scopesOf } from '../gang/scopes.ts';
import type { HostTimeline, Stay } from './host-timeline.ts';
import type { Reservation } from './reservation.ts';

/** What a gang asks for, to be planned. */
export interface GangWish {
  readonly shapes: readonly TaskShape[];
  readonly spanUs: number;
  /** Whether more room is always as good: its workers are alike, and putting them one by one finds what there is. */
  readonly isSteady: boolean;
  /** What it is to its neighbours. */
  readonly kin: Kin | undefined;
  /** Which places it may have; undefined: any, and nobody keeps away from it. */
  readonly layout: Layout | undefined;
}

type Lines = readonly (HostTimeline | undefined)[];

/**
 * The earliest room for a gang, before `limitUs`, beside all that is kept. Its workers are put one after another on the
 * first host with room. Under rules that is done in each place where all of them may lie together, in the order of the
 * hosts, and where it fails once more with the largest workers first: what is found obeys the rules, but where workers
 * differ there may be room earlier that is not found. Where the job would rather be does not count.
 *
 * @param hosts ascending
 * @param lines by host; undefined: it takes nobody in
 * @param roomOf by host, a time before which it has no room for a worker
 * @param atLeastUs before that there is none
 */
export function earliestGang(
  fleet: FleetView,
  hosts: readonly number[],
  lines: Lines,
  wish: GangWish,
  roomOf: (shape: TaskShape) => Float64Array,
  atLeastUs: number,
  limitUs: number,
): Reservation | undefined {
  const { shapes, spanUs, isSteady, layout } = wish;
  let fromUs = atLeastUs;
  const able = new Map<TaskShape, Able>();
  for (const shape of shapes) {
    if (able.has(shape)) continue;
    const one = ableHosts(hosts, lines, shape, spanUs, roomOf(shape), limitUs);
    able.set(shape, one);
    const wanted = shapes.filter((each) => each === shape).length;
    fromUs = Math.max(fromUs, enoughAt(one, lines, shape, wanted));
    if (fromUs >= limitUs) return undefined;
  }
  // Where more room is always as good, it can only start when somebody leaves a host that may have a part in it.
  const watched = isSteady
    ? (able.get(shapes[0] as TaskShape) as Able).hosts
    : hosts.filter((host) => lines[host] !== undefined);
  const scopes = layout === undefined ? undefined : scopesOf(fleet, hosts, layout.within, layout.within);
  let startUs = nextInstant(watched, lines, fromUs);
  while (startUs < limitUs) {
    const parts =
      scopes === undefined
        ? gangAt(wish, startUs, able, lines)
        : gangWithin(fleet, wish, scopes, startUs, able, lines);
    if (parts !== undefined) {
      return { startUs, spanUs, parts, needsFabric: layout?.within === 'island' };
    }
    startUs = nextInstant(watched, lines, startUs + 1);
  }
  return undefined;
}

/** Hosts that have room for a worker before a limit, ascending, and a time for each before which it has none. */
interface Able {
  readonly hosts: readonly number[];
  readonly fromUs: readonly number[];
}

function ableHosts(
  hosts: readonly number[],
  lines: Lines,
  shape: TaskShape,
  spanUs: number,
  roomFromUs: Float64Array,
  limitUs: number,
): Able {
  const able: number[] = [];
  const fromUs: number[] = [];
  for (const host of hosts) {
    const line = lines[host];
    if (line === undefined) continue;
    const firstUs = line.isPlain
      ? (roomFromUs[host] as number)
      : (line.earliest(shape, spanUs, limitUs)?.fromUs ?? Number.POSITIVE_INFINITY);
    if (firstUs >= limitUs) continue;
    able.push(host);
    fromUs.push(firstUs);
  }
  return { hosts: able, fromUs };
}

/** A time before which there cannot be room for so many of a shape, by the most that each host takes. */
function enoughAt({ hosts, fromUs }: Able, lines: Lines, shape: TaskShape, wanted: number): number {
  const order = [...hosts.keys()].sort((a, b) => (fromUs[a] as number) - (fromUs[b] as number) || a - b);
  let found = 0;
  for (const i of order) {
    found += (lines[hosts[i] as number] as HostTimeline).most(shape);
    if (found >= wanted) return fromUs[i] as number;
  }
  return Number.POSITIVE_INFINITY;
}

function nextInstant(hosts: readonly number[], lines: Lines, fromUs: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const host of hosts) next = Math.min(next, (lines[host] as HostTimeline).nextBeginUs(fromUs));
  return next;
}

function gangAt(
  { shapes, spanUs, kin }: GangWish,
  startUs: number,
  able: ReadonlyMap<TaskShape, Able>,
  lines: Lines,
): readonly Part[] | undefined {
  const own: Part[] = [];
  let i = 0;
  for (let w = 0; w < shapes.length; w++) {
    const shape = shapes[w] as TaskShape;
    const { hosts, fromUs } = able.get(shape) as Able;
    // Where the worker before it, which asks for the same, found no room there is none for this one.
    if (shape !== shapes[w - 1]) i = 0;
    let stay: Stay | undefined;
    for (; i < hosts.length; i++) {
      if ((fromUs[i] as number) > startUs) continue;
      stay = (lines[hosts[i] as number] as HostTimeline).place(shape, startUs, startUs + spanUs, {
        kin,
        own,
        island: -1,
      });
      if (stay !== undefined) break;
    }
    if (stay === undefined) break;
    (lines[hosts[i] as number] as HostTimeline).add(stay);
    own.push(stay.part);
  }
  for (const part of own) lines[part.host]?.remove(part);
  return own.length === shapes.length ? own : undefined;
}

/** Room for a gang by its rules: in the first scope that has some. */
function gangWithin(
  fleet: FleetView,
  wish: GangWish,
  scopes: readonly Scope[],
  startUs: number,
  able: ReadonlyMap<TaskShape, Able>,
  lines: Lines,
): readonly Part[] | undefined {
  const mayHost = new Map<TaskShape, ReadonlySet<number>>();
  for (const [shape, { hosts, fromUs }] of able) {
    mayHost.set(shape, new Set(hosts.filter((_, i) => (fromUs[i] as number) <= startUs)));
  }
  const inTurn = [...wish.shapes.keys()];
  const byTotal = inTurn.toSorted(
    (a, b) =>
      (wish.shapes[b] as TaskShape).totalGpuMilli - (wish.shapes[a] as TaskShape).totalGpuMilli || a - b,
  );
  const orders = mayHost.size > 1 ? [inTurn, byTotal] : [inTurn];
  for (const scope of scopes) {
    for (const order of orders) {
      const parts = putIn(fleet, wish, scope, order, startUs, mayHost, lines);
      if (parts !== undefined) return parts;
    }
  }
  return undefined;
}

/** Puts workers into a scope in an order; undefined where one finds no room. Parts are by worker. */
function putIn(
  fleet: FleetView,
  { shapes, spanUs, kin, layout = ANY_LAYOUT }: GangWish,
  { hosts, island }: Scope,
  order: readonly number[],
  startUs: number,
  mayHost: ReadonlyMap<TaskShape, ReadonlySet<number>>,
  lines: Lines,
): readonly Part[] | undefined {
  const most = mostPerHost(layout);
  const counts = new Map<number, number>();
  const racks = new Set<number>();
  const own: Part[] = [];
  const parts: Part[] = [];
  for (const worker of order) {
    const shape = shapes[worker] as TaskShape;
    const among = mayHost.get(shape);
    let stay: Stay | undefined;
    for (const host of hosts) {
      const count = counts.get(host) ?? 0;
      const rack = fleet.topology.rackOf[host] as number;
      if (among?.has(host) !== true || count >= most) continue;
      if (layout.spread === 'racks' && racks.has(rack)) continue;
      stay = (lines[host] as HostTimeline).place(shape, startUs, startUs + spanUs, { kin, own, island });
      if (stay === undefined) continue;
      (lines[host] as HostTimeline).add(stay);
      counts.set(host, count + 1);
      racks.add(rack);
      break;
    }
    if (stay === undefined) break;
    own.push(stay.part);
    parts[worker] = stay.part;
  }
  for (const part of own) lines[part.host]?.remove(part);
  return own.length === shapes.length ? parts : undefined;
}
