/** Who is next. Jobs are known by their slot number in the engine's table. */
export interface JobQueue {
  readonly size: number;
  push(slot: number): void;
  /** The slot that may start next; -1 when nobody waits. */
  head(): number;
  /** Removes the head. */
  pop(): void;
  /** All waiting slots in order. */
  waiting(): Iterable<number>;
}

/** A queueing discipline. */
export interface QueueingPolicy {
  readonly name: string;
  readonly summary: string;
  create(): JobQueue;
}
