import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EventId, EventQueue } from '../../sim/kernel/event-queue.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import type { Micros } from '../../sim/kernel/time.ts';

interface Popped {
  readonly atUs: number;
  readonly rank: number;
  readonly payload: number;
  readonly id: number;
}

const at = (us: number) => us as Micros;

function popOne(queue: EventQueue): Popped | undefined {
  if (!queue.pop()) return undefined;
  return { atUs: queue.atUs, rank: queue.rank, payload: queue.payload, id: queue.id };
}

function drain(queue: EventQueue): Popped[] {
  const popped: Popped[] = [];
  for (let event = popOne(queue); event !== undefined; event = popOne(queue)) popped.push(event);
  return popped;
}

/** The obviously right twin: an array in the order of pushing, sorted anew (and stably) for each question. */
class SortedTwin {
  events: Popped[] = [];

  push(event: Popped): void {
    this.events.push(event);
  }

  first(): Popped | undefined {
    return this.events.toSorted((a, b) => a.atUs - b.atUs || a.rank - b.rank)[0];
  }

  pop(): Popped | undefined {
    const first = this.first();
    if (first !== undefined) this.remove(first.id);
    return first;
  }

  remove(id: number): Popped | undefined {
    const index = this.events.findIndex((event) => event.id === id);
    return index < 0 ? undefined : this.events.splice(index, 1)[0];
  }

  retime(id: number, atUs: number): boolean {
    const event = this.remove(id);
    if (event !== undefined) this.push({ ...event, atUs });
    return event !== undefined;
  }
}

// Few times and ranks, so that most events tie with another; `which` picks among all ids given out, void ones included.
const time = fc.oneof({ weight: 4, arbitrary: fc.nat(4) }, { weight: 1, arbitrary: fc.nat(2 ** 53 - 1) });
const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('push' as const), atUs: time, rank: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pop' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('peek' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('retime' as const), which: fc.nat(), atUs: time }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload' as const) }) },
);

test('EventQueue agrees with a stably sorted array through pushes, pops, cancels, re-times and snapshots', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 120, size: 'max' }), (operations) => {
      let queue = new EventQueue();
      const twin = new SortedTwin();
      const ids: EventId[] = [];
      for (const [step, op] of operations.entries()) {
        const id = 'which' in op && ids.length > 0 ? ids[op.which % ids.length]! : (0 as EventId);
        if (op.kind === 'push') {
          const pushed = queue.push(at(op.atUs), op.rank, step);
          ids.push(pushed);
          twin.push({ atUs: op.atUs, rank: op.rank, payload: step, id: pushed });
        } else if (op.kind === 'pop') {
          expect(popOne(queue)).toEqual(twin.pop());
        } else if (op.kind === 'peek') {
          expect(queue.peekTimeUs()).toBe(twin.first()?.atUs ?? Number.POSITIVE_INFINITY);
        } else if (op.kind === 'cancel') {
          expect(queue.cancel(id)).toBe(twin.remove(id) !== undefined);
        } else if (op.kind === 'retime') {
          expect(queue.retime(id, at(op.atUs))).toBe(twin.retime(id, op.atUs));
        } else {
          const snapshot = JSON.parse(JSON.stringify(queue.snapshot()));
          queue = new EventQueue();
          queue.restore(snapshot);
          expect(queue.snapshot()).toEqual(snapshot);
        }
        expect(queue.size).toBe(twin.events.length);
      }
      expect(ids.filter((id) => queue.has(id)).toSorted()).toEqual(twin.events.map((e) => e.id).toSorted());
      expect(new Set(ids).size).toBe(ids.length);
      const rest: (Popped | undefined)[] = [];
      while (twin.events.length > 0) rest.push(twin.pop());
      expect(drain(queue)).toEqual(rest);
    }),
    { numRuns: 600 },
  );
});

test('Thousands of events over a few instants come out by time, rank and order of pushing', () => {
  const stream = new RandomStreams(1).stream('event-queue-test');
  const queue = new EventQueue();
  const pushed = Array.from({ length: 5000 }, (_, i) => {
    const [atUs, rank] = [stream.int(7), stream.int(256)];
    return { atUs, rank, payload: i, id: queue.push(at(atUs), rank, i) };
  });
  const stays = pushed.filter((event) => event.payload % 3 !== 0);
  for (const event of pushed) if (event.payload % 3 === 0) expect(queue.cancel(event.id)).toBe(true);
  expect(drain(queue)).toEqual(stays.toSorted((a, b) => a.atUs - b.atUs || a.rank - b.rank));
});

test('A re-timed event comes after its equals, even if its time did not change', () => {
  const queue = new EventQueue();
  const first = queue.push(at(5), 0, 1);
  queue.push(at(5), 0, 2);
  queue.push(at(5), 1, 3);
  expect(queue.retime(first, at(5))).toBe(true);
  expect(drain(queue).map((event) => event.payload)).toEqual([2, 1, 3]);
});

