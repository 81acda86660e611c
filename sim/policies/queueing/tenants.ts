import type { QueuedJob, QueueingConfig } from './discipline.ts';

/** Numbers tenants in order of first sight, from 0, as lanes of a queue. */
export class Tenants {
  readonly #numbers = new Map<string, number>();
  /** By number: the weight that the configuration gives it, 1 where it gives none. */
  readonly weights: number[] = [];
  readonly #stated: QueueingConfig['weights'];

  /** @throws {RangeError} if a weight is not finite and above 0 */
  constructor(stated: QueueingConfig['weights']) {
    for (const [tenant, weight] of Object.entries(stated)) {
      if (weight > 0 && weight < Number.POSITIVE_INFINITY) continue;
      throw new RangeError(`Cannot weigh tenant "${tenant}": need a finite weight > 0, got ${weight}`);
    }
    this.#stated = stated;
  }

  numberOf({ job }: QueuedJob): number {
    const { tenant } = job.claim;
    const known = this.#numbers.get(tenant);
    if (known !== undefined) return known;
    const number = this.weights.length;
    this.#numbers.set(tenant, number);
    this.weights.push(Object.hasOwn(this.#stated, tenant) ? (this.#stated[tenant] as number) : 1);
    return number;
  }
}
