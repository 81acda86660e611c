import type { GpuAsk } from '../ask.ts';
import type { CardSpec } from '../card-spec.ts';
import type { Card } from '../mode.ts';
import type { Residents } from '../residents.ts';
import type { Refusal, Slot } from '../slot.ts';
import type { Interference } from '../speed/interference.ts';
import { limitByLink } from '../speed/link.ts';
import { refuseWithout } from './api-needs.ts';
import { BookedCard } from './booked-card.ts';
import { memoryInUseMib } from './memory-in-use.ts';
import { Places } from './places.ts';

export interface MpsRules {
  /** Clients, which are processes, that the hardware takes. */
  readonly clientLimit: number;
  /** Replicas that the device plugin advertises; null = the daemon alone, without memory limits. */
  readonly replicas: number | null;
  /** Ceiling of SMs of each client, percent. */
  readonly threadPercent: number;
  readonly interference: Interference;
}

/** A card behind an MPS daemon. `size` of a slot is its clients. */
export class MpsCard extends BookedCard {
  readonly #rules: MpsRules;
  readonly #replicas: Places | undefined;
  #clients = 0;
  #milli = 0;

  constructor(spec: CardSpec, rules: MpsRules) {
    super(spec);
    this.#rules = rules;
    this.#replicas = rules.replicas === null ? undefined : new Places(rules.replicas, 1000);
  }

  admit(ask: GpuAsk): Slot | Refusal {
    const { clientLimit, threadPercent, replicas } = this.#rules;
    const { slot, use, count } = ask;
    const missing = refuseWithout('graphics', ask);
    if (missing !== undefined) return missing;
    if (slot.kind === 'profile' && slot.profile !== 'client') {
      return { refused: 'unknown-profile', detail: `MPS has clients and no "${slot.profile}"` };
    }
    if (count > 1)
      return { refused: 'one-per-job', detail: `${count} clients are wanted in place of processes` };
    const memoryMib = replicas === null ? this.spec.memoryMib : Math.floor(this.spec.memoryMib / replicas);
    // With limits, a use beyond them fails for certain; without, it depends on the neighbours (see `overflows`).
    const neededMib = Math.max(
      slot.kind === 'part' ? slot.memoryMib : 0,
      replicas === null ? 0 : use.memoryMib,
    );
    if (neededMib > memoryMib) {
      return {
        refused: 'memory-too-large',
        detail: `needs ${neededMib} MiB, a client gets ${memoryMib} MiB`,
      };
    }
    const clients = use.processes;
    const ceiling = Math.min(1, (clients * threadPercent) / 100);
    const asked = slot.kind === 'part' ? slot.computeMilli : 0;
    // A percentage is a whole number, so that 1/3 of a card is 33 % of it and yet what was meant.
    if (asked > Math.ceil(ceiling * 1000) && !(replicas !== null && asked <= Math.ceil(1000 / replicas))) {
      return {
        refused: 'no-profile-large-enough',
        detail: `${asked} thousandths are wanted, ${clients} clients get up to ${Math.floor(ceiling * 1000)}`,
      };
    }
    if (this.slots[0]?.profile === 'whole') {
      return { refused: 'held-whole', detail: 'one tenant holds the whole card' };
    }
    const isWhole = slot.kind === 'whole' && replicas === null;
    if (isWhole && this.slots.length > 0) {
      return {
        refused: 'card-taken',
        detail: `a whole card is wanted and this one has ${this.slots.length} tenants`,
      };
    }
    if (clients > clientLimit - this.#clients) {
      return {
        refused: 'mps-client-limit',
        detail: `${clients} clients are wanted, ${clientLimit - this.#clients} of ${clientLimit} are left`,
      };
    }
    if (this.#replicas?.free === 0) {
      return { refused: 'replica-none-free', detail: `all ${replicas} replicas are in use` };
    }
    const milli = isWhole
      ? 1000
      : (this.#replicas?.milliOf(1) ?? Math.max(asked, Math.floor((1000 * clients) / clientLimit)));
    if (milli > 1000 - this.#milli) {
      return {
        refused: 'compute-left',
        detail: `${milli} thousandths are wanted, ${1000 - this.#milli} are not booked`,
      };
    }
    return {
      label: isWhole ? 'whole' : 'client',
      profile: isWhole ? 'whole' : 'client',
      milli,
      memoryMib: replicas === null ? 0 : memoryMib,
      start: -1,
      size: clients,
      domain: 0,
      computeShare: ceiling,
      bandwidthShare: 1,
    };
  }

  speeds(residents: Residents, into: Float64Array): void {
    this.#rules.interference.speeds(residents, into);
    limitByLink(residents, this.spec.linkBytesPerSec, into);
  }

  overflows(residents: Residents): boolean {
    return this.#rules.replicas === null && memoryInUseMib(residents, 0) > this.spec.memoryMib;
  }

  /** What is left when the clients are used up before the thousandths. */
  override strandedMilli(): number {
    return this.#clients === this.#rules.clientLimit ? 1000 - this.#milli : 0;
  }

  protected emptyTwin(): Card {
    return new MpsCard(this.spec, this.#rules);
  }

  protected hindrance({ size, milli }: Slot): string | undefined {
    const clientsLeft = this.#rules.clientLimit - this.#clients;
    if (size > clientsLeft) return `${clientsLeft} clients are left`;
    if (milli > 1000 - this.#milli) return `${1000 - this.#milli} thousandths are not booked`;
    return this.#replicas?.holds(1, milli) === false ? 'no replica is left' : undefined;
  }

  protected book({ size, milli }: Slot, sign: 1 | -1): void {
    this.#clients += sign * size;
    this.#milli += sign * milli;
    this.#replicas?.book(1, milli, sign);
  }
}
