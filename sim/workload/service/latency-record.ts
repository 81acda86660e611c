import { QuantileSketch } from '../../kernel/stats/quantile-sketch.ts';

/** What the requests of a service went through. Times in seconds; NaN where nothing was observed. */
export interface LatencySummary {
  /** Requests of the observed period that are answered. */
  readonly answered: number;
  /** Requests of the observed period that are not, and are beyond the objective already. */
  readonly overdue: number;
  readonly meanSec: number;
  readonly p50Sec: number;
  readonly p95Sec: number;
  readonly p99Sec: number;
  readonly maxSec: number;
  /** Share of the answered and overdue requests that were answered within the objective; null without objective. */
  readonly withinObjective: number | null;
  /** Answers a second over the observed period, to whichever requests. */
  readonly answersPerSec: number;
  /** Mean requests of a batch that started in the observed period. */
  readonly meanBatch: number;
}

/**
 * Latencies of one service, from arrival to answer. Requests that arrive before `fromUs` (warm-up) are served like the
 * others and not recorded. Constant memory; quantiles within 0.8 %.
 */
export class LatencyRecord {
  readonly #fromUs: number;
  readonly #objectiveUs: number;
  readonly #latencies = new QuantileSketch();
  /** Whole microseconds, exact up to 2^53. */
  #totalUs = 0;
  #within = 0;
  #overdue = 0;
  #answers = 0;
  #batches = 0;
  #batched = 0;

  /** @param objectiveUs latency that counts as in time, this value included; null: none stated */
  constructor(fromUs: number, objectiveUs: number | null) {
    this.#fromUs = fromUs;
    this.#objectiveUs = objectiveUs ?? Number.NaN;
  }

  answered(arrivedUs: number, nowUs: number): void {
    if (nowUs < this.#fromUs) return;
    this.#answers += 1;
    if (arrivedUs < this.#fromUs) return;
    const latencyUs = nowUs - arrivedUs;
    this.#latencies.add(latencyUs);
    this.#totalUs += latencyUs;
    if (latencyUs <= this.#objectiveUs) this.#within += 1;
  }

  batchStarted(size: number, nowUs: number): void {
    if (nowUs < this.#fromUs) return;
    this.#batches += 1;
    this.#batched += size;
  }

  /**
   * Tells of a request that is not answered at the end. Without those that are late already a service that cannot keep
   * up would look the better the further it falls behind.
   */
  unanswered(arrivedUs: number, endUs: number): void {
    if (arrivedUs >= this.#fromUs && endUs - arrivedUs > this.#objectiveUs) this.#overdue += 1;
  }

  /** @param endUs end of the observed period */
  summary(endUs: number): LatencySummary {
    const { count } = this.#latencies;
    const counted = count + this.#overdue;
    return {
      answered: count,
      overdue: this.#overdue,
      meanSec: this.#totalUs / count / 1e6,
      p50Sec: this.#latencies.quantile(0.5) / 1e6,
      p95Sec: this.#latencies.quantile(0.95) / 1e6,
      p99Sec: this.#latencies.quantile(0.99) / 1e6,
      maxSec: count === 0 ? Number.NaN : this.#latencies.max / 1e6,
      withinObjective: Number.isNaN(this.#objectiveUs) ? null : this.#within / counted,
      answersPerSec: (this.#answers * 1e6) / (endUs - this.#fromUs),
      meanBatch: this.#batched / this.#batches,
    };
  }

  /** The latencies in microseconds, for merging over replications. */
  get latencies(): QuantileSketch {
    return this.#latencies;
  }
}
