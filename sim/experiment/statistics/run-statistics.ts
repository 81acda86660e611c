import type { ClusterObserver, Job } from '../../cluster/changes.ts';
import type { FleetView } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import { GPU_MILLI } from '../../cluster/request.ts';
import { BatchMeans } from '../../kernel/stats/batch-means.ts';
import { BatchSketches } from '../../kernel/stats/batch-sketches.ts';
import {
  batchMeansInterval,
  type CorrelatedMean,
  joinedBatches,
} from '../../kernel/stats/correlated-mean.ts';
import { quantileWorth } from '../../kernel/stats/correlated-quantile.ts';
import { mserTruncation, WarmupDetector } from '../../kernel/stats/mser.ts';
import { sketchQuantileInterval } from '../../kernel/stats/quantile-interval.ts';
import { Tally } from '../../kernel/stats/tally.ts';
import { TimeBuckets } from '../../kernel/stats/time-buckets.ts';
import { risingTrend } from '../../kernel/stats/trend.ts';
import type { Micros } from '../../kernel/time.ts';
import type { JobMeter } from '../../observe/job-meter.ts';
import type { TallyWithQuantiles } from '../../observe/tally-with-quantiles.ts';

/** Batches of an interval: few and long ones are the safer choice. */
const BATCHES = 20;
/** Stretches of time between which a queue is called growing. */
const TREND_PARTS = 10;

/** An interval for a metric from one run alone, by name of the metric. */
export interface WithinRun {
  readonly metric: string;
  readonly value: number;
  /** Null where the run is too short for one. */
  readonly ci95: readonly [number, number] | null;
  readonly method: 'batch-means' | 'order-statistics';
  /** Batches, or independent observations that the sample is worth. */
  readonly n: number;
  /** False where the batches are still correlated, so that the interval is too narrow. */
  readonly isIndependent: boolean;
}

/** Where one series of the run settled. */
interface SeriesWarmup {
  readonly series: 'wait' | 'completion' | 'queue' | 'gpu';
  readonly untilUs: number;
  readonly settled: boolean;
}

/** What the course of one run says of how far its numbers can be trusted. Plain data. */
export interface RunStatistics {
  /** Whether arrivals go on in the same way all the time, so that a steady state is to be expected. */
  readonly seeksSteadyState: boolean;
  readonly warmupUs: number;
  readonly endUs: number;
  readonly warmups: readonly SeriesWarmup[];
  readonly within: readonly WithinRun[];
  /** After the warm-up. */
  readonly completed: number;
  readonly started: number;
  /** Jobs that had to wait at all. */
  readonly delayed: number;
  /** Times that the queue had grown from nobody and emptied again. */
  readonly queueCycles: number;
  /** The queue between warm-up and last arrival. */
  readonly queue: {
    readonly arrived: number;
    /** Waiting when the last job had arrived. */
    readonly atLastArrival: number;
    /** Mean of the first and of the last tenth of that time; null below ten stretches of time. */
    readonly first: number | null;
    readonly last: number | null;
    /** p of a rising trend over tenths. */
    readonly pRising: number;
  };
}

/** Follows waits, completion times, queue length and GPUs in use; changes nothing. O(1) a change, bounded memory. */
export class RunStatisticsMeter implements ClusterObserver {
  readonly #fleet: FleetView;
  readonly #warmupUs: number;
  readonly #seeksSteadyState: boolean;
  readonly #wait: JobSeries;
  readonly #completion: JobSeries;
  readonly #queue = new TimeBuckets();
  readonly #gpu = new TimeBuckets();
  readonly #waitingAgain = new Set<number>();
  #waiting = 0;
  #delayed = 0;
  #cycles = 0;
  #arrived = 0;
  #lastArrivalUs = 0;
  #atLastArrival = 0;
  #endUs = 0;
  /** When the queue last began to hold somebody. */
  #heldSinceUs = 0;

  /** @param jobs told of the same changes, with the same warm-up: it keeps the waits and completion times */
  constructor(
    fleet: FleetView,
    warmupUs: Micros,
    seeksSteadyState: boolean,
    jobs: Pick<JobMeter, 'wait' | 'completion'>,
  ) {
    this.#fleet = fleet;
    this.#wait = new JobSeries(jobs.wait);
    this.#completion = new JobSeries(jobs.completion);
    this.#seeksSteadyState = seeksSteadyState;
    this.#warmupUs = warmupUs;
  }

