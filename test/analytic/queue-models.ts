import { createDistribution, type DistributionSpec } from '../../sim/kernel/distributions/index.ts';
import type { EventId } from '../../sim/kernel/event-queue.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { Simulation } from '../../sim/kernel/simulation.ts';
import { TimeWeighted } from '../../sim/kernel/stats/time-weighted.ts';
import { type Micros, microsFromSeconds } from '../../sim/kernel/time.ts';

/** A station of textbook queueing theory. Times in seconds; about one second of service keeps rounding to 1e-6. */
export interface QueueModel {
  readonly interarrivalSec: DistributionSpec;
  readonly serviceSec: DistributionSpec;
  /** 'fifo': the servers take whole jobs in order of arrival. 'shared': one server, split evenly over all jobs. */
  readonly discipline: 'fifo' | 'shared';
  /** Servers; 1 where the discipline is 'shared'. */
  readonly servers: number;
  /** Most jobs in the station; later ones are lost. */
  readonly capacity?: number;
}

/** One job that went through. */
interface ServedJob {
  /** Position in the order of arrival, lost jobs included, from 0. */
  readonly index: number;
  readonly arrivedUs: Micros;
  readonly leftUs: Micros;
  /** From arrival to the start of service; 0 under sharing. */
  readonly waitedUs: number;
}

/** What one run did, from the empty station until it is empty again. */
export interface QueueRun {
  /** In the order of leaving. */
  readonly served: readonly ServedJob[];
  /** Whether each arrival was lost, in the order of arrival. */
  readonly lost: readonly boolean[];
  /** Jobs in the station over time, from 0 to the end. */
  readonly inStation: TimeWeighted;
  readonly endUs: Micros;
}

const LEAVE = 0;
const ARRIVE = 1;

/**
 * Runs `arrivals` jobs through a model.
 *
 * @param arrivals jobs to send, lost ones included
 * @param seed settles arrivals and service times, each from a stream of its own
 */
export function runQueue(model: QueueModel, arrivals: number, seed: number): QueueRun {
  const streams = new RandomStreams(seed);
  const gaps = streams.stream('arrivals');
  const services = streams.stream('services');
  const interarrival = createDistribution(model.interarrivalSec);
  const service = createDistribution(model.serviceSec);
  const capacity = model.capacity ?? Infinity;

  const served: ServedJob[] = [];
  const lost: boolean[] = [];
  const arrivedUs: Micros[] = [];
  const inStation = new TimeWeighted(0 as Micros);
  const simulation = new Simulation((payload, rank) =>
    rank === ARRIVE ? onArrive(payload) : onLeave(payload),
  );
  const station =
    model.discipline === 'fifo' ? fifoStation(simulation, model.servers) : sharedStation(simulation);

  function onArrive(job: number): void {
    const next = job + 1;
    if (next < arrivals) simulation.schedule(later(interarrival.sample(gaps)), ARRIVE, next);
    // Drawn for lost jobs too, so that capacity does not shift the service times of the others.
    const serviceUs = microsFromSeconds(service.sample(services));
    arrivedUs.push(simulation.nowUs);
    lost.push(inStation.value >= capacity);
    if (lost[job]) return;
    inStation.add(simulation.nowUs, 1);
    station.enter(job, serviceUs);
  }

  function onLeave(payload: number): void {
    const { job, waitedUs } = station.leave(payload);
    inStation.add(simulation.nowUs, -1);
    served.push({ index: job, arrivedUs: arrivedUs[job]!, leftUs: simulation.nowUs, waitedUs });
  }

  function later(delaySec: number): Micros {
    return (simulation.nowUs + microsFromSeconds(delaySec)) as Micros;
  }

  simulation.schedule(later(interarrival.sample(gaps)), ARRIVE, 0);
  simulation.run();
  return { served, lost, inStation, endUs: simulation.nowUs };
}

/** Takes jobs in, schedules a LEAVE event for each, and tells which job the event was for. */
interface Station {
  enter(job: number, serviceUs: number): void;
  leave(payload: number): { job: number; waitedUs: number };
}

function fifoStation(simulation: Simulation, servers: number): Station {
  const waiting: { job: number; serviceUs: number; sinceUs: number }[] = [];
  let firstWaiting = 0;
  let idle = servers;
  const waitedUs = new Map<number, number>();

  function start(job: number, serviceUs: number, waited: number): void {
    waitedUs.set(job, waited);
    simulation.schedule((simulation.nowUs + serviceUs) as Micros, LEAVE, job);
  }

  return {
    enter(job, serviceUs) {
      if (idle > 0) {
        idle--;
        start(job, serviceUs, 0);
      } else {
        waiting.push({ job, serviceUs, sinceUs: simulation.nowUs });
      }
    },
    leave(job) {
      const next = waiting[firstWaiting];
      if (next === undefined) {
        idle++;
      } else {
        firstWaiting++;
        start(next.job, next.serviceUs, simulation.nowUs - next.sinceUs);
      }
      const waited = waitedUs.get(job)!;
      waitedUs.delete(job);
      return { job, waitedUs: waited };
    },
  };
}

function sharedStation(simulation: Simulation): Station {
  /** Service each job had had, in microseconds, if it had been there from the start. */
  let attainedUs = 0;
  let lastUs = 0;
  const residents: { job: number; leavesAtUs: number }[] = [];
  let leaving: EventId | undefined;

  function advance(): void {
    if (residents.length > 0) attainedUs += (simulation.nowUs - lastUs) / residents.length;
    lastUs = simulation.nowUs;
  }

  function first(): number {
    let best = 0;
    for (let i = 1; i < residents.length; i++) {
      if (residents[i]!.leavesAtUs < residents[best]!.leavesAtUs) best = i;
    }
    return best;
  }

  function retime(): void {
    if (residents.length === 0) return;
    const leftUs = Math.max(0, residents[first()]!.leavesAtUs - attainedUs) * residents.length;
    const atUs = (simulation.nowUs + Math.ceil(leftUs)) as Micros;
    if (leaving === undefined || !simulation.retime(leaving, atUs))
      leaving = simulation.schedule(atUs, LEAVE, 0);
  }

  return {
    enter(job, serviceUs) {
      advance();
      residents.push({ job, leavesAtUs: attainedUs + serviceUs });
      retime();
    },
    leave() {
      advance();
      const { job } = residents.splice(first(), 1)[0]!;
      leaving = undefined;
      retime();
      return { job, waitedUs: 0 };
    },
  };
}
