import type { EventId } from '../kernel/event-queue.ts';
import type { RandomStreams } from '../kernel/random.ts';
import type { Micros } from '../kernel/time.ts';
import { Dispatcher, type DispatchSpec } from '../workload/service/dispatcher.ts';
import { LatencyRecord, type LatencySummary } from '../workload/service/latency-record.ts';
import { createTraffic, type ServiceTraffic, type TrafficSpec } from '../workload/service/traffic.ts';
import { MAX_TIME_US } from '../workload/task.ts';
import { EVENT_RANK } from './event-rank.ts';
import type { RoleHost, RoleRuntime } from './role.ts';

/** A service as the engine runs it. */
export interface ServiceSpec extends DispatchSpec {
  readonly traffic: TrafficSpec;
  /** Latency that counts as in time; null: none stated. */
  readonly objectiveUs: number | null;
}

/** One batch in work. Times in microseconds. */
interface Batch {
  workLeftUs: number;
  sinceUs: number;
  event: EventId | undefined;
}

/** One replica on its place. */
interface Server {
  readonly service: number;
  readonly replica: number;
  /** By slot of the replica; undefined where it works on nothing. */
  readonly batches: (Batch | undefined)[];
  /** Live job; -1 while it has no place. */
  live: number;
  isSeated: boolean;
  speed: number;
  dueEvent: EventId | undefined;
}

/** A service with its traffic. */
interface LiveService {
  readonly dispatcher: Dispatcher;
  readonly traffic: ServiceTraffic;
  readonly record: LatencyRecord;
  /** Number of its first replica among all servers. */
  readonly firstServer: number;
}

/**
 * Services at work, request by request: replicas that are up answer in batches, at the speed that their GPUs' modes give
 * them beside the other residents. A replica is active on its GPU while it works on a batch.
 */
export class ServiceRuntime implements RoleRuntime {
  readonly #host: RoleHost;
  readonly #services: readonly LiveService[];
  readonly #servers: Server[] = [];
  /** By live job: number of the server. */
  readonly #serverOf: number[] = [];
  readonly #concurrency: number;

