import type { TaskShape } from '../../cluster/request.ts';
import type { Gains } from './gains.ts';
import type { HostTimeline } from './host-timeline.ts';

/** Tables kept at most; those not asked for the longest are given up first. */
const MOST_TABLES = 512;

/** By host: a time before which it has no room for a shape for so long, and the count of gains when that was found. */
interface FirstRoom {
  readonly fromUs: Float64Array;
  readonly foundAt: Float64Array;
}

/** Timelines by host; undefined: the host takes nobody in. */
export type Lines = readonly (HostTimeline | undefined)[];

/**
 * Times before which hosts have no room for a shape, kept from search to search: a host that has gained nothing since
 * does not have any sooner.
 */
export class FirstRooms {
  readonly #gains: Gains;
  readonly #lines: Lines;
  readonly #tables = new Map<string, FirstRoom>();

  constructor(gains: Gains, lines: Lines) {
    this.#gains = gains;
    this.#lines = lines;
  }

  /**
   * Says of hosts, one by one, from when on each may have room for a shape, or `limitUs` where that is later; Infinity
   * where a host takes nobody in.
   */
  of(shape: TaskShape): (host: number, limitUs: number) => number {
    const { fromUs, foundAt } = this.#table(shape, 0);
    const { lastOf, count } = this.#gains;
    const lines = this.#lines;
    return (host, limitUs) => {
      const line = lines[host];
      if (line === undefined) return Number.POSITIVE_INFINITY;
      // Whether a shared card lets somebody in may depend on more than how many are on it.
      if (!line.isPlain) return 0;
      const known = fromUs[host] as number;
      const isValid = (foundAt[host] as number) >= (lastOf[host] as number);
      if (isValid && known >= limitUs) return known;
      const firstUs = line.firstRoomUs(shape, limitUs);
      fromUs[host] = firstUs;
      foundAt[host] = count;
      return firstUs;
    };
  }

  /**
   * By host, a time before which it has no room for a shape for that long. Found for the power of two below, so that it
   * serves others who ask for the same.
   */
  during(shape: TaskShape, spanUs: number, hosts: readonly number[]): Float64Array {
    const floorUs = powerBelow(spanUs);
    const { fromUs, foundAt } = this.#table(shape, floorUs);
    const { lastOf, count } = this.#gains;
    for (const host of hosts) {
      if ((foundAt[host] as number) >= (lastOf[host] as number)) continue;
      const line = this.#lines[host];
      if (line === undefined) continue;
      const stay = line.isPlain ? line.earliest(shape, floorUs, Number.POSITIVE_INFINITY) : undefined;
      fromUs[host] = line.isPlain ? (stay?.fromUs ?? Number.POSITIVE_INFINITY) : 0;
      foundAt[host] = count;
    }
    return fromUs;
  }

  #table(shape: TaskShape, spanUs: number): FirstRoom {
    const key = `${shape.id} ${spanUs}`;
    const count = this.#lines.length;
    const table = this.#tables.get(key) ?? {
      fromUs: new Float64Array(count),
      foundAt: new Float64Array(count).fill(-1),
    };
    // The one that was asked for last comes last.
    this.#tables.delete(key);
    this.#tables.set(key, table);
    if (this.#tables.size > MOST_TABLES) {
      const [oldest] = this.#tables.keys();
      this.#tables.delete(oldest as string);
    }
    return table;
  }
}

function powerBelow(spanUs: number): number {
  let power = 1;
  while (2 * power <= spanUs && power < 2 ** 52) power *= 2;
  return power;
}
