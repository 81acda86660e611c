import type { FleetFacts } from './facts.ts';

/*
 * Where hosts and GPUs stand on a plane that is looked at from near or far. A card is 1 by 1; hosts that are alike stand
 * in groups, and the groups of a pool together.
 */

const CARD_GAP = 0.08;
const HOST_PAD = 0.12;
/** Strip of a host for its name. */
export const HOST_TITLE = 0.3;
const HOST_GAP = 0.22;
const GROUP_GAP = 0.6;
/** Hosts of a group: more of the same kind make another group. */
const MOST_HOSTS = 100;

/** Hosts that are alike: tile for tile the same. */
export interface HostGroup {
  readonly name: string;
  readonly pool: number;
  readonly hosts: readonly number[];
  /** Where it stands, with its title on top. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: number;
  /** Hosts side by side. */
  readonly columns: number;
  readonly hostWidth: number;
  readonly hostHeight: number;
  /** Cards side by side in a host. */
  readonly cardColumns: number;
  readonly gpus: number;
}

export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly groups: readonly HostGroup[];
  readonly groupOfHost: Int32Array;
  /** By host: its upper left corner. */
  readonly hostX: Float64Array;
  readonly hostY: Float64Array;
  /** By GPU: the upper left corner of its card. */
  readonly gpuX: Float64Array;
  readonly gpuY: Float64Array;
  /** Shorter side of most hosts. */
  readonly hostSide: number;
}

interface Block {
  readonly pool: number;
  readonly name: string;
  readonly hosts: readonly number[];
  readonly gpus: number;
  readonly cardColumns: number;
  readonly hostWidth: number;
  readonly hostHeight: number;
}

/** @param aspect width of the window by its height */
export function layPlane(facts: FleetFacts, aspect: number): Plane {
  const blocks = blocksOf(facts);
  let area = 0;
  for (const { hosts, hostWidth, hostHeight } of blocks)
    area += hosts.length * (hostWidth + HOST_GAP) * (hostHeight + HOST_GAP);
  // About 16 pixels where all of the plane is in a window of usual size.
  const title = Math.max(0.3, 0.021 * Math.sqrt(area));
  const sized = blocks.map((block) => sizeOf(block, aspect, title));
  const widest = Math.max(...sized.map(({ width }) => width));
  let best = shelve(sized, widest);
  // As wide as lets all of it be seen largest.
  for (let wide = 0.9; wide < 2; wide += 0.1) {
    const other = shelve(sized, Math.max(widest, wide * Math.sqrt(area * aspect)));
    if (sizeFor(other, aspect) < sizeFor(best, aspect)) best = other;
  }
  return { ...placesOf(facts, best.groups), ...best };
}

type Shelves = Pick<Plane, 'groups' | 'width' | 'height'>;

/** Height of the window of that aspect which holds all. */
function sizeFor({ width, height }: Shelves, aspect: number): number {
  return Math.max(height, width / aspect);
}

/** Groups side by side as far as a width goes, then below. */
function shelve(sized: readonly HostGroup[], target: number): Shelves {
  const groups: HostGroup[] = [];
  let [x, y, shelf, width, pool] = [0, 0, 0, 0, sized[0]?.pool ?? -1];
  for (const block of sized) {
    const isOtherPool = block.pool !== pool;
    pool = block.pool;
    if (x > 0 && isOtherPool && x + block.width + 2 * GROUP_GAP <= target) x += GROUP_GAP;
    if (x > 0 && x + block.width > target + 1e-9) {
      y += shelf + (isOtherPool ? 2 * GROUP_GAP : GROUP_GAP);
      x = 0;
      shelf = 0;
    }
    groups.push({ ...block, x, y });
    x += block.width + GROUP_GAP;
    shelf = Math.max(shelf, block.height);
    width = Math.max(width, x - GROUP_GAP);
  }
  return { groups, width: Math.max(1, width), height: Math.max(1, y + shelf) };
}

/** Hosts by pool and by what they have, at most so many together. */
function blocksOf(facts: FleetFacts): readonly Block[] {
  const kinds = new Map<string, { pool: number; text: string; hosts: number[] }>();
  for (let pool = -1; pool < facts.pools.length; pool++) {
    for (let host = 0; host < facts.hostCount; host++) {
      if (facts.poolOfHost[host] !== pool) continue;
      const text = facts.hostText[host] as string;
      const key = `${pool} ${text}`;
      const kind = kinds.get(key);
      if (kind === undefined) kinds.set(key, { pool, text, hosts: [host] });
      else kind.hosts.push(host);
    }
  }
  return [...kinds.values()].flatMap(({ pool, text, hosts }) => {
    const gpus = gpusOf(facts, hosts[0] as number);
    const cardColumns = Math.max(1, gpus <= 2 ? gpus : Math.ceil(Math.sqrt(gpus * 1.6)));
    const cardRows = Math.max(1, Math.ceil(gpus / cardColumns));
    const poolName = facts.pools[pool]?.name ?? 'no pool';
    const parts: Block[] = [];
    for (let from = 0; from < hosts.length; from += MOST_HOSTS) {
      const own = hosts.slice(from, from + MOST_HOSTS);
      const range = hosts.length > MOST_HOSTS ? `, ${from + 1} to ${from + own.length}` : '';
      parts.push({
        pool,
        name: `${poolName}: ${own.length === 1 ? '1 host' : `${own.length} hosts`}${range}, ${text}`,
        hosts: own,
        gpus: gpus * own.length,
        cardColumns,
        hostWidth: cardColumns + (cardColumns - 1) * CARD_GAP + 2 * HOST_PAD,
        hostHeight: cardRows + (cardRows - 1) * CARD_GAP + HOST_PAD + HOST_TITLE,
      });
    }
    return parts;
  });
}

