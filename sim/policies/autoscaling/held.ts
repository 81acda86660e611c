/** For how long something has been so without a break. */
export class Held {
  #sinceUs: number | undefined;

  /** It is so, or not, from now on. */
  tell(nowUs: number, isSo: boolean): void {
    if (!isSo) this.#sinceUs = undefined;
    else this.#sinceUs ??= nowUs;
  }

  /** Counts anew from now on, if it is so. */
  restart(nowUs: number): void {
    if (this.#sinceUs !== undefined) this.#sinceUs = nowUs;
  }

  /** When it will have been so for that long, if nothing changes; Infinity: it is not so. */
  atUs(forUs: number): number {
    return this.#sinceUs === undefined ? Number.POSITIVE_INFINITY : this.#sinceUs + forUs;
  }
}
