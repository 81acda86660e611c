/**
 * Which hosts have gained room, in order, so that a search need not be done again where nothing can have come free since
 * it was done. Only hosts where less room never lets anybody in may be left out so.
 */
export class Gains {
  /** How many gains there have been: the time by which searches are dated. */
  count = 0;
  /** By host: the count at its last gain. */
  readonly lastOf: Float64Array;
  /** Hosts of the last gains. */
  #log: number[] = [];

  constructor(hostCount: number) {
    this.lastOf = new Float64Array(hostCount);
  }

  mark(host: number): void {
    this.count += 1;
    this.lastOf[host] = this.count;
    this.#log.push(host);
    const most = 4 * this.lastOf.length + 64;
    if (this.#log.length > 2 * most) this.#log = this.#log.slice(-most);
  }

  /** Hosts that have gained room since there had been `count` gains, ascending; undefined: too many to tell. */
  since(count: number): readonly number[] | undefined {
    const news = this.count - count;
    if (news === 0) return NOBODY;
    if (news > this.#log.length || news > this.lastOf.length) return undefined;
    return [...new Set(this.#log.slice(-news))].sort((a, b) => a - b);
  }
}

const NOBODY: readonly number[] = [];
