import type { Job } from '../../cluster/changes.ts';
import type { FleetView } from '../../cluster/fleet.ts';
import type { FillRule, QueueOrder } from './names.ts';

/** A job as a discipline sees it, while it waits and while it runs. Times are whole microseconds. */
export interface QueuedJob {
  /** Its number in the engine's table; used again when the job has gone. */
  readonly slot: number;
  readonly job: Job;
  /** GPUs that it asks for in all, in whole GPUs and parts: 0.5 for half of one. */
  readonly gpus: number;
  /** What is left of the work, as estimated, in microseconds at full speed, at least 1. */
  readonly estimateLeftUs: number;
  /** Time that it has held its GPUs so far. */
  readonly attainedUs: number;
  /** Since when it waits; of a running job, since when it had waited. */
  readonly queuedSinceUs: number;
  /** Since when it runs; not to be read of a job that waits. */
  readonly startedUs: number;
  /** How often it was stopped to make room. */
  readonly preemptions: number;
}

/**
 * Who is next. Jobs stand in lanes (users, teams; often there is only one); the lane that is next gives its best job.
 * The engine tells the discipline of every start and stop, and asks; it never looks at the fleet's hosts itself.
 */
export interface Discipline {
  /**
   * Sort key among the jobs of one lane: lower is next, and of equals the one that arrived first. Of a waiting job it
   * is taken when it joins the queue and holds until it leaves, unless `isFluid`.
   */
  rank(job: QueuedJob, nowUs: number): number;
  /** Whether the order of waiting jobs may change while they wait: then every job is ranked anew in every pass. Absent: no. */
  readonly isFluid?: boolean;
  /**
   * Whether a job's rank never changes, waiting or running, nor its lane's: then nothing is decided anew in rounds in which
   * nobody came or went. Absent: it may.
   */
  readonly isSteady?: boolean;
  /** Number of the job's lane, from 0. Absent: one lane for all. */
  laneOf?(job: QueuedJob): number;
  /** Sort key among lanes, lower is next; equal lanes compete by rank. Asked in each pass, and again after each start. */
  laneRank?(lane: number, nowUs: number): number;
  /**
   * Why this job may not start now although there may be room, such as a limit or a quota; undefined: it may.
   *
   * @param without running jobs that are to be taken as stopped; a hold that no stop would lift ignores them
   */
  holds?(job: QueuedJob, nowUs: number, without?: readonly QueuedJob[]): string | undefined;
  /** Why this job could not start even if it were alone, such as `quota`; undefined: it could. Asked when it arrives. */
  never?(job: QueuedJob): string | undefined;
  /** A pass begins: keys that depend on the time can be worked out here. */
  beginPass?(nowUs: number): void;
  /** It joins the queue: it has arrived, or was stopped and waits again. Told before its lane and rank are asked. */
  queued?(job: QueuedJob, nowUs: number): void;
  /** It leaves the queue and runs from now on. */
  started?(job: QueuedJob, nowUs: number): void;
  /** It ran and does not any more: it has ended, or was stopped (then `queued` follows). It may hold its parts for a while. */
  stopped?(job: QueuedJob, nowUs: number): void;
  /** What a stopped job held is free: told once after each `stopped`, and before `queued`. */
  vacated?(job: QueuedJob, nowUs: number): void;
  /** Others are being stopped for it: it starts when they have saved their state. May be told again before it does. */
  awaits?(job: QueuedJob, nowUs: number): void;
  /** The room that was made for it is not there after all: it waits like any other. */
  awaitsNoMore?(job: QueuedJob, nowUs: number): void;
  /** It leaves the queue without having started. */
  withdrawn?(job: QueuedJob, nowUs: number): void;
  /** Whether the waiting job may take the place of the running one. Absent: nobody may. */
  mayEvict?(waiting: QueuedJob, running: QueuedJob, nowUs: number): boolean;
  /**
   * How readily a job that may be evicted gives way when those `beside` it are stopped for the waiting one as well: the
   * greatest is stopped first; undefined: not beside those. It must hold of any of them alone, too: fewer are stopped
   * where fewer will do. Absent: as `rank` says.
   */
  yields?(
    waiting: QueuedJob,
    running: QueuedJob,
    beside: readonly QueuedJob[],
    nowUs: number,
  ): number | undefined;
  /**
   * When order, limits or rights change by themselves next, while these jobs run: the engine looks at the queue again
   * then. Infinity or absent: never.
   */
  reviewUs?(running: Iterable<QueuedJob>, nowUs: number): number;
}

/** What a discipline is made for. */
export interface DisciplineContext {
  readonly fleet: FleetView;
  /** Capacity that the discipline hands out: whole GPUs, CPU cores in thousandths, host memory in MiB. */
  readonly capacity: { readonly gpus: number; readonly cpuMilli: number; readonly memoryMib: number };
  readonly config: QueueingConfig;
}

/** What a discipline promises, held by the contract tests over all of them. */
interface Promises {
  /** Every job starts in the end, however many others keep coming; `words` says under which condition. */
  readonly starvationFree: 'yes' | 'no';
  /** Running jobs may be stopped for others. */
  readonly preempts: boolean;
  readonly words: string;
}

/** A queueing discipline. */
export interface QueueingPolicy {
  readonly name: string;
  readonly summary: string;
  /** Where it is described. */
  readonly source: string;
  readonly promises: Promises;
  /** What happens when the next job finds no room, unless the scenario says otherwise. */
  readonly fill: FillRule;
  create(context: DisciplineContext): Discipline;
}

/** Numbers that disciplines take; each reads its own. Times are whole microseconds. */
export interface QueueingConfig {
  /** Time after which a waiting job counts as one priority higher; Infinity: never. */
  readonly ageingUs: number;
  /** Time in which past use counts half as much; Infinity: it counts for good. */
  readonly halfLifeUs: number;
  /** Weight by tenant or queue; those not named have 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** Weights of resources where a discipline adds them up. */
  readonly resourceWeights: { readonly compute: number; readonly memory: number };
  /** Attained service at which a job goes to the next queue, in GPU-seconds, ascending. */
  readonly attainedLimits: readonly number[];
  /** A job that waits longer than this many times its run time so far goes back to the first queue; Infinity: never. */
  readonly promoteAfter: number;
  /** In which order las serves each of its queues. */
  readonly queueOrder: QueueOrder;
  /** Guaranteed and greatest GPUs of each node of the tree of queues, by path. */
  readonly quotas: readonly Quota[];
}

/** What one node of the tree of queues is due. */
export interface Quota {
  /** `research/vision`; its parent is `research`. */
  readonly path: string;
  /** GPUs that it always gets back when it wants them. */
  readonly guaranteedGpus: number;
  /** Most that it may have, borrowed ones included; Infinity: no limit. */
  readonly maxGpus: number;
  /** Weight by which siblings share what is left over. */
  readonly weight: number;
}

export const DEFAULT_QUEUEING_CONFIG: QueueingConfig = {
  ageingUs: Number.POSITIVE_INFINITY,
  halfLifeUs: Number.POSITIVE_INFINITY,
  weights: {},
  resourceWeights: { compute: 1, memory: 0 },
  attainedLimits: [3250, 7200],
  promoteAfter: Number.POSITIVE_INFINITY,
  queueOrder: 'arrival',
  quotas: [],
};
