/** A repair that begins now. */
export interface Repair {
  readonly unit: number;
  /** Time that the unit waited for a crew. */
  readonly waitedUs: number;
}

interface Waiting {
  readonly unit: number;
  readonly sinceUs: number;
}

/** A limited number of repair crews: units that break down wait for one in order of their failures. */
export class RepairShop {
  readonly #crews: number;
  readonly #waiting: Waiting[] = [];
  #first = 0;
  #busy = 0;

  /** @param crews at least 1; Infinity: there is always one free */
  constructor(crews: number) {
    if (!(crews >= 1)) throw new RangeError(`Cannot open a repair shop: need 1 crew or more, got ${crews}`);
    this.#crews = crews;
  }

  get waiting(): number {
    return this.#waiting.length - this.#first;
  }

  get busy(): number {
    return this.#busy;
  }

  /** A unit needs a crew: its repair begins now, or when one is free. */
  bring(unit: number, nowUs: number): Repair | undefined {
    if (this.#busy < this.#crews) {
      this.#busy += 1;
      return { unit, waitedUs: 0 };
    }
    this.#waiting.push({ unit, sinceUs: nowUs });
    return undefined;
  }

  /** A crew has mended its unit: it goes on to the one that has waited longest, if any waits. */
  finish(nowUs: number): Repair | undefined {
    const next = this.#waiting[this.#first];
    if (next === undefined) {
      if (this.#busy === 0) throw new RangeError('Cannot finish a repair: no crew is at work');
      this.#busy -= 1;
      return undefined;
    }
    this.#first += 1;
    if (this.#first > 64 && this.#first * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#first);
      this.#first = 0;
    }
    return { unit: next.unit, waitedUs: nowUs - next.sinceUs };
  }
}
