type Duty = 'serves' | 'joins' | 'stands-by' | 'down';

/**
 * Hosts of which some stand by (N + k): when one that serves breaks down, the first that stands by takes its place after
 * a switch-over time. A host that works again serves at once where one is missing, else it stands by: nobody is moved
 * back.
 */
export class SparePool {
  /** How many are to serve. */
  readonly target: number;
  readonly #duty = new Map<number, Duty>();
  #active: number;

  /**
   * @param hosts host numbers in order; the last `standby` of them stand by at the start
   * @throws {RangeError} if fewer than one would serve
   */
  constructor(hosts: readonly number[], standby: number) {
    this.target = hosts.length - standby;
    if (!(standby >= 0 && this.target >= 1)) {
      throw new RangeError(
        `Cannot let ${standby} of ${hosts.length} hosts stand by: at least one has to serve`,
      );
    }
    for (const [i, host] of hosts.entries()) {
      this.#duty.set(host, i < this.target ? 'serves' : 'stands-by');
    }
    this.#active = this.target;
  }

  dutyOf(host: number): Duty {
    const duty = this.#duty.get(host);
    if (duty === undefined)
      throw new RangeError(`Cannot tell the duty of host ${host}: it is not in the pool`);
    return duty;
  }

  get hosts(): Iterable<number> {
    return this.#duty.keys();
  }

  /** A host breaks down. Returns the one that is to take its place, which joins from now on. */
  down(host: number): number | undefined {
    const before = this.dutyOf(host);
    this.#duty.set(host, 'down');
    if (before === 'serves' || before === 'joins') this.#active -= 1;
    if (this.#active >= this.target) return undefined;
    for (const [spare, duty] of this.#duty) {
      if (duty !== 'stands-by') continue;
      this.#duty.set(spare, 'joins');
      this.#active += 1;
      return spare;
    }
    return undefined;
  }

  /** A host works again: says what it does from now on. */
  up(host: number): 'serves' | 'stands-by' {
    const duty = this.#active < this.target ? 'serves' : 'stands-by';
    if (duty === 'serves') this.#active += 1;
    this.#duty.set(host, duty);
    return duty;
  }

  /** The switch-over of a host that joins is over. */
  joined(host: number): void {
    this.#duty.set(host, 'serves');
  }
}
