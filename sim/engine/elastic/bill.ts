/** What hosts of a group cost. Amounts are USD, lengths whole microseconds. */
export interface HostPrice {
  readonly perHour: number;
  /** A stay is rounded up to a whole number of these, at least 1. */
  readonly everyUs: number;
  /** A stay costs at least as much as one of this length. */
  readonly minimumUs: number;
  /** Whether the time from asking for a host to its being there is billed, too. */
  readonly billsBoot: boolean;
  readonly egressPerGb: number;
  /** Data that a finished job sends home, in GB (10^9 bytes), by name of its class; others as `default`. */
  readonly egressGb: { readonly default: number; readonly byClass: Readonly<Record<string, number>> };
  /** No host is kept or started when this much has been spent; Infinity: no limit. */
  readonly cap: number;
}

const US_PER_HOUR = 3600e6;

/** What a group has cost so far. Time is added up in whole microseconds, so that nothing is lost by rounding. */
export class Bill {
  egressUsd = 0;
  readonly #price: HostPrice;
  #closedUs = 0;
  /** By host that is billed: since when. */
  readonly #open = new Map<number, number>();

  constructor(price: HostPrice) {
    this.#price = price;
  }

  /** The clock of a host runs from now on. */
  begin(host: number, nowUs: number): void {
    this.#open.set(host, nowUs);
  }

  end(host: number, nowUs: number): void {
    const sinceUs = this.#open.get(host);
    if (sinceUs === undefined) return;
    this.#closedUs += this.#billed(nowUs - sinceUs);
    this.#open.delete(host);
  }

  /** A job of this class is done and sends its results home. */
  send(label: string): void {
    const { egressGb, egressPerGb } = this.#price;
    const gb = Object.hasOwn(egressGb.byClass, label) ? egressGb.byClass[label] : egressGb.default;
    this.egressUsd += (gb as number) * egressPerGb;
  }

  /** For the time of hosts, up to now. */
  computeUsd(nowUs: number): number {
    let us = this.#closedUs;
    for (const sinceUs of this.#open.values()) us += this.#billed(nowUs - sinceUs);
    return (us / US_PER_HOUR) * this.#price.perHour;
  }

  /** Whether the cap is reached, and if not, the first time at which it may be; Infinity: there is no cap. */
  cap(nowUs: number): { readonly isReached: boolean; readonly againUs: number } {
    const { cap, perHour, everyUs } = this.#price;
    const never = { isReached: false, againUs: Number.POSITIVE_INFINITY };
    if (cap === Number.POSITIVE_INFINITY) return never;
    const left = cap - this.computeUsd(nowUs) - this.egressUsd;
    if (left <= cap * 1e-12) return { isReached: true, againUs: Number.POSITIVE_INFINITY };
    if (this.#open.size === 0 || perHour === 0) return never;
    // Rounding up puts at most one step of the clock on top; and nothing is added before a stay comes to its next step.
    const inUs = Math.floor(((left / perHour) * US_PER_HOUR) / this.#open.size) - everyUs;
    let stepUs = Number.POSITIVE_INFINITY;
    for (const sinceUs of this.#open.values()) {
      stepUs = Math.min(stepUs, sinceUs + this.#billed(nowUs - sinceUs) + 1);
    }
    return { isReached: false, againUs: Math.max(nowUs + inUs, stepUs) };
  }

  #billed(lastedUs: number): number {
    const { everyUs, minimumUs } = this.#price;
    return Math.max(minimumUs, Math.ceil(lastedUs / everyUs) * everyUs);
  }
}
