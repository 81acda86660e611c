import type { GpuAsk } from '../ask.ts';
import type { CardSpec } from '../card-spec.ts';
import type { Card } from '../mode.ts';
import type { Residents } from '../residents.ts';
import type { Refusal, Slot } from '../slot.ts';
import { limitByLink } from '../speed/link.ts';
import { Scratch, waterLevel } from '../speed/water-level.ts';
import { refuseWithout } from './api-needs.ts';
import { BookedCard } from './booked-card.ts';

export interface HookRules {
  /** Speed under the library, in (0, 1]. */
  readonly efficiency: number;
  /** Part of its cap that a tenant gets, in (0, 1]. */
  readonly capAccuracy: number;
  /** Part of the GPU's time left for work while two or more residents are active, in (0, 1]. */
  readonly together: number;
}

/** A card whose memory and percentages are granted up to what there is, never beyond. */
export class HookCard extends BookedCard {
  readonly #rules: HookRules;
  readonly #needs = new Scratch();
  #grantedMib = 0;
  #grantedMilli = 0;

  constructor(spec: CardSpec, rules: HookRules) {
    super(spec);
    this.#rules = rules;
  }

  admit(ask: GpuAsk): Slot | Refusal {
    const { slot, use, count } = ask;
    const missing = refuseWithout('graphics', ask);
    if (missing !== undefined) return missing;
    if (slot.kind === 'profile') {
      return {
        refused: 'unknown-profile',
        detail: `the library grants sizes and has no "${slot.profile}"`,
      };
    }
    if (count > 1) return { refused: 'one-per-job', detail: `${count} grants of one card are wanted` };
    const isWhole = slot.kind === 'whole';
    const cardMib = this.spec.memoryMib;
    const wantedMib = isWhole ? cardMib : slot.memoryMib === 0 ? use.memoryMib : slot.memoryMib;
    if (wantedMib > cardMib) {
      return { refused: 'memory-too-large', detail: `needs ${wantedMib} MiB, the card has ${cardMib} MiB` };
    }
    if (use.memoryMib > wantedMib) {
      return {
        refused: 'memory-too-large',
        detail: `uses ${use.memoryMib} MiB, its cap is ${wantedMib} MiB`,
      };
    }
    if (this.slots[0]?.profile === 'whole') {
      return { refused: 'held-whole', detail: 'one tenant holds the whole card' };
    }
    if (isWhole && this.slots.length > 0) {
      return {
        refused: 'card-taken',
        detail: `a whole card is wanted and this one has ${this.slots.length} tenants`,
      };
    }
    const leftMib = cardMib - this.#grantedMib;
    if (wantedMib > leftMib) {
      return { refused: 'hook-memory', detail: `needs ${wantedMib} MiB, ${leftMib} MiB are not granted` };
    }
    const leftMilli = 1000 - this.#grantedMilli;
    // Percentages are whole numbers.
    const cap = isWhole ? 1000 : Math.min(1000, 10 * Math.ceil(slot.computeMilli / 10));
    if (cap > leftMilli || leftMilli === 0) {
      return {
        refused: 'hook-compute',
        detail: `needs ${cap / 10} %, ${leftMilli / 10} % are not granted`,
      };
    }
    const byMemory = Math.max(1, Math.floor((1000 * wantedMib) / cardMib));
    return {
      label: isWhole ? 'whole' : cap === 0 ? 'uncapped' : `${cap / 10} %`,
      profile: isWhole ? 'whole' : cap === 0 ? 'uncapped' : 'capped',
      milli: cap === 0 ? Math.min(leftMilli, byMemory) : cap,
      memoryMib: wantedMib,
      start: -1,
      size: 0,
      domain: 0,
      computeShare: cap === 0 ? 1 : cap / 1000,
      bandwidthShare: 1,
    };
  }

  speeds(residents: Residents, into: Float64Array): void {
    const { count, active, busy, weight, computeShare } = residents;
    const { efficiency, capAccuracy, together } = this.#rules;
    const needs = this.#needs.for(count);
    for (let seat = 0; seat < count; seat++) {
      const cap = computeShare[seat] as number;
      const most = cap < 1 ? cap * capAccuracy : 1;
      needs[seat] = active[seat] === 1 ? Math.min(busy[seat] as number, most) : 0;
    }
    const level = waterLevel(needs, weight, count, residents.activeCount >= 2 ? together : 1);
    for (let seat = 0; seat < count; seat++) {
      const share = Math.min(needs[seat] as number, level * (weight[seat] as number));
      into[seat] = active[seat] === 1 ? Math.min(1, share / (busy[seat] as number)) * efficiency : 0;
    }
    limitByLink(residents, this.spec.linkBytesPerSec, into);
  }

  /** Never: a use beyond its cap is refused at admission. */
  overflows(): boolean {
    return false;
  }

  protected emptyTwin(): Card {
    return new HookCard(this.spec, this.#rules);
  }

  protected hindrance({ milli, memoryMib }: Slot): string | undefined {
    if (milli > 1000 - this.#grantedMilli) return `${(1000 - this.#grantedMilli) / 10} % are not granted`;
    const leftMib = this.spec.memoryMib - this.#grantedMib;
    return memoryMib > leftMib ? `${leftMib} MiB are not granted` : undefined;
  }

  protected book({ milli, memoryMib }: Slot, sign: 1 | -1): void {
    this.#grantedMilli += sign * milli;
    this.#grantedMib += sign * memoryMib;
  }
}
