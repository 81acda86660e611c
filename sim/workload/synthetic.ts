import type { Claim } from '../cluster/claim.ts';
import type { Layout } from '../cluster/layout.ts';
import type { TaskRequest } from '../cluster/request.ts';
import {
  createDistribution,
  type Distribution,
  type DistributionSpec,
} from '../kernel/distributions/index.ts';
import type { RandomStream, RandomStreams } from '../kernel/random.ts';
import { type ArrivalProcess, type ArrivalSpec, createArrivals } from './arrivals.ts';
import { durationUsOf, MAX_TIME_US, type Task, type TaskSource, type WorkProfile } from './task.ts';

/** A kind of task that a generated workload is made of. */
export interface TaskClass extends TaskRequest {
  /** Unique among the classes: it names the class's random stream. */
  readonly name: string;
  /** Share of the tasks, relative to the other classes. */
  readonly weight: number;
  /** Run time in seconds; a draw below 0 counts as 0. Null: its tasks never leave. */
  readonly lifetimeSec: DistributionSpec | null;
  /** How long after its arrival a task should have ended; absent: nobody says. */
  readonly deadline?: DeadlineSpec | undefined;
  /** What its tasks do on GPUs shared by a mode; absent where there are none. */
  readonly profile?: WorkProfile | undefined;
  /** What each worker asks for, where there are several. */
  readonly workers?: readonly TaskRequest[] | undefined;
  /** Which places the workers may have; absent: any. */
  readonly layout?: Layout | undefined;
  /** Who asks, by weight; absent: nobody is named. Weights are not all 0. */
  readonly claims?: readonly { readonly claim: Claim; readonly weight: number }[] | undefined;
}

/** A time after the arrival: the same for all tasks, or so many times the run time (on shared GPUs the work) of each. */
type DeadlineSpec = { readonly afterUs: number } | { readonly factor: number };

/** A workload made by chance. At least one of `taskCount` and `untilUs` is there, so that it ends. */
export interface SyntheticSpec {
  readonly taskCount: number | null;
  /** Tasks arrive before this instant only. */
  readonly untilUs: number | null;
  /** Null: all arrive at 0, in order. For experiments in which only the order counts. */
  readonly arrivals: ArrivalSpec | null;
  readonly classes: readonly TaskClass[];
}

/**
 * Generates tasks: the next instant from the arrival process, the class by weight, the run time from the class.
 *
 * Each purpose has its own random stream (`arrivals`, `arrival-thinning`, `task-class`, and `lifetime` and `tenant` of
 * each class name), so changing one class's run times moves neither arrivals nor classes nor other classes' run times, and the
 * n-th task of a class draws the same number in every variant of a scenario.
 *
 * What it leaves out: a task's class and run time depend on nothing but chance, not on time of day, user or load.
 */
export class SyntheticSource implements TaskSource {
  readonly #taskCount: number;
  readonly #untilUs: number;
  readonly #arrivals: ArrivalProcess | null;
  readonly #classes: readonly LiveClass[];
  /** Running sums of the weights. */
  readonly #cumulative: Float64Array;
  readonly #classStream: RandomStream;
  #count = 0;

  /** @throws {RangeError} if there is no end, no class with a weight, or a parameter is out of range */
  constructor(spec: SyntheticSpec, streams: RandomStreams) {
    if (spec.taskCount === null && spec.untilUs === null) {
      throw new RangeError('Cannot generate tasks: need a number of tasks, an end time, or both');
    }
    if (spec.taskCount === null && spec.arrivals === null) {
      throw new RangeError('Cannot generate tasks up to an end time: need an arrival process');
    }
    this.#taskCount = spec.taskCount ?? Infinity;
    this.#untilUs = spec.untilUs ?? Infinity;
    this.#arrivals = spec.arrivals === null ? null : createArrivals(spec.arrivals, streams);
    this.#cumulative = cumulativeWeights(spec.classes);
    this.#classes = spec.classes.map((taskClass) => ({
      request: taskClass,
      profile: taskClass.profile,
      deadline: taskClass.deadline,
      lifetime: taskClass.lifetimeSec === null ? null : createDistribution(taskClass.lifetimeSec),
      stream: streams.stream('lifetime', taskClass.name),
      workers: taskClass.workers,
      layout: taskClass.layout,
      claims: taskClass.claims ?? [],
      claimSums: cumulative((taskClass.claims ?? []).map(({ weight }) => weight)),
      claimStream: streams.stream('tenant', taskClass.name),
    }));
    this.#classStream = streams.stream('task-class');
  }

  nextTask(): Task | undefined {
    if (this.#count >= this.#taskCount) return undefined;
    const arrivalUs = this.#arrivals === null ? 0 : this.#arrivals.nextUs();
    if (arrivalUs >= this.#untilUs || arrivalUs > MAX_TIME_US) {
      this.#count = Infinity;
      return undefined;
    }
    const picked = pick(this.#cumulative, this.#classStream);
    const live = this.#classes[picked] as LiveClass;
    const { request, profile, deadline, lifetime, stream, workers, layout, claims, claimSums } = live;
    const claim = claims.length > 1 ? claims[pick(claimSums, live.claimStream)]?.claim : claims[0]?.claim;
    const durationUs = lifetime === null ? Infinity : durationUsOf(lifetime.sample(stream));
    const name = `task-${String(this.#count).padStart(7, '0')}`;
    this.#count += 1;
    const deadlineUs = deadline && deadlineOf(deadline, arrivalUs, durationUs);
    return { name, request, arrivalUs, durationUs, deadlineUs, profile, workers, layout, claim };
  }
}

/** Undefined for a multiple of a run time without an end. */
function deadlineOf(spec: DeadlineSpec, arrivalUs: number, durationUs: number): number | undefined {
  const afterUs = 'afterUs' in spec ? spec.afterUs : spec.factor * durationUs;
  if (afterUs === Number.POSITIVE_INFINITY) return undefined;
  return arrivalUs + Math.round(Math.min(afterUs, MAX_TIME_US));
}

/** The first whose running sum exceeds a uniform draw; one of weight 0 is never it. */
function pick(sums: Float64Array, stream: RandomStream): number {
  const draw = stream.next() * (sums[sums.length - 1] as number);
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sums[middle] as number) > draw) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface LiveClass {
  readonly request: TaskRequest;
  readonly profile: WorkProfile | undefined;
  readonly deadline: DeadlineSpec | undefined;
  readonly lifetime: Distribution | null;
  readonly stream: RandomStream;
  readonly workers: readonly TaskRequest[] | undefined;
  readonly layout: Layout | undefined;
  readonly claims: readonly { readonly claim: Claim; readonly weight: number }[];
  readonly claimSums: Float64Array;
  readonly claimStream: RandomStream;
}

function cumulative(weights: readonly number[]): Float64Array {
  let total = 0;
  return Float64Array.from(weights, (weight) => {
    total += weight;
    return total;
  });
}

function cumulativeWeights(classes: readonly TaskClass[]): Float64Array {
  const sums = new Float64Array(classes.length);
  let total = 0;
  classes.forEach(({ name, weight }, i) => {
    if (!(weight >= 0 && weight < Infinity)) {
      throw new RangeError(
        `Cannot generate tasks of class "${name}": weight must be a number >= 0, got ${weight}`,
      );
    }
    total += weight;
    sums[i] = total;
  });
  if (!(total > 0 && total < Infinity)) {
    throw new RangeError('Cannot generate tasks: need at least one class with a weight above 0');
  }
  return sums;
}
