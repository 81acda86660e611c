import { fillAround, fillFromEmpty, fillPool, type Served } from './fill.ts';
import type { Part } from './hosts.ts';
import type { Job } from './jobs.ts';
import { earliest, gather, type Moment, NEVER } from './moments.ts';
import {
  byRemainingService,
  byRemainingTime,
  isDemoted,
  QUEUE_COUNT,
  type QueueOrder,
  queueEndSec,
  waitingToTail,
} from './order.ts';
import type { Completion } from './outcome.ts';
import type { Quirks } from './quirks.ts';

export const POLICIES = ['SRTF', 'SRSF', 'Tiresias_L'] as const;
export type Policy = (typeof POLICIES)[number];

/** More than float sums of attained time are out by. */
const HAIR_SEC = 1e-6;

/** A job that came and is not done. */
interface Active extends Served {
  readonly job: Job;
  iterationsLeft: number;
  remainingSec: number;
  /** Of its start overhead, what it has not paid yet. */
  owedSec: number;
  attainedSec: number;
  queue: number;
  /** Place among all by arrival, and by first start; the latter is infinite before it. */
  readonly arrivedAs: number;
  startedAs: number;
  /** Up to when what it has done is booked. */
  sinceSec: number;
}

/**
 * Runs the jobs on 8 hosts of 8 GPUs in float seconds. Events: arrivals, completions and, under Tiresias-L, the times at which
 * a job leaves its queue. At each, jobs are ordered anew and served in that order; one that does not fit is skipped.
 *
 * @param jobs by submission
 * @param queueOrder of the queues of Tiresias-L
 * @returns completions in the order in which they happened
 * @throws {RangeError} if a job can never run
 */
