const LIMB = 2 ** 21;
const MOST = 2 ** 51;

/** An instant in two limbs, so that products with whole numbers stay exact in doubles. */
export class Instant {
  atUs = 0;
  hi = 0;
  lo = 0;

  set(atUs: number): void {
    this.atUs = atUs;
    this.hi = Math.floor(atUs / LIMB);
    this.lo = atUs - this.hi * LIMB;
  }
}

/**
 * Integral over time of a level that is a whole number and changes at whole microseconds: exact at any length. A change
 * costs two products; only sums that outgrow a double go to a bigint.
 */
export class ExactIntegral {
  level = 0;
  /** Sums of each change times the instant at which it came, by limb of the instant. */
  #hi = 0;
  #lo = 0;
  #outgrown = 0n;

  /** @param delta whole, below 2^50 in magnitude */
  change(delta: number, at: Instant): void {
    this.level += delta;
    const hi = delta * at.hi;
    const lo = delta * at.lo;
    // The comparison is false for products that have lost digits as well: they are beyond MOST.
    if (hi < MOST && hi > -MOST && lo < MOST && lo > -MOST) {
      this.#hi += hi;
      this.#lo += lo;
      if (this.#hi > MOST || this.#hi < -MOST || this.#lo > MOST || this.#lo < -MOST) this.#spill();
    } else this.#outgrown += BigInt(delta) * BigInt(at.atUs);
  }

  /** Sets the level in place of changing it. */
  set(level: number, at: Instant): void {
    if (level !== this.level) this.change(level - this.level, at);
  }

  /** Forgets what was before. */
  restart(at: Instant): void {
    const { level } = this;
    this.level = 0;
    this.#hi = 0;
    this.#lo = 0;
    this.#outgrown = 0n;
    if (level !== 0) this.change(level, at);
  }

  /** The level times microseconds, up to an instant that no change came after. */
  upTo(atUs: number): bigint {
    this.#spill();
    return BigInt(this.level) * BigInt(atUs) - this.#outgrown;
  }

  #spill(): void {
    this.#outgrown += BigInt(this.#hi) * BigInt(LIMB) + BigInt(this.#lo);
    this.#hi = 0;
    this.#lo = 0;
  }
}
