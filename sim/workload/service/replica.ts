import type { RandomStream } from '../../kernel/random.ts';
import type { BatchWork } from './batch-work.ts';
import { InstantRing } from './instant-ring.ts';

/** How a replica forms batches. */
export interface BatchingSpec {
  /** Most requests served together, >= 1. */
  readonly maxBatch: number;
  /** How long the first request of a batch waits for others, in whole microseconds, >= 0. */
  readonly batchWaitUs: number;
  /** Batches that a replica works on at a time, >= 1. */
  readonly concurrency: number;
}

/** What a replica tells whoever runs it. Calls come while a method of the replica or its dispatcher runs. */
export interface ReplicaEvents {
  /**
   * A batch has started. Call `batchDone` with the slot once its work is done: when is up to the speed of the GPU, which
   * may change meanwhile.
   *
   * @param slot 0 to concurrency - 1
   * @param workUs microseconds alone on the whole reference GPU, whole, >= 1
   */
  batchStarted(replica: number, slot: number, size: number, workUs: number): void;
  /** Call `waitIsOver` at that instant unless told another one before; Infinity: not any more. */
  waitUntil(replica: number, atUs: number): void;
  /** A request that arrived at `arrivedUs` is answered now. */
  answered(arrivedUs: number, atUs: number): void;
}

/**
 * One server of a service: a queue, and slots that work on batches. A batch starts as soon as a slot is free and either
 * `maxBatch` requests wait or the first of them has waited for `batchWaitUs`; it takes as many as wait, in order of
 * arrival. Time while all slots were busy counts as waiting. A state machine: it does nothing by itself.
 *
 * @see NVIDIA Triton Inference Server, user guide, "Batchers": dynamic batcher with maximum queue delay, and instances
 */
export class Replica {
  readonly #number: number;
  readonly #batching: BatchingSpec;
  readonly #work: BatchWork;
  readonly #stream: RandomStream;
  readonly #events: ReplicaEvents;
  readonly #waiting = new InstantRing();
  /** By slot: arrival instants of the batch, and its size; 0 where the slot is free. */
  readonly #batches: Float64Array[];
  readonly #sizes: Int32Array;
  #busySlots = 0;
  #inService = 0;
  #timerUs = Infinity;

  constructor(
    number: number,
    batching: BatchingSpec,
    work: BatchWork,
    stream: RandomStream,
    events: ReplicaEvents,
  ) {
    this.#number = number;
    this.#batching = batching;
    this.#work = work;
    this.#stream = stream;
    this.#events = events;
    this.#batches = Array.from({ length: batching.concurrency }, () => new Float64Array(1));
    this.#sizes = new Int32Array(batching.concurrency);
  }

  /** Requests that wait or are worked on. */
  get requests(): number {
    return this.#waiting.length + this.#inService;
  }

  /** Slots with a batch: the replica has work for its GPU while it is above 0. */
  get busySlots(): number {
    return this.#busySlots;
  }

  /** A request comes in; `arrivedUs` may be earlier than now where it waited elsewhere before. */
  offer(arrivedUs: number, nowUs: number): void {
    this.#waiting.push(arrivedUs);
    this.startBatches(nowUs);
  }

  /** Puts a request into the queue and no more: `startBatches` is to follow. */
  enqueue(arrivedUs: number): void {
    this.#waiting.push(arrivedUs);
  }

  /**
   * The batch in `slot` is done: answers its requests and frees the slot. `startBatches` is to follow.
   *
   * @throws {RangeError} if there is no batch in the slot
   */
  finish(slot: number, nowUs: number): void {
    const size = this.#sizes[slot] ?? 0;
    if (size === 0) {
      throw new RangeError(`Cannot finish a batch: slot ${slot} of replica ${this.#number} has none`);
    }
    this.#inService -= size;
    // The slot stays taken while requests are answered: an answer may bring the next request at once.
    const batch = this.#batches[slot] as Float64Array;
    for (let i = 0; i < size; i++) this.#events.answered(batch[i] as number, nowUs);
    this.#sizes[slot] = 0;
    this.#busySlots -= 1;
  }

  /** Starts what can start, and tells when the next batch is due where a request waits for others. */
  startBatches(nowUs: number): void {
    const { maxBatch, batchWaitUs, concurrency } = this.#batching;
    const waiting = this.#waiting;
    while (
      this.#busySlots < concurrency &&
      waiting.length > 0 &&
      (waiting.length >= maxBatch || waiting.first + batchWaitUs <= nowUs)
    ) {
      this.#start(this.#sizes.indexOf(0), Math.min(waiting.length, maxBatch));
    }
    const dueUs = this.#busySlots < concurrency ? waiting.first + batchWaitUs : Infinity;
    if (dueUs !== this.#timerUs) {
      this.#timerUs = dueUs;
      this.#events.waitUntil(this.#number, dueUs);
    }
  }

  /**
   * Gives all its requests back, those in service first, and is empty then. Their work is lost.
   *
   * @param take called with the arrival instant of each
   */
  drain(take: (arrivedUs: number) => void): void {
    if (this.#timerUs !== Infinity) {
      this.#timerUs = Infinity;
      this.#events.waitUntil(this.#number, Infinity);
    }
    this.visit(take);
    while (this.#waiting.length > 0) this.#waiting.shift();
    this.#sizes.fill(0);
    this.#busySlots = 0;
    this.#inService = 0;
  }

  /** Calls `see` with the arrival instant of each request that is not answered, those in service first. */
  visit(see: (arrivedUs: number) => void): void {
    for (const [slot, size] of this.#sizes.entries()) {
      const batch = this.#batches[slot] as Float64Array;
      for (let i = 0; i < size; i++) see(batch[i] as number);
    }
    for (let i = 0; i < this.#waiting.length; i++) see(this.#waiting.at(i));
  }

  #start(slot: number, size: number): void {
    let batch = this.#batches[slot] as Float64Array;
    if (batch.length < size) {
      batch = new Float64Array(Math.min(this.#batching.maxBatch, size * 2));
      this.#batches[slot] = batch;
    }
    for (let i = 0; i < size; i++) batch[i] = this.#waiting.shift();
    this.#sizes[slot] = size;
    this.#busySlots += 1;
    this.#inService += size;
    this.#events.batchStarted(this.#number, slot, size, this.#work.draw(size, this.#stream));
  }
}
