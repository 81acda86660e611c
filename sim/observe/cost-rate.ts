import type { ClusterObserver } from '../cluster/changes.ts';
import { CLOSED_FOR, type FleetView } from '../cluster/fleet.ts';
import { TimeWeighted } from '../kernel/stats/time-weighted.ts';
import type { Micros } from '../kernel/time.ts';
import { LevelRecorder } from './series/level-recorder.ts';
import type { SeriesData } from './series/series-recorder.ts';

/** Hosts that are paid for together. */
export interface PaidHosts {
  readonly hosts: readonly number[];
  /** What they cost an hour while so many of them are there. */
  rateOf(there: number): number;
}

/** What hosts cost an hour, by how many of them are there; O(1) a change. */
export class CostRate implements ClusterObserver {
  readonly #fleet: FleetView;
  readonly #warmupUs: Micros;
  readonly #entries: readonly PaidHosts[];
  /** By host: its entry, -1 for none, and whether it is there. */
  readonly #entryOf: Int32Array;
  readonly #isThere: Uint8Array;
  /** By entry: hosts that are there, and what they cost. */
  readonly #there: number[];
  readonly #rates: number[];
  readonly #level: TimeWeighted;
  readonly #course: LevelRecorder;
  #isWarm = false;
  #endUs = 0 as Micros;

  /** @param entries no host is in two of them */
  constructor(fleet: FleetView, warmupUs: number, entries: readonly PaidHosts[]) {
    this.#fleet = fleet;
    this.#warmupUs = warmupUs as Micros;
    this.#entries = entries;
    this.#isThere = new Uint8Array(fleet.hostCount).fill(1);
    this.#entryOf = new Int32Array(fleet.hostCount).fill(-1);
    entries.forEach(({ hosts }, entry) => {
      for (const host of hosts) this.#entryOf[host] = entry;
    });
    this.#there = entries.map(({ hosts }) => hosts.length);
    this.#rates = entries.map(({ rateOf }, entry) => rateOf(this.#there[entry] as number));
    this.#level = new TimeWeighted(0 as Micros, this.#rate());
    this.#course = new LevelRecorder(this.#rate());
  }

  hostChanged(atUs: Micros, host: number): void {
    this.#warmUp(atUs);
    const isThere = ((this.#fleet.closedFor[host] as number) & CLOSED_FOR.absence) === 0 ? 1 : 0;
    const entry = this.#entryOf[host] as number;
    if (isThere === this.#isThere[host]) return;
    this.#isThere[host] = isThere;
    if (entry < 0) return;
    this.#there[entry]! += isThere === 1 ? 1 : -1;
    this.#rates[entry] = (this.#entries[entry] as PaidHosts).rateOf(this.#there[entry] as number);
    const rate = this.#rate();
    this.#level.set(atUs, rate);
    this.#course.set(atUs, rate);
  }

  ended(atUs: Micros): void {
    this.#warmUp(atUs);
    this.#endUs = atUs;
  }

  /** Whether anything was measured. */
  get isWarm(): boolean {
    return this.#isWarm && this.#endUs > this.#warmupUs;
  }

  /** Of the time after the warm-up. */
  get mean(): number {
    return this.#level.mean(this.#endUs);
  }

  get peak(): number {
    return this.#level.summary(this.#endUs).max as number;
  }

  series(): SeriesData {
    return this.#course.read(this.#endUs);
  }

  /** Summed up anew each time, so that rounding does not add up. */
  #rate(): number {
    return this.#rates.reduce((sum, rate) => sum + rate, 0);
  }

  #warmUp(atUs: number): void {
    if (this.#isWarm || atUs < this.#warmupUs) return;
    this.#isWarm = true;
    this.#level.reset(this.#warmupUs);
    this.#course.reset(this.#warmupUs);
  }
}