function sizeOf(block: Block, aspect: number, title: number): HostGroup {
  const { hosts, hostWidth, hostHeight } = block;
  const [stepX, stepY] = [hostWidth + HOST_GAP, hostHeight + HOST_GAP];
  const columns = Math.min(
    hosts.length,
    Math.max(1, Math.round(Math.sqrt((hosts.length * stepY * aspect) / stepX))),
  );
  const rows = Math.ceil(hosts.length / columns);
  return {
    ...block,
    x: 0,
    y: 0,
    title,
    columns,
    width: columns * stepX + HOST_GAP,
    height: rows * stepY + HOST_GAP + title,
  };
}

function placesOf(facts: FleetFacts, groups: readonly HostGroup[]) {
  const groupOfHost = new Int32Array(facts.hostCount);
  const hostX = new Float64Array(facts.hostCount);
  const hostY = new Float64Array(facts.hostCount);
  const gpuX = new Float64Array(facts.gpuCount);
  const gpuY = new Float64Array(facts.gpuCount);
  let hostSide = 1;
  let most = 0;
  for (const [g, group] of groups.entries()) {
    const { hosts, columns, hostWidth, hostHeight, cardColumns } = group;
    if (hosts.length > most) {
      most = hosts.length;
      hostSide = Math.min(hostWidth, hostHeight);
    }
    for (const [i, host] of hosts.entries()) {
      const x = group.x + HOST_GAP + (i % columns) * (hostWidth + HOST_GAP);
      const y = group.y + group.title + HOST_GAP + Math.floor(i / columns) * (hostHeight + HOST_GAP);
      groupOfHost[host] = g;
      hostX[host] = x;
      hostY[host] = y;
      const first = facts.gpuStart[host] as number;
      for (let gpu = first; gpu < (facts.gpuStart[host + 1] as number); gpu++) {
        gpuX[gpu] = x + HOST_PAD + ((gpu - first) % cardColumns) * (1 + CARD_GAP);
        gpuY[gpu] = y + HOST_TITLE + Math.floor((gpu - first) / cardColumns) * (1 + CARD_GAP);
      }
    }
  }
  return { groupOfHost, hostX, hostY, gpuX, gpuY, hostSide };
}

function gpusOf(facts: FleetFacts, host: number): number {
  return (facts.gpuStart[host + 1] as number) - (facts.gpuStart[host] as number);
}

/** Number of the group at a point; -1: none. */
export function groupAt({ groups }: Plane, x: number, y: number): number {
  for (let g = 0; g < groups.length; g++) {
    const group = groups[g] as HostGroup;
    if (x >= group.x && x < group.x + group.width && y >= group.y && y < group.y + group.height) return g;
  }
  return -1;
}

/** Host at a point; -1: none. */
export function hostAt(plane: Plane, x: number, y: number): number {
  const group = plane.groups[groupAt(plane, x, y)];
  if (group === undefined) return -1;
  const column = Math.floor((x - group.x - HOST_GAP) / (group.hostWidth + HOST_GAP));
  const row = Math.floor((y - group.y - group.title - HOST_GAP) / (group.hostHeight + HOST_GAP));
  if (column < 0 || column >= group.columns || row < 0) return -1;
  const host = group.hosts[row * group.columns + column];
  if (host === undefined) return -1;
  const isIn =
    x < (plane.hostX[host] as number) + group.hostWidth &&
    y < (plane.hostY[host] as number) + group.hostHeight;
  return isIn ? host : -1;
}

/** GPU at a point; -1: none. */
export function gpuAt(facts: FleetFacts, plane: Plane, x: number, y: number): number {
  const host = hostAt(plane, x, y);
  if (host < 0) return -1;
  for (let gpu = facts.gpuStart[host] as number; gpu < (facts.gpuStart[host + 1] as number); gpu++) {
    const [left, top] = [plane.gpuX[gpu] as number, plane.gpuY[gpu] as number];
    if (x >= left && x < left + 1 && y >= top && y < top + 1) return gpu;
  }
  return -1;
}

/** A way to go on the plane: one of the two is 1 or -1, the other 0. */
export interface Step {
  readonly dx: number;
  readonly dy: number;
}

/**
 * The place next to one in a direction: the nearest that lies that way more than aside, and of what lies further aside
 * the one that is least so. Undefined where there is none.
 */
export function nextPlace(
  xs: Float64Array,
  ys: Float64Array,
  from: number,
  { dx, dy }: Step,
): number | undefined {
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = [(xs[i] as number) - (xs[from] as number), (ys[i] as number) - (ys[from] as number)];
    const ahead = x * dx + y * dy;
    if (i === from || ahead < 0.01) continue;
    const distance = ahead + 3 * Math.abs(x * dy) + 3 * Math.abs(y * dx);
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}
