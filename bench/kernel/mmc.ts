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

/** M/M/c, first come first served, run until the last customer has left. */
export function runMmc(options: MmcOptions): MmcResult {
  return new MmcModel(options).run();
}

/** A payload of 0 or more is the number of the server that becomes free. */
class MmcModel {
  readonly #arrivals: RandomStream;
  readonly #services: RandomStream;
  readonly #customers: number;
  readonly #meanServiceSec: number;
  readonly #meanGapSec: number;
  readonly #simulation = new Simulation((payload) => this.#handle(payload));
  readonly #freeServers: Int32Array;
  #freeCount: number;
  readonly #waiting = new Fifo();
  #arrived = 0;
  #totalWaitUs = 0;

  constructor(options: MmcOptions) {
    this.#arrivals = options.arrivals;
    this.#services = options.services;
    this.#customers = options.customers;
    this.#meanServiceSec = options.meanServiceSec;
    this.#meanGapSec = options.meanServiceSec / (options.utilization * options.servers);
    this.#freeCount = options.servers;
    this.#freeServers = Int32Array.from({ length: options.servers }, (_, i) => options.servers - 1 - i);
  }

  run(): MmcResult {
    const simulation = this.#simulation;
    this.#scheduleArrival();
    simulation.run();
    return {
      events: simulation.eventCount,
      endUs: simulation.nowUs,
      meanWaitSec: secondsFromMicros(this.#totalWaitUs as Micros) / this.#customers,
    };
  }

  #handle(payload: number): void {
    const nowUs = this.#simulation.nowUs;
    if (payload === ARRIVAL) {
      this.#arrived++;
      if (this.#arrived < this.#customers) this.#scheduleArrival();
      if (this.#freeCount > 0) this.#startService(this.#freeServers[--this.#freeCount]!);
      else this.#waiting.push(nowUs);
    } else if (this.#waiting.length > 0) {
      this.#totalWaitUs += nowUs - this.#waiting.shift();
      this.#startService(payload);
    } else {
      this.#freeServers[this.#freeCount++] = payload;
    }
  }

  #scheduleArrival(): void {
    const gapUs = microsFromSeconds(-log(this.#arrivals.nextOpen()) * this.#meanGapSec);
    this.#simulation.schedule((this.#simulation.nowUs + gapUs) as Micros, ARRIVAL_RANK, ARRIVAL);
  }

  #startService(server: number): void {
    const serviceUs = microsFromSeconds(-log(this.#services.nextOpen()) * this.#meanServiceSec);
    this.#simulation.schedule((this.#simulation.nowUs + serviceUs) as Micros, DEPARTURE_RANK, server);
  }
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