test('An id is void once its event was popped or cancelled, also after its slot is used again', () => {
  const queue = new EventQueue();
  const popped = queue.push(at(1), 0, 1);
  queue.pop();
  const cancelled = queue.push(at(2), 0, 2);
  queue.cancel(cancelled);
  const waiting = queue.push(at(3), 0, 3);
  expect(queue.slotCount).toBe(1);
  for (const id of [popped, cancelled]) {
    expect(queue.has(id)).toBe(false);
    expect(queue.cancel(id)).toBe(false);
    expect(queue.retime(id, at(9))).toBe(false);
  }
  expect(queue.has(waiting)).toBe(true);
  for (const never of [0, -1, 0.5, waiting + 2 ** 24, Number.NaN, 1e300]) {
    expect(queue.has(never as EventId)).toBe(false);
  }
});

test('A handler that asks about the event it handles finds it gone', () => {
  const queue = new EventQueue();
  queue.push(at(1), 7, 42);
  expect(popOne(queue)).toMatchObject({ atUs: 1, rank: 7, payload: 42 });
  expect(queue.has(queue.id)).toBe(false);
  expect(queue.size).toBe(0);
  expect(queue.peekTimeUs()).toBe(Number.POSITIVE_INFINITY);
  expect(queue.pop()).toBe(false);
});

test('Slots are used again: a hundred thousand pushes with at most 100 events waiting make 100 slots', () => {
  const stream = new RandomStreams(2).stream('event-queue-test');
  const queue = new EventQueue();
  const waiting: EventId[] = [];
  for (let i = 0; i < 100_000; i++) {
    if (waiting.length === 100) {
      const [id] = waiting.splice(stream.int(100), 1);
      if (i % 2 === 0) {
        queue.cancel(id!);
      } else {
        queue.retime(id!, at(0));
        queue.pop();
        expect(queue.id).toBe(id);
      }
    }
    waiting.push(queue.push(at(1 + stream.int(1000)), 0, i));
  }
  expect(queue.size).toBe(100);
  expect(queue.slotCount).toBe(100);
});

test('clear() empties the queue and voids its ids', () => {
  const queue = new EventQueue();
  const ids = Array.from({ length: 200 }, (_, i) => queue.push(at(i % 5), 0, i));
  queue.pop();
  queue.clear();
  expect(queue.size).toBe(0);
  expect(queue.pop()).toBe(false);
  expect(ids.some((id) => queue.has(id))).toBe(false);
  const id = queue.push(at(3), 2, 9);
  expect(ids).not.toContain(id);
  expect(drain(queue)).toEqual([{ atUs: 3, rank: 2, payload: 9, id }]);
});

test('A slot out of generations is given up instead of issuing an id twice', () => {
  const queue = new EventQueue();
  const last = 2 ** 53 - 2 ** 24;
  queue.restore({ ...queue.snapshot(), idBySlot: [last], freeSlots: [0] });
  const id = queue.push(at(1), 0, 1);
  expect(id).toBe(last);
  queue.pop();
  const next = queue.push(at(2), 0, 2);
  expect(next % 2 ** 24).toBe(1);
  expect(queue.has(id)).toBe(false);
  const reloaded = new EventQueue();
  reloaded.restore(queue.snapshot());
  expect([reloaded.has(id), reloaded.has(next)]).toEqual([false, true]);
  expect(drain(reloaded).map((event) => event.id)).toEqual([next]);
});

test('Times that are not whole microseconds, bad ranks and payloads are refused and leave the queue as it was', () => {
  const queue = new EventQueue();
  const id = queue.push(at(5), 0, 1);
  for (const us of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(() => queue.push(at(us), 0, 0)).toThrow(`got ${us}`);
    expect(() => queue.retime(id, at(us))).toThrow(RangeError);
  }
  for (const rank of [-1, 256, 0.5, Number.NaN]) {
    expect(() => queue.push(at(1), rank, 0)).toThrow(`rank of 0 to 255, got ${rank}`);
  }
  for (const payload of [2 ** 31, -(2 ** 31) - 1, 0.5]) {
    expect(() => queue.push(at(1), 0, payload)).toThrow(`int32 as payload, got ${payload}`);
  }
  expect(drain(queue)).toEqual([{ atUs: 5, rank: 0, payload: 1, id }]);
});

test('The extremes of time, rank and payload are kept exactly', () => {
  const queue = new EventQueue();
  queue.push(at(2 ** 53 - 1), 255, -(2 ** 31));
  queue.push(at(2 ** 53 - 2), 255, 2 ** 31 - 1);
  expect(drain(queue)).toMatchObject([
    { atUs: 2 ** 53 - 2, rank: 255, payload: 2 ** 31 - 1 },
    { atUs: 2 ** 53 - 1, rank: 255, payload: -(2 ** 31) },
  ]);
});
