import {
  createDistribution,
  type Distribution,
  type DistributionSpec,
} from '../../kernel/distributions/index.ts';
import type { RandomStream } from '../../kernel/random.ts';

/** How long a batch takes alone on the whole reference GPU. */
export interface BatchWorkSpec {
  /** Seconds by size: entry i is for i + 1 requests, the last also for more. */
  readonly batchSec: readonly number[];
  /** Random factor of each batch's length, mean 1; null: none. A draw below 0 counts as 0. */
  readonly variability: DistributionSpec | null;
}

/** Work of the batches of a service, in whole microseconds of the reference GPU. */
export class BatchWork {
  readonly #lengthUs: Float64Array;
  readonly #variability: Distribution | null;

  /** @throws {RangeError} if there is no length, or one is not above 0 */
  constructor({ batchSec, variability }: BatchWorkSpec) {
    for (const [index, seconds] of batchSec.entries()) {
      if (seconds > 0 && seconds <= 9e9) continue;
      throw new RangeError(
        `Cannot serve batches: batchSec[${index}] must be above 0 and at most 9e9 s, got ${seconds}`,
      );
    }
    if (batchSec.length === 0) throw new RangeError('Cannot serve batches: batchSec is empty');
    this.#lengthUs = Float64Array.from(batchSec, (seconds) => seconds * 1e6);
    this.#variability = variability === null ? null : createDistribution(variability);
  }

  /**
   * Draws the work of one batch: at least a microsecond, so that time passes.
   *
   * @param stream drawn from only where batches vary
   */
  draw(size: number, stream: RandomStream): number {
    const lengthUs = this.#lengthUs[Math.min(size, this.#lengthUs.length) - 1] as number;
    const factor = this.#variability === null ? 1 : this.#variability.sample(stream);
    return Math.min(9e15, Math.max(1, Math.round(lengthUs * factor)));
  }
}