export function simulate(
  jobs: readonly Job[],
  policy: Policy,
  quirks: Quirks,
  queueOrder: QueueOrder = 'entered',
): Completion[] {
  const isTiresias = policy === 'Tiresias_L';
  const fill = isTiresias && quirks.onePool ? fillPool : quirks.refillFromEmpty ? fillFromEmpty : fillAround;
  const arrivals = gather(jobs, (job) => job.submitSec, quirks.nearTimesAreOne);
  /** Jobs that are not done, as they were served last; under Tiresias-L by arrival. */
  let active: Active[] = [];
  /** Those that run, in the order of `active`. */
  let running: Active[] = [];
  /** Of Tiresias-L. */
  const queues: Active[][] = Array.from({ length: QUEUE_COUNT }, () => []);
  const completions: Completion[] = [];
  let nextArrival = 0;
  let admitted = 0;
  let started = 0;
  let end: Moment<Active> = NEVER;
  let jumpSec = Number.POSITIVE_INFINITY;
  let lastSec = Number.NEGATIVE_INFINITY;

  while (nextArrival < arrivals.length || active.length > 0) {
    const arrival = arrivals[nextArrival] ?? NEVER;
    const nowSec = Math.min(arrival.atSec, end.atSec, jumpSec);
    if (nowSec === Number.POSITIVE_INFINITY) {
      throw new RangeError(
        `Cannot run job ${active[0]?.job.id}: ${active[0]?.gpus} GPUs are never free on the hosts`,
      );
    }
    if (end.atSec === nowSec) complete(end.what, nowSec);
    if (arrival.atSec === nowSec) {
      nextArrival += 1;
      for (const job of arrival.what) admit(job);
    }
    for (const each of running) advance(each, nowSec);
    lastSec = nowSec;
    serve(nowSec);
    foresee(nowSec);
  }
  return completions;

  function complete(done: readonly Active[], nowSec: number): void {
    for (const each of done) {
      completions.push({ submitSec: each.job.submitSec, endSec: nowSec });
      if (isTiresias) drop(queues[each.queue] as Active[], each);
      drop(active, each);
      drop(running, each);
    }
  }

  function admit(job: Job): void {
    const each: Active = {
      job,
      gpus: job.gpus,
      parts: undefined,
      iterationsLeft: job.iterations,
      remainingSec: job.iterations * job.iterationSec,
      owedSec: 0,
      attainedSec: 0,
      queue: 0,
      arrivedAs: admitted,
      startedAs: Number.POSITIVE_INFINITY,
      sinceSec: 0,
    };
    admitted += 1;
    active.push(each);
    if (isTiresias) (queues[0] as Active[]).push(each);
  }

  /** What a running job pays before it works on. */
  function overheadSec(each: Active): number {
    return quirks.overheadAtEveryEvent ? each.job.startSec : each.owedSec;
  }

  /** Books what a running job has done since the last event: float operations in the order of the published program. */
  function advance(each: Active, nowSec: number): void {
    const { job } = each;
    const elapsedSec = nowSec - each.sinceSec;
    const workedSec = Math.max(elapsedSec - overheadSec(each), 0);
    each.owedSec = Math.max(each.owedSec - elapsedSec, 0);
    each.iterationsLeft -= workedSec / job.iterationSec;
    each.remainingSec = each.iterationsLeft * job.iterationSec;
    each.attainedSec = quirks.overheadIsService
      ? each.attainedSec + nowSec - each.sinceSec
      : each.attainedSec + workedSec;
    each.sinceSec = nowSec;
    if (!isTiresias) return;
    // Float sums may end a hair before the limit, and the time to it may then be too short to be added to the clock, or be
    // lost beside the overhead that comes first.
    const isExact = quirks.overheadIsService && quirks.queueEndsOnWholeSecond && nowSec !== lastSec;
    if (!isDemoted(each.queue, each.attainedSec + (isExact ? 0 : HAIR_SEC), job.gpus)) return;
    drop(queues[each.queue] as Active[], each);
    each.queue += 1;
    (queues[each.queue] as Active[]).push(each);
  }

  /** Decides who runs until the next event. */
  function serve(nowSec: number): void {
    if (policy === 'SRTF') active = byRemainingTime(active);
    else if (policy === 'SRSF') active = byRemainingService(active);
    const places = new Map<Active, readonly Part[] | undefined>(running.map((each) => [each, each.parts]));
    const order = isTiresias ? queues.flatMap(inOrder) : active;
    fill(order, running);
    for (const each of order) {
      if (each.parts === undefined || each.startedAs !== Number.POSITIVE_INFINITY) continue;
      each.startedAs = started;
      started += 1;
    }
    running = active.filter((each) => each.parts !== undefined);
    for (const each of running) {
      each.sinceSec = nowSec;
      // When the cluster is filled anew, moves cost nothing.
      const stays = quirks.refillFromEmpty ? places.has(each) : places.get(each) === each.parts;
      if (!stays) each.owedSec = each.job.startSec;
    }
    if (!isTiresias || !quirks.waitingToTail) return;
    for (const [q, queue] of queues.entries()) {
      queues[q] = waitingToTail(queue, (each) => each.parts !== undefined);
    }
  }

  function inOrder(queue: readonly Active[]): readonly Active[] {
    if (queueOrder === 'entered') return queue;
    const startOf = (each: Active) => (queueOrder === 'arrival' ? 0 : Math.min(each.startedAs, jobs.length));
    return queue.toSorted((a, b) => startOf(a) - startOf(b) || a.arrivedAs - b.arrivedAs);
  }

  /** Finds the next completions and, under Tiresias-L, the next time at which a job leaves its queue. */
  function foresee(nowSec: number): void {
    const endSec = (each: Active) =>
      quirks.endForeseenWithoutOverhead
        ? nowSec + each.remainingSec
        : nowSec + overheadSec(each) + each.remainingSec;
    // The published program compares completions under Tiresias-L exactly.
    end = earliest(gather(running, endSec, quirks.nearTimesAreOne && !isTiresias));
    if (!isTiresias) return;
    jumpSec = Number.POSITIVE_INFINITY;
    for (const each of running) {
      const limitSec = queueEndSec(each.queue, each.gpus);
      const leftSec = (quirks.queueEndsOnWholeSecond ? Math.ceil(limitSec) : limitSec) - each.attainedSec;
      const atSec = leftSec + nowSec + (quirks.overheadIsService ? 0 : overheadSec(each));
      if (atSec < jumpSec) jumpSec = atSec;
    }
  }
}

function drop<T>(list: T[], item: T): void {
  list.splice(list.indexOf(item), 1);
}
