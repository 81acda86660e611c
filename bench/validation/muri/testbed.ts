import { emptyHosts, type HostChoice, placeOn, take } from './hosts.ts';
import type { Job } from './jobs.ts';
import { byRemainingService, byRemainingTime, isDemoted, QUEUE_COUNT, waitingToTail } from './order.ts';
import type { Completion } from './outcome.ts';

export const ROUND_SEC = 360;

export type TestbedPolicy = 'SRTF' | 'SRSF' | 'tiresias';

export interface TestbedOptions {
  /** Seconds that each job runs, all in all. */
  readonly workSec: (job: Job) => number;
  /** Seconds that the scheduler believes it to run, for the order under SRTF and SRSF; absent: those above. */
  readonly believedSec?: (job: Job) => number;
  readonly choice?: HostChoice;
}

interface Active {
  readonly job: Job;
  readonly gpus: number;
  leftSec: number;
  /** By what the scheduler believes. */
  remainingSec: number;
  attainedSec: number;
  queue: number;
  isRunning: boolean;
}

/**
 * The testbed of 8 hosts of 8 GPUs in rounds of 360 s. At the end of each round all jobs that are not done are put in order
 * and placed from empty hosts, skipping what does not fit. A job that is done inside a round keeps its GPUs to the round's end.
 * Preemption costs nothing.
 *
 * Under `tiresias`, as the authors' `cluster_exp/run.py` has it (`dlas-gpu`): the three queues of Tiresias-L by GPU-seconds of
 * whole rounds; a job goes down as many queues as it has attained; who waits goes to the tail of its queue.
 *
 * @param jobs by submission
 * @returns completions in the order in which they happened, by round and within a round in the order of the jobs' list
 */
export function runTestbed(
  jobs: readonly Job[],
  policy: TestbedPolicy,
  { workSec, believedSec = workSec, choice = 'fullest' }: TestbedOptions,
): Completion[] {
  let active: Active[] = [];
  const queues: Active[][] = Array.from({ length: QUEUE_COUNT }, () => []);
  const completions: Completion[] = [];
  let next = 0;
  for (let round = 0; completions.length < jobs.length; round++) {
    const nowSec = round * ROUND_SEC;
    for (const each of [...active]) if (each.isRunning) finishRound(each, nowSec);
    for (; next < jobs.length && (jobs[next] as Job).submitSec <= nowSec; next++) admit(jobs[next] as Job);
    serve();
  }
  return completions;

  function admit(job: Job): void {
    const each: Active = {
      job,
      gpus: job.gpus,
      leftSec: workSec(job),
      remainingSec: believedSec(job),
      attainedSec: 0,
      queue: 0,
      isRunning: false,
    };
    active.push(each);
    (queues[0] as Active[]).push(each);
  }

  function finishRound(each: Active, nowSec: number): void {
    const queue = queues[each.queue] as Active[];
    if (each.leftSec <= ROUND_SEC) {
      completions.push({ submitSec: each.job.submitSec, endSec: nowSec - ROUND_SEC + each.leftSec });
      active = active.filter((other) => other !== each);
      queue.splice(queue.indexOf(each), 1);
      return;
    }
    each.leftSec -= ROUND_SEC;
    each.remainingSec = (each.leftSec / workSec(each.job)) * believedSec(each.job);
    each.attainedSec += ROUND_SEC;
    if (!isDemoted(each.queue, each.attainedSec, each.gpus)) return;
    queue.splice(queue.indexOf(each), 1);
    while (isDemoted(each.queue, each.attainedSec, each.gpus)) each.queue += 1;
    (queues[each.queue] as Active[]).push(each);
  }

  function serve(): void {
    if (policy === 'SRTF') active = byRemainingTime(active);
    else if (policy === 'SRSF') active = byRemainingService(active);
    const free = emptyHosts();
    for (const each of policy === 'tiresias' ? queues.flat() : active) {
      const parts = placeOn(free, each.gpus, choice);
      each.isRunning = parts !== undefined;
      if (parts !== undefined) take(free, parts);
    }
    for (const [q, queue] of queues.entries()) queues[q] = waitingToTail(queue, (each) => each.isRunning);
  }
}
