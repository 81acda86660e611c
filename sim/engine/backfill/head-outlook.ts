import { CLOSED_FOR, type Fleet, type FleetView, GPU_CLOSED_FOR } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { Placer } from '../../policies/placement/placer.ts';
import type { LiveJob } from '../live-job.ts';
import { giveBack, takeBack } from '../parts.ts';
import { reserve } from '../reserve.ts';
import type { Leaver } from './expected.ts';
import { HostSketch } from './host-sketch.ts';

/** When and where the first blocked job will have room. */
export interface HeadOutlook {
  /** Earliest instant at which it fits if nobody else starts; Infinity: not by those who leave. */
  readonly shadowUs: number;
  /** Whether a job that stays beyond that instant on these parts, taken by now, would leave no room for it. */
  isDelayedBy(parts: readonly Part[]): boolean;
  /** Hosts that a job which would delay it should keep off. */
  needed(parts: readonly Part[]): readonly number[];
  /** A job has started and stays beyond that instant. */
  started(parts: readonly Part[]): void;
}

/** The outlook of a job with one worker: on copies of hosts, each emptied of those who leave until it fits. */
export class OneHostOutlook implements HeadOutlook {
  readonly shadowUs: number;
  readonly #fleet: FleetView;
  readonly #shape: TaskShape;
  readonly #leaving: ReadonlyMap<number, readonly Departure[]>;
  /** Hosts where it fits at that instant. */
  readonly #fitting = new Set<number>();

  /** @param leavers the first to leave first */
  constructor(fleet: FleetView, hosts: readonly number[], shape: TaskShape, leavers: readonly Leaver[]) {
    this.#fleet = fleet;
    this.#shape = shape;
    this.#leaving = departures(leavers);
    let best = Number.POSITIVE_INFINITY;
    for (const host of hosts) {
      if (fleet.closedFor[host] !== 0) continue;
      const fitsAtUs = this.#fitsAt(host, best);
      if (fitsAtUs > best || fitsAtUs === Number.POSITIVE_INFINITY) continue;
      if (fitsAtUs < best) this.#fitting.clear();
      best = fitsAtUs;
      this.#fitting.add(host);
    }
    this.shadowUs = best;
  }

  isDelayedBy(parts: readonly Part[]): boolean {
    for (const host of this.#fitting) {
      if (!parts.some((part) => part.host === host) || this.#fitsThen(host)) return false;
    }
    return this.#fitting.size > 0;
  }

  needed(): readonly number[] {
    return [...this.#fitting];
  }

  started(parts: readonly Part[]): void {
    for (const { host } of parts) {
      if (this.#fitting.has(host) && !this.#fitsThen(host)) this.#fitting.delete(host);
    }
  }

  /** When it fits on a host; Infinity if that is after `limitUs`. */
  #fitsAt(host: number, limitUs: number): number {
    const sketch = new HostSketch(this.#fleet, host);
    const leaving = this.#leaving.get(host) ?? [];
    for (let i = 0; i < leaving.length; ) {
      const { endUs } = leaving[i] as Departure;
      if (endUs > limitUs || endUs === Number.POSITIVE_INFINITY) break;
      for (; i < leaving.length && (leaving[i] as Departure).endUs === endUs; i++) {
        sketch.release((leaving[i] as Departure).part);
      }
      if (sketch.fits(this.#shape)) return endUs;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Whether it fits on a host, as that is now, when those have left who leave by then. */
  #fitsThen(host: number): boolean {
    const sketch = new HostSketch(this.#fleet, host);
    for (const { part, endUs } of this.#leaving.get(host) ?? []) {
      if (endUs <= this.shadowUs) sketch.release(part);
    }
    return sketch.fits(this.#shape);
  }
}

/**
 * The outlook of a gang, or of a job that minds its neighbours: where its workers go depends on the placement policy and
 * on each other, so the policy itself is asked, on the fleet without those who leave, which is then put back as it was.
 */
export class GangOutlook implements HeadOutlook {
  readonly shadowUs: number;
  readonly #fleet: Fleet;
  readonly #placer: Placer;
  readonly #live: LiveJob;
  readonly #leavers: readonly Leaver[];
  /** Where it would go if nobody else started. */
  readonly #hosts: readonly number[];

  /** @param leavers the first to leave first */
  constructor(fleet: Fleet, placer: Placer, live: LiveJob, leavers: readonly Leaver[]) {
    this.#fleet = fleet;
    this.#placer = placer;
    this.#live = live;
    // Nobody can be put back on what is down.
    this.#leavers = leavers.filter(
      ({ parts, endUs }) => endUs !== Number.POSITIVE_INFINITY && parts.every((part) => !isDown(fleet, part)),
    );
    const { gains } = fleet;
    const all = this.#leavers;
    let shadowUs = Number.POSITIVE_INFINITY;
    let hosts: readonly number[] = [];
    let gone = 0;
    while (gone < all.length && shadowUs === Number.POSITIVE_INFINITY) {
      const { endUs } = all[gone] as Leaver;
      for (; gone < all.length && (all[gone] as Leaver).endUs === endUs; gone++) {
        giveBack(fleet, (all[gone] as Leaver).parts);
      }
      const parts = reserve(fleet, placer, live.job);
      if (parts === undefined) continue;
      giveBack(fleet, parts);
      hosts = parts.map(({ host }) => host);
      shadowUs = endUs;
    }
    while (gone > 0) takeBack(fleet, (all[--gone] as Leaver).parts);
    fleet.gains = gains;
    this.shadowUs = shadowUs;
    this.#hosts = hosts;
  }

  isDelayedBy(): boolean {
    if (this.shadowUs === Number.POSITIVE_INFINITY) return false;
    const fleet = this.#fleet;
    const { gains } = fleet;
    const gone = this.#leavers.filter(({ endUs }) => endUs <= this.shadowUs);
    for (const { parts } of gone) giveBack(fleet, parts);
    const room = reserve(fleet, this.#placer, this.#live.job);
    if (room !== undefined) giveBack(fleet, room);
    for (const { parts } of gone.reverse()) takeBack(fleet, parts);
    fleet.gains = gains;
    return room === undefined;
  }

  needed(): readonly number[] {
    return this.#hosts;
  }

  started(): void {}
}

/** A part of a job that leaves. */
interface Departure {
  readonly part: Part;
  readonly endUs: number;
}

/** Who leaves each host, in the order given. */
export function departures(leavers: readonly Leaver[]): ReadonlyMap<number, readonly Departure[]> {
  const byHost = new Map<number, Departure[]>();
  for (const { parts, endUs } of leavers) {
    for (const part of parts) {
      const there = byHost.get(part.host);
      if (there === undefined) byHost.set(part.host, [{ part, endUs }]);
      else there.push({ part, endUs });
    }
  }
  return byHost;
}

function isDown(fleet: FleetView, { host, gpus }: Part): boolean {
  if (((fleet.closedFor[host] as number) & CLOSED_FOR.failure) !== 0) return true;
  const start = fleet.gpuStart[host] as number;
  return gpus.some((g) => ((fleet.gpuClosedFor[start + g] as number) & GPU_CLOSED_FOR.failure) !== 0);
}
