import type { EventId } from '../../sim/kernel/event-queue.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { Simulation } from '../../sim/kernel/simulation.ts';
import type { Micros } from '../../sim/kernel/time.ts';
import { Dispatcher, type DispatchSpec } from '../../sim/workload/service/dispatcher.ts';
import { LatencyRecord } from '../../sim/workload/service/latency-record.ts';
import { createTraffic, type TrafficSpec } from '../../sim/workload/service/traffic.ts';

/** One replica that answers requests one by one, in a second each. */
export const ONE_BY_ONE: DispatchSpec = {
  name: 'service',
  replicas: 1,
  batchSec: [1],
  variability: null,
  maxBatch: 1,
  batchWaitUs: 0,
  concurrency: 1,
  dispatch: 'shortest-queue',
};

export interface ServiceRun {
  readonly record: LatencyRecord;
  /** Arrival and answer of each request, in the order of answers; empty unless asked for. */
  readonly answers: { readonly arrivedUs: number; readonly answeredUs: number }[];
  readonly batches: { readonly replica: number; readonly size: number; readonly startUs: number }[];
  readonly endUs: number;
  /** Requests that are not answered at the end. */
  readonly unanswered: number;
}

const DONE = 0;
const WAIT = 1;
const REQUEST = 2;
const SENT_AGAIN = 3;

/**
 * Runs a service on GPUs of its own at one speed, by a plain event loop that is no part of the product.
 *
 * @param options.fromSec start of what is recorded
 * @param options.speed relative to the reference GPU
 * @param options.isTold whether `answers` and `batches` are wanted
 */
export function runService(
  dispatch: DispatchSpec,
  traffic: TrafficSpec,
  seed: number,
  options: {
    readonly untilSec: number;
    readonly fromSec?: number;
    readonly speed?: number;
    readonly objectiveSec?: number;
    readonly isTold?: boolean;
    /** Replicas that come up at 0; default: all. */
    readonly upAt0?: number;
  },
): ServiceRun {
  const {
    untilSec,
    fromSec = 0,
    speed = 1,
    objectiveSec,
    isTold = false,
    upAt0 = dispatch.replicas,
  } = options;
  const streams = new RandomStreams(seed);
  const requests = createTraffic(dispatch.name, traffic, streams);
  const record = new LatencyRecord(fromSec * 1e6, objectiveSec === undefined ? null : objectiveSec * 1e6);
  const answers: ServiceRun['answers'] = [];
  const batches: ServiceRun['batches'] = [];
  const timers: (EventId | undefined)[] = [];

  const simulation: Simulation = new Simulation((payload, rank) => {
    const now = simulation.nowUs;
    if (rank === DONE) {
      dispatcher.batchDone(Math.floor(payload / dispatch.concurrency), payload % dispatch.concurrency, now);
    } else if (rank === WAIT) {
      timers[payload] = undefined;
      dispatcher.waitIsOver(payload, now);
    } else {
      dispatcher.offer(now);
      if (rank === REQUEST) scheduleNext();
    }
  });
  const scheduleNext = () => {
    const atUs = requests.nextUs();
    if (atUs < Infinity) simulation.schedule(atUs as Micros, REQUEST, 0);
  };
  const dispatcher = new Dispatcher(dispatch, streams, {
    batchStarted(replica, slot, size, workUs) {
      record.batchStarted(size, simulation.nowUs);
      if (isTold) batches.push({ replica, size, startUs: simulation.nowUs });
      const doneUs = simulation.nowUs + Math.round(workUs / speed);
      simulation.schedule(doneUs as Micros, DONE, replica * dispatch.concurrency + slot);
    },
    waitUntil(replica, atUs) {
      const timer = timers[replica];
      if (timer !== undefined) simulation.cancel(timer);
      timers[replica] = atUs < Infinity ? simulation.schedule(atUs as Micros, WAIT, replica) : undefined;
    },
    answered(arrivedUs, nowUs) {
      record.answered(arrivedUs, nowUs);
      if (isTold) answers.push({ arrivedUs, answeredUs: nowUs });
      const againUs = requests.answered(nowUs);
      if (againUs < Infinity) simulation.schedule(againUs as Micros, SENT_AGAIN, 0);
    },
  });
  for (let i = 0; i < upAt0; i++) dispatcher.up(i, 0);
  scheduleNext();
  simulation.runUntil((untilSec * 1e6) as Micros);
  dispatcher.visit((arrivedUs) => record.unanswered(arrivedUs, simulation.nowUs));
  return { record, answers, batches, endUs: simulation.nowUs, unanswered: dispatcher.requests };
}