  arrived(atUs: Micros): void {
    if (atUs >= this.#warmupUs) this.#arrived += 1;
    this.#lastArrivalUs = atUs;
    this.#setWaiting(atUs, this.#waiting + 1);
  }

  placed(atUs: Micros, job: Job): void {
    this.#setWaiting(atUs, this.#waiting - 1);
    this.#useGpu(atUs);
    if (this.#waitingAgain.delete(job.number)) return;
    const counts = job.arrivalUs >= this.#warmupUs;
    if (counts && atUs > job.arrivalUs) this.#delayed += 1;
    this.#wait.add(atUs, (atUs - job.arrivalUs) / 1e6, counts);
  }

  finished(atUs: Micros, job: Job, _parts: readonly Part[]): void {
    this.#useGpu(atUs);
    this.#completion.add(atUs, (atUs - job.arrivalUs) / 1e6, job.arrivalUs >= this.#warmupUs);
  }

  preempted(atUs: Micros, job: Job): void {
    this.#waitingAgain.add(job.number);
    this.#setWaiting(atUs, this.#waiting + 1);
    this.#useGpu(atUs);
  }

  rejected(atUs: Micros): void {
    this.#setWaiting(atUs, this.#waiting - 1);
  }

  failed(atUs: Micros): void {
    this.#useGpu(atUs);
  }

  freed(atUs: Micros): void {
    this.#useGpu(atUs);
  }

  ended(atUs: Micros): void {
    this.#endUs = atUs;
  }

  read(): RunStatistics {
    const gpu = timeSeries(this.#gpu, this.#endUs);
    const queue = timeSeries(this.#queue, this.#endUs);
    const lastUs = this.#lastArrivalUs;
    const gpuWithin = afterWarmup(gpu, this.#warmupUs);
    const capacity = this.#fleet.gpuCount * GPU_MILLI;
    return {
      seeksSteadyState: this.#seeksSteadyState,
      warmupUs: this.#warmupUs,
      endUs: this.#endUs,
      warmups: [
        ...this.#wait.warmup('wait', lastUs),
        ...this.#completion.warmup('completion', lastUs),
        ...warmupOf('queue', queue, lastUs),
        ...warmupOf('gpu', gpu, lastUs),
      ],
      within: [
        ...this.#wait.within('wait'),
        ...this.#completion.within('completion'),
        ...(gpuWithin === undefined || capacity === 0
          ? []
          : [withinOf('gpu.allocated.mean', gpuWithin, capacity)]),
      ],
      completed: this.#completion.count,
      started: this.#wait.count,
      delayed: this.#delayed,
      queueCycles: this.#cycles,
      queue: this.#readQueue(queue),
    };
  }

  #readQueue({ widthUs, means }: TimeSeries): RunStatistics['queue'] {
    const open = means.slice(Math.ceil(this.#warmupUs / widthUs), Math.floor(this.#lastArrivalUs / widthUs));
    const parts = open.length < TREND_PARTS ? [] : joinedBatches(open, TREND_PARTS).slice(-TREND_PARTS);
    return {
      arrived: this.#arrived,
      atLastArrival: this.#atLastArrival,
      first: parts[0] ?? null,
      last: parts.at(-1) ?? null,
      pRising: risingTrend(parts),
    };
  }

  #setWaiting(atUs: number, waiting: number): void {
    if (this.#waiting === 0) this.#heldSinceUs = atUs;
    // Who arrives and starts at one instant has not waited.
    else if (waiting === 0 && atUs > this.#heldSinceUs && atUs >= this.#warmupUs) this.#cycles += 1;
    this.#waiting = waiting;
    if (atUs === this.#lastArrivalUs) this.#atLastArrival = waiting;
    this.#queue.set(atUs, waiting);
  }

  #useGpu(atUs: number): void {
    this.#gpu.set(atUs, this.#fleet.gpuCount * GPU_MILLI - this.#fleet.gpuFreeTotalMilli);
  }
}

/** One number a job, in the order in which they come to be known. */
class JobSeries {
  readonly #detector = new WarmupDetector();
  readonly #batches = new BatchMeans(BATCHES);
  readonly #sketches = new BatchSketches(BATCHES);
  /** All of them that count, kept by others. */
  readonly #all: TallyWithQuantiles;

  constructor(all: TallyWithQuantiles) {
    this.#all = all;
  }

  /** @param counts whether it is part of the metrics: those of the warm-up only show how long that was */
  add(atUs: number, value: number, counts: boolean): void {
    this.#detector.add(atUs, value);
    if (!counts) return;
    this.#batches.add(value);
    this.#sketches.add(value);
  }

  get count(): number {
    return this.#all.count;
  }

  /** @param lastUs what came later is left out: when nobody arrives any more, the rest is no steady state */
  warmup(series: 'wait' | 'completion', lastUs: number): readonly SeriesWarmup[] {
    const found = this.#detector.truncation(lastUs);
    return found.batches < 2 * BATCHES ? [] : [{ series, untilUs: found.untilUs, settled: found.settled }];
  }

  within(name: string): readonly WithinRun[] {
    const means = this.#batches.batchMeans;
    const { tally, sketch } = this.#all;
    if (means.length < BATCHES || sketch === undefined) return [];
    const interval = batchMeansInterval(means);
    return [
      withinOf(`${name}.mean`, { ...interval, mean: tally.mean }, 1),
      ...[0.5, 0.95, 0.99].map((p): WithinRun => {
        const value = sketch.quantile(p);
        const { worth, isIndependent } = this.#worth(value, p, means);
        return {
          metric: `${name}.p${Math.round(p * 100)}`,
          value,
          ci95: sketchQuantileInterval(sketch, p, 0.95, worth),
          method: 'order-statistics',
          n: worth,
          isIndependent,
        };
      }),
    ];
  }

  /**
   * Independent observations that these are worth for a quantile. Beyond the median what lies above it comes in few
   * clumps, which say too little of their own variance; there it is no more than for the mean.
   */
  #worth(value: number, p: number, means: readonly number[]) {
    const { worth, isIndependent } = quantileWorth(this.#sketches.partsUpTo(value));
    const most = p > 0.5 || worth === Infinity ? this.#effective(means) : this.#all.count;
    return { worth: Math.max(1, Math.floor(Math.min(worth, most))), isIndependent };
  }

  /** Independent observations with a mean as uncertain as that of these. */
  #effective(means: readonly number[]): number {
    const ofMeans = Tally.of(means).variance / means.length;
    const { count: n, variance } = this.#all.tally;
    return ofMeans > 0 ? Math.max(1, Math.min(n, Math.floor(variance / ofMeans))) : n;
  }
}

function withinOf(
  metric: string,
  { mean, lo, hi, n, pIndependent }: CorrelatedMean,
  divisor: number,
): WithinRun {
  return {
    metric,
    value: mean / divisor,
    ci95: [lo / divisor, hi / divisor],
    method: 'batch-means',
    n,
    isIndependent: pIndependent >= 0.05,
  };
}

/** Means of a value over successive stretches of time of one width. */
interface TimeSeries {
  readonly means: readonly number[];
  readonly widthUs: number;
}

function timeSeries(buckets: TimeBuckets, endUs: number): TimeSeries {
  const means = buckets.means(endUs);
  return { means, widthUs: buckets.widthUs };
}

function afterWarmup({ means, widthUs }: TimeSeries, warmupUs: number): CorrelatedMean | undefined {
  const kept = means.slice(Math.ceil(warmupUs / widthUs));
  return kept.length < 2 * BATCHES ? undefined : batchMeansInterval(joinedBatches(kept, BATCHES));
}

function warmupOf(
  series: 'queue' | 'gpu',
  { means, widthUs }: TimeSeries,
  lastUs: number,
): readonly SeriesWarmup[] {
  const open = means.slice(0, Math.floor(lastUs / widthUs));
  if (open.length < 2 * BATCHES) return [];
  const { drop, settled } = mserTruncation(open);
  return [{ series, untilUs: drop * widthUs, settled }];
}
