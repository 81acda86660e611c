import { type EventId, EventQueue, type EventQueueSnapshot } from './event-queue.ts';
import type { Micros } from './time.ts';

/** What {@link Simulation.snapshot} returns: plain data, ready for JSON. */
export interface SimulationSnapshot {
  readonly nowUs: number;
  readonly eventCount: number;
  readonly queue: EventQueueSnapshot;
}

/**
 * A clock that moves from event to event, and one function that handles them all. Events due at one instant are
 * handled by rank, then in the order of scheduling; a handler may schedule more of them at that same instant.
 */
export class Simulation {
  private readonly dispatch: (payload: number, rank: number) => void;
  private readonly queue = new EventQueue();
  private clockUs = 0 as Micros;
  private handled = 0;

  /** @param dispatch called once per event, with the clock at the event's time */
  constructor(dispatch: (payload: number, rank: number) => void) {
    this.dispatch = dispatch;
  }

  /** The simulated time. */
  get nowUs(): Micros {
    return this.clockUs;
  }

  /** Events handled so far, the one being handled included. */
  get eventCount(): number {
    return this.handled;
  }

  /** Events waiting. */
  get pendingCount(): number {
    return this.queue.size;
  }

  /** Time of the next event, in microseconds; Infinity if there is none. */
  nextEventUs(): number {
    return this.queue.peekTimeUs();
  }

  /**
   * @param rank order among events of one instant, 0 (first) to 255
   * @param payload any int32, handed to the dispatch function
   * @throws {RangeError} if `atUs` is before now, or an argument is out of range
   */
  schedule(atUs: Micros, rank: number, payload: number): EventId {
    if (atUs < this.clockUs) throw this.inThePast(atUs);
    return this.queue.push(atUs, rank, payload);
  }

  /** Takes a waiting event back. False if it was handled or cancelled before, or is being handled. */
  cancel(id: EventId): boolean {
    return this.queue.cancel(id);
  }

  /**
   * Moves a waiting event; among events of its new instant and rank it counts as scheduled last.
   *
   * @returns false if the event was handled or cancelled before, or is being handled
   * @throws {RangeError} if `atUs` is before now or out of range
   */
  retime(id: EventId, atUs: Micros): boolean {
    if (atUs < this.clockUs) throw this.inThePast(atUs);
    return this.queue.retime(id, atUs);
  }

  /** True while the event waits. */
  isPending(id: EventId): boolean {
    return this.queue.has(id);
  }

  /** Handles the next event. False if there is none. */
  step(): boolean {
    const queue = this.queue;
    if (!queue.pop()) return false;
    this.clockUs = queue.atUs;
    this.handled++;
    this.dispatch(queue.payload, queue.rank);
    return true;
  }

  /**
   * Handles all events up to `untilUs`, those at exactly that time included, and leaves the clock there.
   *
   * @throws {RangeError} if `untilUs` is before now
   */
  runUntil(untilUs: Micros): void {
    if (!(untilUs >= this.clockUs)) throw this.inThePast(untilUs);
    while (this.queue.peekTimeUs() <= untilUs) this.step();
    this.clockUs = untilUs;
  }

  /** Handles events until none is left. The clock stays at the last one. */
  run(): void {
    while (this.step());
  }

  /** The clock and the waiting events. Not to be called from a handler, whose event would be lost. */
  snapshot(): SimulationSnapshot {
    return { nowUs: this.clockUs, eventCount: this.handled, queue: this.queue.snapshot() };
  }

  /** Continues from a snapshot; ids given out before it was taken stay good. */
  restore(snapshot: SimulationSnapshot): void {
    this.clockUs = snapshot.nowUs as Micros;
    this.handled = snapshot.eventCount;
    this.queue.restore(snapshot.queue);
  }

  private inThePast(atUs: number): RangeError {
    return new RangeError(`Cannot schedule at ${atUs} us: the clock is at ${this.clockUs} us`);
  }
}
