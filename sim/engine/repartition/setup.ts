import type { Part } from '../../cluster/part.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { JobLife } from '../job-life.ts';
import type { LiveJob } from '../live-job.ts';
import type { RunContext } from '../run-context.ts';
import type { Scheduler } from '../scheduler.ts';

/** What becomes of a running job whose part of a card is to go. Sessions, replicas and jobs that may not be stopped are waited for. */
export type RunningRule =
  /** It is waited for. */
  | 'wait'
  /** It saves its state and waits again; who cannot save is waited for. */
  | 'save'
  /** The same, but who cannot save is stopped and starts anew. */
  | 'stop'
  /** It goes on at a free part like its own on another card, where there is one; else as `save`. */
  | 'move';

/** Layouts, and other cuts, stay until the demand is better served by others. */
export interface PeriodicPolicy {
  readonly kind: 'periodic';
  /** Reviews are at multiples of this, as long as something has changed since the last; null: none. */
  readonly everyUs: number | null;
  /** Whether a waiting job of which no standing instance is a place makes a review at once. */
  readonly atUnserved: boolean;
  /** Whether every job that comes or ends makes a review. */
  readonly atChange: boolean;
  /** Least time between two reviews. */
  readonly gapUs: number;
  readonly running: RunningRule;
  /** Way to migrate of the mode, for jobs that move; null: by saving the state and reading it back. */
  readonly migratePath: string | null;
  /** A request counts once more for each of these that it has waited; null: it counts the same always. */
  readonly patienceUs: number | null;
  /** What a request counts whose job runs, beside a waiting one; > 0. */
  readonly runningWeight: number;
  /** For how long a job that is stopped for another instance is taken to be faster there, unless it ends sooner. */
  readonly horizonUs: number;
  readonly creation: 'any-start' | 'driver-default';
}

/** Instances are made as jobs come; idle cards that are cut as a whole become what a waiting job can use. */
export interface OnDemandPolicy {
  readonly kind: 'on-demand';
  readonly creation: 'driver' | 'look-ahead';
}

/** Instances are made as jobs come, and running jobs move to make room. */
export interface DefragmentPolicy {
  readonly kind: 'defragment';
  readonly creation: 'driver' | 'look-ahead';
  /** Reviews that raise what can be used, as long as something has changed; null: none. */
  readonly everyUs: number | null;
  /** Whether a job that waits for lack of room for its profile makes a review. */
  readonly atUnserved: boolean;
  readonly gapUs: number;
  /** Moves are made only if what they gain divided by what they cost, both in GPU-minutes, is above this. */
  readonly gainPerCost: number;
  readonly maxMoves: 1 | 2;
  /** For how long room that is made counts. */
  readonly horizonUs: number;
  /** Way to migrate of the mode; null: by saving the state and reading it back. */
  readonly migratePath: string | null;
}

export type RepartitionPolicy = PeriodicPolicy | OnDemandPolicy | DefragmentPolicy;

/** Hosts whose cards are re-partitioned alike. A host is in one rule at most. */
interface RepartitionRule {
  /** Host numbers. */
  readonly hosts: readonly number[];
  readonly policy: RepartitionPolicy;
}

export interface RepartitionSetup {
  readonly rules: readonly RepartitionRule[];
}

/** What re-partitioning may do with the run. */
export interface RepartitioningRun {
  readonly context: RunContext;
  readonly simulation: Simulation;
  /** By slot. */
  readonly live: readonly (LiveJob | undefined)[];
  readonly life: JobLife;
  /** By pool number. */
  readonly schedulers: readonly Scheduler[];
  /** Lets a running job stand still for so long and then go on at another place, which the fleet has given it. */
  moveTo(live: LiveJob, parts: readonly Part[], stunUs: number): void;
  startWaitingJobs(): void;
}

/** What re-partitioning did in a run. Times are GPU-microseconds unless they say otherwise. */
export interface RepartitionCounts {
  /** Times that a card was to be cut otherwise; of these, that it was. */
  begun: number;
  done: number;
  /** Plans that were made again because jobs came or went otherwise than foreseen. */
  madeAnew: number;
  /** Reviews of the demand. */
  reviews: number;
  created: number;
  deleted: number;
  /** Jobs that were stopped, and those that were moved. */
  stopped: number;
  moved: number;
  /** GPU time of instances that took nobody in, or did not stand, from a plan's begin to its end. */
  closedGpuUs: number;
  /** GPU time that moved jobs stood still. */
  stunGpuUs: number;
  /** Work that stopped jobs have to do again, at full speed, times their part of a GPU. */
  lostGpuUs: number;
  /** Time of the steps by kind, in microseconds. */
  readonly stepUs: Record<'wait' | 'drain' | 'migrate' | 'delete' | 'create' | 'change', number>;
}

export function noRepartitions(): RepartitionCounts {
  return {
    begun: 0,
    done: 0,
    madeAnew: 0,
    reviews: 0,
    created: 0,
    deleted: 0,
    stopped: 0,
    moved: 0,
    closedGpuUs: 0,
    stunGpuUs: 0,
    lostGpuUs: 0,
    stepUs: { wait: 0, drain: 0, migrate: 0, delete: 0, create: 0, change: 0 },
  };
}
