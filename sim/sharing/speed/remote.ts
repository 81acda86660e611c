import type { GpuUse } from '../ask.ts';
import type { Residents } from '../residents.ts';
import { limitByLink } from './link.ts';
import { Scratch, waterLevel } from './water-level.ts';

export interface RemoteRules {
  readonly roundTripSec: number;
  /** Bytes a second that the network moves between the GPU and all its clients. */
  readonly bytesPerSec: number;
  /** Of the link between the GPU and the server that holds it. */
  readonly localBytesPerSec: number;
  /** Speed of work that states no calls, in (0, 1]. */
  readonly withoutCalls: number;
  /** Part of the GPU's time left for work while two or more residents are active, in (0, 1]. */
  readonly together: number;
}

/** Speeds of programs whose GPU is behind a network. */
export class RemoteSpeed {
  readonly #rules: RemoteRules;
  readonly #needs = new Scratch();
  readonly #alone = new Scratch();

  constructor(rules: RemoteRules) {
    this.#rules = rules;
  }

  /**
   * A second of the local run becomes longer by a round trip for each call that waits, and by what each byte takes
   * longer over the network than over the link that it took before. Work that states no calls takes the published
   * speed, or that of its bytes where they alone make it slower.
   */
  alone({ syncCallsPerSec, linkBytesPerSec }: GpuUse): number {
    const { roundTripSec, bytesPerSec, localBytesPerSec, withoutCalls } = this.#rules;
    const perByte = Math.max(0, 1 / bytesPerSec - 1 / localBytesPerSec);
    const counted = 1 / (1 + syncCallsPerSec * roundTripSec + linkBytesPerSec * perByte);
    return syncCallsPerSec > 0 ? counted : Math.min(counted, withoutCalls);
  }

  /**
   * Sessions divide the GPU's time by max-min fairness over what they need of it at the pace that the network leaves
   * them, and the network by max-min fairness over bytes.
   *
   * @param into by seat, speeds in [0, 1]
   */
  speeds(residents: Residents, into: Float64Array): void {
    const { count, active, busy, weight, uses } = residents;
    const needs = this.#needs.for(count);
    const alone = this.#alone.for(count);
    for (let seat = 0; seat < count; seat++) {
      const pace = this.alone(uses[seat] as GpuUse);
      alone[seat] = pace;
      needs[seat] = active[seat] === 1 ? pace * (busy[seat] as number) : 0;
    }
    const capacity = residents.activeCount >= 2 ? this.#rules.together : 1;
    const level = waterLevel(needs, weight, count, capacity);
    for (let seat = 0; seat < count; seat++) {
      const share = level * (weight[seat] as number);
      into[seat] = active[seat] === 1 ? Math.min(alone[seat] as number, share / (busy[seat] as number)) : 0;
    }
    limitByLink(residents, Math.min(this.#rules.bytesPerSec, this.#rules.localBytesPerSec), into);
  }
}
