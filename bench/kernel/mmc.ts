import { log } from '../../sim/kernel/math.ts';
import type { RandomStream } from '../../sim/kernel/random.ts';
import { Simulation } from '../../sim/kernel/simulation.ts';
import { type Micros, microsFromSeconds, secondsFromMicros } from '../../sim/kernel/time.ts';

export interface MmcOptions {
  readonly servers: number;
  readonly customers: number;
  /** Offered load per server, below 1. */
  readonly utilization: number;
  readonly meanServiceSec: number;
  readonly arrivals: RandomStream;
  readonly services: RandomStream;
}

export interface MmcResult {
  /** Arrivals and departures: two per customer. */
  readonly events: number;
  readonly endUs: number;
  readonly meanWaitSec: number;
}

const ARRIVAL = -1;
const DEPARTURE_RANK = 0;
const ARRIVAL_RANK = 1;

/** M/M/c, first come first served, run until the last customer has left. A payload of 0 or more is a server's number. */
export function runMmc(options: MmcOptions): MmcResult {
  const { servers, customers, meanServiceSec, arrivals, services } = options;
  const meanGapSec = meanServiceSec / (options.utilization * servers);
  const freeServers = Int32Array.from({ length: servers }, (_, i) => servers - 1 - i);
  let freeCount = servers;
  const waiting = new Fifo();
  let arrived = 0;
  let totalWaitUs = 0;

  const simulation = new Simulation((payload) => {
    if (payload === ARRIVAL) {
      arrived++;
      if (arrived < customers) scheduleArrival();
      if (freeCount > 0) startService(freeServers[--freeCount]!);
      else waiting.push(simulation.nowUs);
    } else if (waiting.length > 0) {
      totalWaitUs += simulation.nowUs - waiting.shift();
      startService(payload);
    } else {
      freeServers[freeCount++] = payload;
    }
  });

  function scheduleArrival(): void {
    const gapUs = microsFromSeconds(-log(arrivals.nextOpen()) * meanGapSec);
    simulation.schedule((simulation.nowUs + gapUs) as Micros, ARRIVAL_RANK, ARRIVAL);
  }

  function startService(server: number): void {
    const serviceUs = microsFromSeconds(-log(services.nextOpen()) * meanServiceSec);
    simulation.schedule((simulation.nowUs + serviceUs) as Micros, DEPARTURE_RANK, server);
  }

  scheduleArrival();
  simulation.run();
  return {
    events: simulation.eventCount,
    endUs: simulation.nowUs,
    meanWaitSec: secondsFromMicros(totalWaitUs as Micros) / customers,
  };
}

/** A queue of numbers in a ring whose length is a power of two. */
class Fifo {
  #ring = new Float64Array(1024);
  #head = 0;
  length = 0;

  push(value: number): void {
    const capacity = this.#ring.length;
    if (this.length === capacity) {
      const larger = new Float64Array(capacity * 2);
      larger.set(this.#ring.subarray(this.#head));
      larger.set(this.#ring.subarray(0, this.#head), capacity - this.#head);
      this.#ring = larger;
      this.#head = 0;
    }
    this.#ring[(this.#head + this.length++) & (this.#ring.length - 1)] = value;
  }

  shift(): number {
    const value = this.#ring[this.#head]!;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.length--;
    return value;
  }
}
