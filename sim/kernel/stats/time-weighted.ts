import type { Micros } from '../time.ts';
import { ExactSum } from './exact-sum.ts';

/** What a step function did over a stretch of time. Plain data; `mergeTimeWeighted` joins two. */
export interface TimeWeightedSummary {
  readonly durationUs: Micros;
  /** Value times time, in units of the value times microseconds. */
  readonly integral: number;
  /** What rounding to a double took from `integral`: together they are exact for whole values. */
  readonly integralRemainder: number;
  /** Smallest and largest value held for a positive time; undefined for an empty stretch. */
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/**
 * Follows a value that changes in steps, such as GPUs in use, and weighs it by how long it was held. Values held for no
 * time (several changes at one instant) leave no trace, in the extremes neither. Whole values give exact integrals.
 */
export class TimeWeighted {
  #sinceUs: Micros;
  #lastUs: Micros;
  #value: number;
  #sum = new ExactSum();
  #min = Infinity;
  #max = -Infinity;

  /** @param startUs where the observed stretch begins */
  constructor(startUs: Micros, value = 0) {
    requireValue(value);
    this.#sinceUs = startUs;
    this.#lastUs = startUs;
    this.#value = value;
  }

  /** The value held now. */
  get value(): number {
    return this.#value;
  }

  /** The value becomes `value` at `atUs`. Throws RangeError if that is before the last change. */
  set(atUs: Micros, value: number): void {
    requireValue(value);
    this.#advance(atUs);
    this.#value = value;
  }

  /** The value changes by `delta` at `atUs`. */
  add(atUs: Micros, delta: number): void {
    this.set(atUs, this.#value + delta);
  }

  /** Forgets the past, as at the end of a warm-up; the value stays. */
  reset(atUs: Micros): void {
    this.#advance(atUs);
    this.#sinceUs = atUs;
    this.#sum = new ExactSum();
    this.#min = Infinity;
    this.#max = -Infinity;
  }

  /** Integral from the start or last reset to `atUs`, in units of the value times microseconds. */
  integral(atUs: Micros): number {
    return this.#sumUntil(atUs).value;
  }

  /** The integral of a value that was always whole, exactly. Throws RangeError if the integral is not whole. */
  exactIntegral(atUs: Micros): bigint {
    return this.#sumUntil(atUs).toBigInt();
  }

  /** Mean over the stretch up to `atUs`; the value itself for an empty stretch. */
  mean(atUs: Micros): number {
    return atUs === this.#sinceUs ? this.#value : this.integral(atUs) / (atUs - this.#sinceUs);
  }

  /** The stretch up to `atUs`. Throws RangeError if that is before the last change. */
  summary(atUs: Micros): TimeWeightedSummary {
    const sum = this.#sumUntil(atUs);
    const isHeld = atUs > this.#lastUs;
    const isEmpty = atUs === this.#sinceUs;
    return {
      durationUs: (atUs - this.#sinceUs) as Micros,
      integral: sum.value,
      integralRemainder: sum.remainder,
      min: isEmpty ? undefined : isHeld ? Math.min(this.#min, this.#value) : this.#min,
      max: isEmpty ? undefined : isHeld ? Math.max(this.#max, this.#value) : this.#max,
    };
  }

  #advance(atUs: Micros): void {
    const heldUs = this.#heldUs(atUs);
    if (heldUs === 0) return;
    this.#sum.addProduct(this.#value, heldUs);
    if (this.#value < this.#min) this.#min = this.#value;
    if (this.#value > this.#max) this.#max = this.#value;
    this.#lastUs = atUs;
  }

  #sumUntil(atUs: Micros): ExactSum {
    const sum = this.#sum.copy();
    sum.addProduct(this.#value, this.#heldUs(atUs));
    return sum;
  }

  #heldUs(atUs: Micros): number {
    if (atUs >= this.#lastUs) return atUs - this.#lastUs;
    throw new RangeError(`Cannot go back in time: last change at ${this.#lastUs} us, asked for ${atUs} us`);
  }
}

/** Joins two stretches, of one run or of two: durations and integrals add, extremes widen. */
export function mergeTimeWeighted(a: TimeWeightedSummary, b: TimeWeightedSummary): TimeWeightedSummary {
  const sum = new ExactSum();
  for (const { integral, integralRemainder } of [a, b]) {
    sum.add(integral);
    sum.add(integralRemainder);
  }
  return {
    durationUs: (a.durationUs + b.durationUs) as Micros,
    integral: sum.value,
    integralRemainder: sum.remainder,
    min: a.min === undefined ? b.min : b.min === undefined ? a.min : Math.min(a.min, b.min),
    max: a.max === undefined ? b.max : b.max === undefined ? a.max : Math.max(a.max, b.max),
  };
}

/** Mean of a stretch; undefined for an empty one. */
export function meanOfSummary(summary: TimeWeightedSummary): number | undefined {
  return summary.durationUs === 0 ? undefined : summary.integral / summary.durationUs;
}

function requireValue(value: number): void {
  if (!Number.isFinite(value))
    throw new RangeError(`Cannot follow a value: need a finite number, got ${value}`);
}
