import type { RandomStreams } from '../../kernel/random.ts';
import { BatchWork, type BatchWorkSpec } from './batch-work.ts';
import { InstantRing } from './instant-ring.ts';
import { type BatchingSpec, Replica, type ReplicaEvents } from './replica.ts';

/** Replicas of a service, and how requests get to them. */
export interface DispatchSpec extends BatchingSpec, BatchWorkSpec {
  /** Names the random streams of its batches. */
  readonly name: string;
  readonly replicas: number;
  /** `shortest-queue`: fewest requests waiting or in service, the first of equals. `round-robin`: in turn. */
  readonly dispatch: 'shortest-queue' | 'round-robin';
}

/**
 * Takes the requests of a service and hands each to a replica that is up, at once and for good. While none is up they
 * wait here, in order of arrival; then, and until no request waits here any more, replicas take from this queue as many
 * as they can work on, so that the first one to come up does not get them all.
 *
 * A state machine: it is told of every request, finished batch and elapsed wait, and tells through `ReplicaEvents` what
 * starts. Replicas are down until `up`. Requests wait without end: none is refused or gives up.
 */
export class Dispatcher {
  readonly #replicas: readonly Replica[];
  readonly #isUp: Uint8Array;
  readonly #isShortest: boolean;
  /** Requests that a replica takes from the queue here at most: as many as fill its slots. */
  readonly #room: number;
  readonly #backlog = new InstantRing();
  #upCount = 0;
  #lastTurn = -1;

  /** @throws {RangeError} if a count is not whole and >= 1, the wait is not >= 0, or the batch lengths are wrong */
  constructor(spec: DispatchSpec, streams: RandomStreams, events: ReplicaEvents) {
    const { name, replicas, maxBatch, batchWaitUs, concurrency } = spec;
    for (const [what, count] of Object.entries({ replicas, maxBatch, concurrency })) {
      if (Number.isSafeInteger(count) && count >= 1) continue;
      throw new RangeError(`Cannot serve "${name}": ${what} must be a whole number >= 1, got ${count}`);
    }
    if (!(batchWaitUs >= 0 && batchWaitUs < Infinity)) {
      throw new RangeError(`Cannot serve "${name}": batchWaitUs must be >= 0, got ${batchWaitUs}`);
    }
    const work = new BatchWork(spec);
    this.#replicas = Array.from({ length: replicas }, (_, number) => {
      // Its own stream for each replica, so that the n-th batch of one does not depend on what the others do.
      return new Replica(number, spec, work, streams.stream('batch-work', `${name}/${number}`), events);
    });
    this.#isUp = new Uint8Array(replicas);
    this.#isShortest = spec.dispatch === 'shortest-queue';
    this.#room = maxBatch * concurrency;
  }

  /** Requests that are not answered yet. */
  get requests(): number {
    return this.#replicas.reduce((sum, replica) => sum + replica.requests, this.#backlog.length);
  }

  /** Batches that a replica works on now. */
  busySlots(replica: number): number {
    return this.#of(replica).busySlots;
  }

  /** A request arrives now. */
  offer(nowUs: number): void {
    this.#dispatch(nowUs, nowUs);
  }

  /** The work of the batch is done. */
  batchDone(replica: number, slot: number, nowUs: number): void {
    const own = this.#of(replica);
    own.finish(slot, nowUs);
    this.#refill(own);
    own.startBatches(nowUs);
  }

  /** The instant told by `waitUntil` has come. Too early or too late does no harm. */
  waitIsOver(replica: number, nowUs: number): void {
    this.#of(replica).startBatches(nowUs);
  }

  /** The replica runs from now on. */
  up(replica: number, nowUs: number): void {
    const own = this.#of(replica);
    if (this.#isUp[replica] === 1) return;
    this.#isUp[replica] = 1;
    this.#upCount += 1;
    this.#refill(own);
    own.startBatches(nowUs);
  }

  /** The replica stops now. Its requests are sent again to the others and start from nothing. */
  down(replica: number, nowUs: number): void {
    const own = this.#of(replica);
    if (this.#isUp[replica] === 0) return;
    this.#isUp[replica] = 0;
    this.#upCount -= 1;
    own.drain((arrivedUs) => this.#dispatch(arrivedUs, nowUs));
  }

  /** Calls `see` with the arrival instant of each request that is not answered yet. */
  visit(see: (arrivedUs: number) => void): void {
    for (let i = 0; i < this.#backlog.length; i++) see(this.#backlog.at(i));
    for (const replica of this.#replicas) replica.visit(see);
  }

  #dispatch(arrivedUs: number, nowUs: number): void {
    if (this.#upCount === 0 || this.#backlog.length > 0) {
      this.#backlog.push(arrivedUs);
      return;
    }
    const replica = this.#isShortest ? this.#shortest() : this.#nextInTurn();
    this.#of(replica).offer(arrivedUs, nowUs);
  }

  #shortest(): number {
    let best = -1;
    let fewest = Infinity;
    for (let i = 0; i < this.#replicas.length; i++) {
      if (this.#isUp[i] === 0) continue;
      const { requests } = this.#replicas[i] as Replica;
      if (requests >= fewest) continue;
      best = i;
      if (requests === 0) break;
      fewest = requests;
    }
    return best;
  }

  #nextInTurn(): number {
    do this.#lastTurn = (this.#lastTurn + 1) % this.#replicas.length;
    while (this.#isUp[this.#lastTurn] === 0);
    return this.#lastTurn;
  }

  #refill(replica: Replica): void {
    while (this.#backlog.length > 0 && replica.requests < this.#room) replica.enqueue(this.#backlog.shift());
  }

  #of(replica: number): Replica {
    const own = this.#replicas[replica];
    if (own === undefined) throw new RangeError(`There is no replica ${replica}`);
    return own;
  }
}