  /**
   * @param fromUs requests that arrive before are served and not recorded
   * @throws {RangeError} if a service cannot be served as it is described
   */
  constructor(host: RoleHost, specs: readonly ServiceSpec[], streams: RandomStreams, fromUs: number) {
    this.#host = host;
    this.#concurrency = Math.max(1, ...specs.map((spec) => spec.concurrency));
    const listeners = host.observers.filter((observer) => observer.answered !== undefined);
    this.#services = specs.map((spec, service) => {
      const firstServer = this.#servers.length;
      for (let replica = 0; replica < spec.replicas; replica++) {
        this.#servers.push({
          service,
          replica,
          batches: [],
          live: -1,
          isSeated: false,
          speed: 0,
          dueEvent: undefined,
        });
      }
      const record = new LatencyRecord(fromUs, spec.objectiveUs);
      const traffic = createTraffic(spec.name, spec.traffic, streams);
      const dispatcher = new Dispatcher(spec, streams, {
        batchStarted: (replica, slot, size, workUs) => {
          record.batchStarted(size, host.simulation.nowUs);
          this.#onBatchStarted(firstServer + replica, slot, workUs);
        },
        waitUntil: (replica, atUs) => this.#onWaitUntil(firstServer + replica, atUs),
        answered: (arrivedUs, nowUs) => {
          record.answered(arrivedUs, nowUs);
          for (const observer of listeners) observer.answered?.(nowUs as Micros, service, arrivedUs);
          this.#schedule(traffic.answered(nowUs), EVENT_RANK['request-arrived'], service * 2 + 1);
        },
      });
      return { dispatcher, traffic, record, firstServer };
    });
    this.#services.forEach(({ traffic }, service) => {
      this.#schedule(traffic.nextUs(), EVENT_RANK['request-arrived'], service * 2);
    });
  }

  started(live: number): void {
    const { role } = this.#host.liveAt(live);
    if (role?.kind !== 'replica') return;
    const { firstServer, dispatcher } = this.#services[role.service] as LiveService;
    const number = firstServer + role.replica;
    const server = this.#servers[number] as Server;
    server.live = live;
    server.isSeated = this.#host.residency.isSeated(live);
    server.speed = server.isSeated ? 0 : 1;
    this.#serverOf[live] = number;
    dispatcher.up(role.replica, this.#host.simulation.nowUs);
  }

  /** Re-times the batches in work. */
  sped(live: number, speed: number): void {
    const number = this.#serverOf[live];
    if (number === undefined) return;
    const server = this.#servers[number] as Server;
    const nowUs = this.#host.simulation.nowUs;
    const before = server.speed;
    server.speed = speed;
    for (let slot = 0; slot < server.batches.length; slot++) {
      const batch = server.batches[slot];
      if (batch === undefined) continue;
      batch.workLeftUs -= (nowUs - batch.sinceUs) * before;
      batch.sinceUs = nowUs;
      this.#time(number, server, slot, batch);
    }
  }

  stopped(live: number): void {
    const server = this.#servers[this.#serverOf[live] as number] as Server;
    const { simulation, residency } = this.#host;
    const wasActive = server.batches.some((batch) => batch !== undefined);
    for (const batch of server.batches) {
      if (batch?.event !== undefined) simulation.cancel(batch.event);
    }
    server.batches.fill(undefined);
    if (wasActive && server.isSeated) residency.setActive(simulation.nowUs, live, false);
    server.live = -1;
    (this.#services[server.service] as LiveService).dispatcher.down(server.replica, simulation.nowUs);
  }

  handle(rank: number, payload: number): void {
    if (rank === EVENT_RANK['request-arrived']) this.#onRequest(payload >> 1, (payload & 1) === 0);
    else if (rank === EVENT_RANK['batch-done']) this.#onBatchDone(payload);
    else this.#onBatchDue(payload);
  }

  /** A replica that is gone is not started again. */
  gone(): void {}

  /** What the requests of each service went through, up to the end of the run. */
  summaries(endUs: number): LatencySummary[] {
    return this.#services.map(({ dispatcher, record }) => {
      dispatcher.visit((arrivedUs) => record.unanswered(arrivedUs, endUs));
      return record.summary(endUs);
    });
  }

  /** Keeps one request of each stream in the event queue; those of a closed loop's clients follow their answers. */
  #onRequest(service: number, isFromStream: boolean): void {
    const { dispatcher, traffic } = this.#services[service] as LiveService;
    dispatcher.offer(this.#host.simulation.nowUs);
    if (isFromStream) this.#schedule(traffic.nextUs(), EVENT_RANK['request-arrived'], service * 2);
  }

  #onBatchStarted(number: number, slot: number, workUs: number): void {
    const server = this.#servers[number] as Server;
    const { simulation, residency } = this.#host;
    const isFirst = server.batches.every((batch) => batch === undefined);
    const batch: Batch = { workLeftUs: workUs, sinceUs: simulation.nowUs, event: undefined };
    server.batches[slot] = batch;
    // Becoming active gives the replica its speed, which times the batch; while it is active, the speed is there.
    if (isFirst && server.isSeated && server.speed === 0) {
      residency.setActive(simulation.nowUs, server.live, true);
    } else {
      this.#time(number, server, slot, batch);
    }
  }

  #onBatchDone(payload: number): void {
    const number = Math.floor(payload / this.#concurrency);
    const slot = payload % this.#concurrency;
    const server = this.#servers[number] as Server;
    const { simulation, residency } = this.#host;
    server.batches[slot] = undefined;
    const { dispatcher } = this.#services[server.service] as LiveService;
    dispatcher.batchDone(server.replica, slot, simulation.nowUs);
    // The next batch may have started at once: then the replica has not been idle.
    if (server.isSeated && server.batches.every((batch) => batch === undefined)) {
      residency.setActive(simulation.nowUs, server.live, false);
    }
  }

  #onWaitUntil(number: number, atUs: number): void {
    const server = this.#servers[number] as Server;
    if (server.dueEvent !== undefined) this.#host.simulation.cancel(server.dueEvent);
    server.dueEvent = this.#schedule(atUs, EVENT_RANK['batch-due'], number);
  }

  #onBatchDue(number: number): void {
    const server = this.#servers[number] as Server;
    server.dueEvent = undefined;
    const { dispatcher } = this.#services[server.service] as LiveService;
    dispatcher.waitIsOver(server.replica, this.#host.simulation.nowUs);
  }

  /** Puts the end of a batch where the speed of its replica puts it; nowhere while that stands still. */
  #time(number: number, { speed }: Server, slot: number, batch: Batch): void {
    const { simulation } = this.#host;
    const endUs = simulation.nowUs + Math.max(0, Math.round(batch.workLeftUs / speed));
    if (!(endUs <= MAX_TIME_US)) {
      if (batch.event !== undefined) simulation.cancel(batch.event);
      batch.event = undefined;
    } else if (batch.event !== undefined) {
      simulation.retime(batch.event, endUs as Micros);
    } else {
      const payload = number * this.#concurrency + slot;
      batch.event = simulation.schedule(endUs as Micros, EVENT_RANK['batch-done'], payload);
    }
  }

  #schedule(atUs: number, rank: number, payload: number): EventId | undefined {
    if (!(atUs <= MAX_TIME_US)) return undefined;
    return this.#host.simulation.schedule(atUs as Micros, rank, payload);
  }
}
