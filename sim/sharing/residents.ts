import { type GpuUse, isInteractive } from './ask.ts';
import type { Slot } from './slot.ts';

/**
 * Who is on one card, in flat arrays indexed by seat. Seats are dense: when a resident leaves, the last seat moves into
 * its place. A mode reads it to compute speeds and never changes it.
 */
export class Residents {
  count = 0;
  /** By seat, of the use as it is on this card (see speed/relative.ts). */
  busy = new Float64Array(4);
  compute = new Float64Array(4);
  bandwidth = new Float64Array(4);
  linkBytesPerSec = new Float64Array(4);
  weight = new Float64Array(4);
  /** By seat: 1 while the resident has work, 0 while it idles (a desktop whose user reads, a replica without requests). */
  active = new Uint8Array(4);
  /** By seat: 1 where a person waits for frames. */
  interactive = new Uint8Array(4);
  /** By seat: part of the card's compute that its slot owns, the most it can use. */
  computeShare = new Float64Array(4);
  /** By seat: domain of its slot. */
  domain = new Int32Array(4);
  readonly slots: Slot[] = [];
  readonly uses: GpuUse[] = [];
  activeCount = 0;
  /** Weights of the active residents together; exact, since weights are whole. */
  activeWeight = 0;
  /** Residents whose weight is not 1. */
  heavyCount = 0;
  /** Bytes a second that all residents would move at full speed: a bound that needs no look at each. */
  linkTotal = 0;
  /**
   * Seats in ascending order of `busy / weight`, ties by time of joining: the order in which max-min fair shares are
   * filled. Kept up to date at joins and leaves, so that speeds need one pass.
   */
  order = new Int32Array(4);

  /** Takes a resident in, active or not; returns its seat. O(residents). */
  join(slot: Slot, use: GpuUse, isActive: boolean): number {
    const seat = this.count;
    if (seat === this.busy.length) this.#grow();
    this.count += 1;
    this.busy[seat] = use.busy;
    this.compute[seat] = use.compute;
    this.bandwidth[seat] = use.bandwidth;
    this.linkBytesPerSec[seat] = use.linkBytesPerSec;
    this.weight[seat] = use.processes;
    this.active[seat] = isActive ? 1 : 0;
    if (isActive) {
      this.activeCount += 1;
      this.activeWeight += use.processes;
    }
    this.#sumLink();
    this.interactive[seat] = isInteractive(use.workload) ? 1 : 0;
    this.computeShare[seat] = slot.computeShare;
    if (use.processes !== 1) this.heavyCount += 1;
    this.domain[seat] = slot.domain;
    this.slots[seat] = slot;
    this.uses[seat] = use;
    const key = use.busy / use.processes;
    let at = seat;
    for (; at > 0; at--) {
      const before = this.order[at - 1] as number;
      if ((this.busy[before] as number) / (this.weight[before] as number) <= key) break;
      this.order[at] = before;
    }
    this.order[at] = seat;
    return seat;
  }

  /** Lets the resident of a seat go. Returns the seat whose resident now sits there (the last one), or -1 if it was the last. O(residents). */
  leave(seat: number): number {
    const last = this.count - 1;
    if (this.active[seat] === 1) {
      this.activeCount -= 1;
      this.activeWeight -= this.weight[seat] as number;
    }
    if (this.weight[seat] !== 1) this.heavyCount -= 1;
    let at = 0;
    while (this.order[at] !== seat) at += 1;
    for (; at < last; at++) this.order[at] = this.order[at + 1] as number;
    this.count = last;
    const moved = seat === last ? -1 : last;
    if (moved >= 0) {
      for (const column of [this.busy, this.compute, this.bandwidth, this.linkBytesPerSec, this.weight]) {
        column[seat] = column[last] as number;
      }
      this.active[seat] = this.active[last] as number;
      this.interactive[seat] = this.interactive[last] as number;
      this.computeShare[seat] = this.computeShare[last] as number;
      this.domain[seat] = this.domain[last] as number;
      this.slots[seat] = this.slots[last] as Slot;
      this.uses[seat] = this.uses[last] as GpuUse;
      this.order[this.order.indexOf(last)] = seat;
    }
    this.#sumLink();
    this.slots.length = last;
    this.uses.length = last;
    return moved;
  }

  setActive(seat: number, isActive: boolean): void {
    const next = isActive ? 1 : 0;
    const change = next - (this.active[seat] as number);
    this.activeCount += change;
    this.activeWeight += change * (this.weight[seat] as number);
    this.active[seat] = next;
  }

  /** Summed anew each time, so that rounding does not pile up. */
  #sumLink(): void {
    let total = 0;
    for (let seat = 0; seat < this.count; seat++) total += this.linkBytesPerSec[seat] as number;
    this.linkTotal = total;
  }

  #grow(): void {
    const size = this.busy.length * 2;
    const wider = (old: Float64Array) => {
      const next = new Float64Array(size);
      next.set(old);
      return next;
    };
    this.busy = wider(this.busy);
    this.compute = wider(this.compute);
    this.bandwidth = wider(this.bandwidth);
    this.linkBytesPerSec = wider(this.linkBytesPerSec);
    this.weight = wider(this.weight);
    const active = new Uint8Array(size);
    active.set(this.active);
    this.active = active;
    const interactive = new Uint8Array(size);
    interactive.set(this.interactive);
    this.interactive = interactive;
    this.computeShare = wider(this.computeShare);
    const domain = new Int32Array(size);
    domain.set(this.domain);
    this.domain = domain;
    const order = new Int32Array(size);
    order.set(this.order);
    this.order = order;
  }
}
