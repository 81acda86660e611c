import type { Job } from '../cluster/changes.ts';
import { Simulation } from '../kernel/simulation.ts';
import type { Micros } from '../kernel/time.ts';
import type { JobQueue } from '../policies/queueing/queueing.ts';
import { MAX_TIME_US, type TaskSource } from '../workload/task.ts';
import { admitJob, type RunContext, whyNever, whyNot } from './run-context.ts';

/** What can happen. At one instant freed capacity is seen before new demand: lower runs first. */
const EVENT_RANK = { 'job-finished': 0, 'job-arrived': 1 } as const;

/** A job that waits or runs. */
interface LiveJob {
  readonly job: Job;
  host: number;
  gpus: readonly number[];
  startedUs: Micros;
}

/** State of one timed run. Its memory grows with the jobs in the system, not with the jobs ever seen. */
interface TimedRun extends RunContext {
  readonly simulation: Simulation;
  readonly source: TaskSource;
  readonly queue: JobQueue;
  /** By slot; a slot is used again when its job has gone. */
  readonly live: (LiveJob | undefined)[];
  readonly freeSlots: number[];
  /** By shape number: the constraint that keeps it out of an empty fleet, or `none`. */
  readonly whyNever: (string | undefined)[];
  nextJob: Job | undefined;
  arrivals: number;
  /** Reason told last for the job at the head, by job number. */
  blockedJob: number;
  blockedReason: string;
}

/** How a timed run ended. */
export interface TimedOutcome {
  readonly arrivals: number;
  readonly waiting: number;
  readonly running: number;
  readonly endUs: number;
  /** Kernel events processed. */
  readonly events: number;
}

/**
 * The timed experiment: jobs arrive at their times, wait in the queue, run for their durations and leave. A job that no
 * host could take even when empty is rejected at arrival.
 *
 * @param horizonUs stop then; Infinity runs until the last job has left (or nothing can happen any more)
 * @param onProgress told the number of arrivals and the simulated time so far, now and then
 */
export function runTimed(
  context: RunContext,
  source: TaskSource,
  queue: JobQueue,
  horizonUs: number,
  onProgress?: (jobs: number, nowUs: number) => void,
): TimedOutcome {
  const run: TimedRun = {
    ...context,
    source,
    queue,
    simulation: new Simulation((slot, rank) => {
      if (rank === EVENT_RANK['job-finished']) onJobFinished(run, slot);
      else onJobArrived(run);
    }),
    live: [],
    freeSlots: [],
    whyNever: [],
    nextJob: undefined,
    arrivals: 0,
    blockedJob: -1,
    blockedReason: '',
  };
  const { simulation } = run;
  scheduleNextArrival(run);
  let sinceProgress = 0;
  while (simulation.nextEventUs() <= horizonUs && simulation.step()) {
    if (onProgress !== undefined && (++sinceProgress & 1023) === 0)
      onProgress(run.arrivals, simulation.nowUs);
  }
  if (horizonUs !== Number.POSITIVE_INFINITY) simulation.runUntil(horizonUs as Micros);
  for (const observer of run.observers) observer.ended?.(simulation.nowUs);
  const inSystem = run.live.length - run.freeSlots.length;
  return {
    arrivals: run.arrivals,
    waiting: queue.size,
    running: inSystem - queue.size,
    endUs: simulation.nowUs,
    events: simulation.eventCount,
  };
}

/** Keeps exactly one arrival in the event queue, so that a trace of any length is never held whole. */
function scheduleNextArrival(run: TimedRun): void {
  const task = run.source.nextTask();
  if (task === undefined) {
    run.nextJob = undefined;
    return;
  }
  run.nextJob = admitJob(run, task, run.arrivals);
  run.arrivals += 1;
  run.simulation.schedule(run.nextJob.arrivalUs as Micros, EVENT_RANK['job-arrived'], 0);
}

/** Takes the job in, offers it the room there is, and looks up the one after it. */
function onJobArrived(run: TimedRun): void {
  const job = run.nextJob as Job;
  const atUs = run.simulation.nowUs;
  for (const observer of run.observers) observer.arrived?.(atUs, job);
  const never = run.whyNever[job.shape.id] ?? whyNever(run.fleet, job.shape);
  run.whyNever[job.shape.id] = never;
  if (never === 'none') {
    const slot = run.freeSlots.pop() ?? run.live.length;
    run.live[slot] = { job, host: -1, gpus: [], startedUs: atUs };
    run.queue.push(slot);
    startWaitingJobs(run);
  } else {
    for (const observer of run.observers) observer.rejected?.(atUs, job, `never-fits:${never}`);
  }
  scheduleNextArrival(run);
}

/** Frees what the job held and offers it to the queue. */
function onJobFinished(run: TimedRun, slot: number): void {
  const { job, host, gpus, startedUs } = run.live[slot] as LiveJob;
  run.live[slot] = undefined;
  run.freeSlots.push(slot);
  run.fleet.release(job.shape, host, gpus);
  for (const observer of run.observers) observer.finished?.(run.simulation.nowUs, job, host, gpus, startedUs);
  startWaitingJobs(run);
}

/** Starts jobs from the head of the queue for as long as the head finds room. */
function startWaitingJobs(run: TimedRun): void {
  const { queue, simulation } = run;
  const atUs = simulation.nowUs;
  for (let slot = queue.head(); slot >= 0; slot = queue.head()) {
    const live = run.live[slot] as LiveJob;
    const { job } = live;
    const decision = run.placer.decide(job.shape);
    if (decision === undefined) {
      tellBlocked(run, job);
      return;
    }
    queue.pop();
    live.host = decision.host;
    live.gpus = decision.gpus;
    live.startedUs = atUs;
    run.fleet.place(job.shape, decision.host, decision.gpus);
    for (const observer of run.observers) observer.placed?.(atUs, job, decision.host, decision.gpus);
    // A job that would end after the end of the clock never ends.
    if (atUs + job.durationUs <= MAX_TIME_US) {
      simulation.schedule((atUs + job.durationUs) as Micros, EVENT_RANK['job-finished'], slot);
    }
  }
}

function tellBlocked(run: TimedRun, job: Job): void {
  const reason = whyNot(run, job.shape);
  if (run.blockedJob === job.number && run.blockedReason === reason) return;
  run.blockedJob = job.number;
  run.blockedReason = reason;
  for (const observer of run.observers) observer.blocked?.(run.simulation.nowUs, job, reason);
}
