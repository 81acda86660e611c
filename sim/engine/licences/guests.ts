import type { EventId } from '../../kernel/event-queue.ts';
import type { Restriction } from '../../licences/index.ts';
import type { LicenceClient } from './desk.ts';

/** One tenant of a licence: a worker of a job, or its part on one GPU where GPUs are licensed. */
export interface Guest {
  readonly number: number;
  /** Slot of its job. */
  readonly slot: number;
  readonly client: LicenceClient;
  /** Since when it runs without a licence; undefined while it has one. */
  sinceUs: number | undefined;
  /** How many of the restrictions are in force. */
  steps: number;
  event: EventId | undefined;
}

interface ClockHost {
  /** The next restriction of the guest by that number comes then. */
  schedule(atUs: number, guest: number): EventId | undefined;
  cancel(event: EventId): void;
  /** What the guest may do has changed. */
  changed(slot: number): void;
}

/** How long guests have been without a licence, and what they may still do. */
export class GuestClocks {
  readonly #restrictions: readonly Restriction[];
  readonly #host: ClockHost;
  readonly #guests = new Map<number, Guest>();
  #count = 0;

  constructor(restrictions: readonly Restriction[], host: ClockHost) {
    this.#restrictions = restrictions;
    this.#host = host;
  }

  /** Lets a guest begin; its time without a licence counts from now if it has none. */
  begin(nowUs: number, slot: number, client: LicenceClient): Guest {
    const guest: Guest = {
      number: this.#count,
      slot,
      client,
      sinceUs: undefined,
      steps: 0,
      event: undefined,
    };
    this.#count += 1;
    this.#guests.set(guest.number, guest);
    if (!client.isLicensed) this.#start(nowUs, guest);
    return guest;
  }

  end(guest: Guest): void {
    this.#stop(guest);
    this.#guests.delete(guest.number);
  }

  /** Its licence has come or gone: restrictions end at once without a new boot, or its time counts anew. */
  licenceChanged(nowUs: number, guest: Guest): void {
    if (guest.client.isLicensed) {
      const wasRestricted = guest.steps > 0;
      this.#stop(guest);
      if (wasRestricted) this.#host.changed(guest.slot);
    } else {
      this.#start(nowUs, guest);
      if (guest.steps > 0) this.#host.changed(guest.slot);
    }
  }

  /** The next restriction of a guest comes into force. */
  stepped(nowUs: number, number: number): void {
    const guest = this.#guests.get(number) as Guest;
    guest.event = undefined;
    this.#step(nowUs, guest);
    this.#host.changed(guest.slot);
  }

  /** What a guest may do now; undefined: all that it can. */
  restrictionOf({ steps }: Guest): Restriction | undefined {
    return this.#restrictions[steps - 1];
  }

  #start(nowUs: number, guest: Guest): void {
    guest.sinceUs = nowUs;
    guest.steps = 0;
    this.#step(nowUs, guest);
  }

  /** Brings all restrictions that are due into force, and sees to it that the next one comes. */
  #step(nowUs: number, guest: Guest): void {
    const sinceUs = guest.sinceUs as number;
    const all = this.#restrictions;
    while (guest.steps < all.length && sinceUs + (all[guest.steps] as Restriction).afterUs <= nowUs) {
      guest.steps += 1;
    }
    const next = all[guest.steps];
    if (next !== undefined) guest.event = this.#host.schedule(sinceUs + next.afterUs, guest.number);
  }

  #stop(guest: Guest): void {
    if (guest.event !== undefined) this.#host.cancel(guest.event);
    guest.event = undefined;
    guest.sinceUs = undefined;
    guest.steps = 0;
  }
}
