import type { JobQueue, QueueingPolicy } from './queueing.ts';

/** First in, first out: nobody starts before the head does, even if there is room for them. */
export const fifo: QueueingPolicy = {
  name: 'fifo',
  summary: 'in order of arrival; nobody overtakes the head of the queue',
  create: () => new FifoQueue(),
};

/** A ring that grows by doubling. */
class FifoQueue implements JobQueue {
  size = 0;
  #ring = new Int32Array(64);
  #first = 0;

  push(slot: number): void {
    if (this.size === this.#ring.length) {
      const grown = new Int32Array(this.#ring.length * 2);
      let i = 0;
      for (const waiting of this.waiting()) grown[i++] = waiting;
      this.#ring = grown;
      this.#first = 0;
    }
    this.#ring[(this.#first + this.size) & (this.#ring.length - 1)] = slot;
    this.size += 1;
  }

  head(): number {
    return this.size === 0 ? -1 : (this.#ring[this.#first] as number);
  }

  pop(): void {
    if (this.size === 0) throw new RangeError('Cannot pop an empty queue');
    this.#first = (this.#first + 1) & (this.#ring.length - 1);
    this.size -= 1;
  }

  *waiting(): Iterable<number> {
    for (let i = 0; i < this.size; i++)
      yield this.#ring[(this.#first + i) & (this.#ring.length - 1)] as number;
  }
}
