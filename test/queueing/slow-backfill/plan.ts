import type { FleetView } from '../../../sim/cluster/fleet.ts';
import type { Part } from '../../../sim/cluster/part.ts';
import type { TaskShape } from '../../../sim/cluster/request.ts';
import type { Leaver } from '../../../sim/engine/backfill/expected.ts';
import { departures } from '../../../sim/engine/backfill/head-outlook.ts';
import { HostTimeline, type Stay } from './host-timeline.ts';

/** Room that is kept for a waiting job from an instant on. */
export interface Reservation {
  readonly startUs: number;
  readonly spanUs: number;
  /** One for each worker. */
  readonly parts: readonly Part[];
}

/** What a job asks for, to be planned. */
interface Wish {
  readonly shapes: readonly TaskShape[];
  /** How long it would hold a host; for a gang the longest of its hosts counts. */
  spanOn(host: number): number;
}

/** The future of all hosts of a pool: who leaves when, and who comes when by the reservations made so far. */
export class Plan {
  readonly #nowUs: number;
  readonly #lines: readonly HostTimeline[];
  readonly #lineOf: ReadonlyMap<number, HostTimeline>;

  /** @param hosts ascending; those that take nobody in are left out */
  constructor(fleet: FleetView, hosts: readonly number[], leavers: readonly Leaver[], nowUs: number) {
    this.#nowUs = nowUs;
    const leaving = departures(leavers);
    this.#lines = hosts
      .filter((host) => fleet.closedFor[host] === 0)
      .map((host) => new HostTimeline(fleet, host, nowUs, leaving.get(host) ?? []));
    this.#lineOf = new Map(this.#lines.map((line) => [line.host, line]));
  }

  /** Keeps room; the parts must be free for that long. */
  keep({ parts, startUs, spanUs }: Reservation): void {
    for (const part of parts) {
      this.#lineOf.get(part.host)?.add({ part, fromUs: startUs, toUs: startUs + spanUs });
    }
  }

  /** Takes kept room out again. */
  drop({ parts }: Reservation): void {
    for (const part of parts) this.#lineOf.get(part.host)?.remove(part);
  }

  /** Whether nobody holds any of these parts, or has them kept, during that time. */
  isFree({ parts, startUs, spanUs }: Reservation): boolean {
    const toUs = startUs + spanUs;
    const added: Part[] = [];
    const isFree = parts.every((part) => {
      const line = this.#lineOf.get(part.host);
      if (line === undefined || !line.isFree(part, startUs, toUs)) return false;
      line.add({ part, fromUs: startUs, toUs });
      added.push(part);
      return true;
    });
    for (const part of added) this.#lineOf.get(part.host)?.remove(part);
    return isFree;
  }

  /**
   * The earliest room for a job, before `limitUs`, that leaves alone all that is kept; of hosts where it is equally early
   * the first. Workers of a gang are put one after another on the first host with room.
   */
  earliest(wish: Wish, limitUs: number): Reservation | undefined {
    return wish.shapes.length === 1 ? this.#earliestHost(wish, limitUs) : this.#earliestGang(wish, limitUs);
  }

  #earliestHost(wish: Wish, limitUs: number): Reservation | undefined {
    const shape = wish.shapes[0] as TaskShape;
    let best: Reservation | undefined;
    let beforeUs = limitUs;
    for (const line of this.#lines) {
      if (beforeUs <= this.#nowUs) break;
      const spanUs = wish.spanOn(line.host);
      const stay = line.earliest(shape, spanUs, beforeUs);
      if (stay === undefined) continue;
      best = { startUs: stay.fromUs, spanUs, parts: [stay.part] };
      beforeUs = stay.fromUs;
    }
    return best;
  }

  #earliestGang(wish: Wish, limitUs: number): Reservation | undefined {
    let spanUs = 0;
    for (const line of this.#lines) spanUs = Math.max(spanUs, wish.spanOn(line.host));
    // By worker: when each host could take the first one of its kind. Before that it need not be looked at.
    const byShape = new Map<TaskShape, Float64Array>();
    let fromUs = this.#nowUs;
    for (const shape of wish.shapes) {
      if (byShape.has(shape)) continue;
      const firstUs = Float64Array.from(
        this.#lines,
        (line) => line.earliest(shape, spanUs, limitUs)?.fromUs ?? Number.POSITIVE_INFINITY,
      );
      byShape.set(shape, firstUs);
      const wanted = wish.shapes.filter((each) => each === shape).length;
      fromUs = Math.max(fromUs, this.#enoughAt(shape, firstUs, wanted));
    }
    if (fromUs >= limitUs || fromUs === Number.POSITIVE_INFINITY) return undefined;
    const instants = new Set<number>();
    for (const line of this.#lines) {
      for (const beginUs of line.beginsUs) {
        if (beginUs >= fromUs && beginUs < limitUs) instants.add(beginUs);
      }
    }
    for (const startUs of [...instants].sort((a, b) => a - b)) {
      const parts = this.#gangAt(wish.shapes, startUs, startUs + spanUs, byShape);
      if (parts !== undefined) return { startUs, spanUs, parts };
    }
    return undefined;
  }

  /** A time before which there cannot be room for so many of a shape, by the most that each host takes. */
  #enoughAt(shape: TaskShape, firstUs: Float64Array, wanted: number): number {
    const order = [...firstUs.keys()].sort((a, b) => {
      const [atA, atB] = [firstUs[a] as number, firstUs[b] as number];
      return atA === atB ? a - b : atA < atB ? -1 : 1;
    });
    let found = 0;
    for (const i of order) {
      found += (this.#lines[i] as HostTimeline).most(shape);
      if (found >= wanted) return firstUs[i] as number;
    }
    return Number.POSITIVE_INFINITY;
  }

  #gangAt(
    shapes: readonly TaskShape[],
    fromUs: number,
    toUs: number,
    byShape: ReadonlyMap<TaskShape, Float64Array>,
  ): readonly Part[] | undefined {
    const stays: Stay[] = [];
    let i = 0;
    for (let w = 0; w < shapes.length; w++) {
      const shape = shapes[w] as TaskShape;
      const firstUs = byShape.get(shape) as Float64Array;
      // Where the worker before it, which asks for the same, found no room there is none for this one.
      if (shape !== shapes[w - 1]) i = 0;
      let stay: Stay | undefined;
      for (; i < this.#lines.length; i++) {
        if ((firstUs[i] as number) > fromUs) continue;
        stay = (this.#lines[i] as HostTimeline).place(shape, fromUs, toUs);
        if (stay !== undefined) break;
      }
      if (stay === undefined) break;
      (this.#lines[i] as HostTimeline).add(stay);
      stays.push(stay);
    }
    for (const { part } of stays) this.#lineOf.get(part.host)?.remove(part);
    return stays.length === shapes.length ? stays.map(({ part }) => part) : undefined;
  }
}
