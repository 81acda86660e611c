import type { FleetFacts } from './facts.ts';
import { linkedStanding, type PlaneWindow, type Standing } from './linked-window.ts';
import { sameHosts } from './same-hosts.ts';

/** A map that can be led by another, and lead it. */
export interface LinkedMap {
  readonly facts: FleetFacts;
  readonly window: PlaneWindow & Standing;
  /** Whether all of the fleet is shown and stays so when the window changes its size. */
  readonly isFitted: boolean;
  follow(to: Standing, isFitted: boolean): void;
}

/** Maps that are zoomed and moved together, while that is wanted: whichever is moved leads the others. */
export class MapLink {
  #isOn = true;
  #last: LinkedMap | undefined;
  readonly #maps = new Set<LinkedMap>();
  readonly #hosts = new WeakMap<FleetFacts, WeakMap<FleetFacts, Int32Array>>();

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Turned on again, all show what the one that was moved last does. */
  set isOn(isOn: boolean) {
    this.#isOn = isOn;
    if (isOn && this.#last !== undefined) this.moved(this.#last);
  }

  /** A map that comes later shows what those before it do. @returns takes it out again */
  join(map: LinkedMap): () => void {
    this.#maps.add(map);
    const leader = this.#last ?? [...this.#maps][0];
    if (leader !== undefined && leader !== map && !leader.isFitted) this.moved(leader);
    return () => {
      this.#maps.delete(map);
      if (this.#last === map) this.#last = undefined;
    };
  }

  /** Told by a map that was zoomed or moved other than by `follow`. */
  moved(leader: LinkedMap): void {
    this.#last = leader;
    if (!this.#isOn) return;
    const { window } = leader;
    for (const map of this.#maps) {
      if (map === leader) continue;
      map.follow(linkedStanding(window, map.window, this.#hostsOf(leader.facts, map.facts)), leader.isFitted);
    }
  }

  #hostsOf(from: FleetFacts, to: FleetFacts): Int32Array {
    const known = this.#hosts.get(from) ?? new WeakMap<FleetFacts, Int32Array>();
    this.#hosts.set(from, known);
    const hosts = known.get(to) ?? sameHosts(from, to);
    known.set(to, hosts);
    return hosts;
  }
}
