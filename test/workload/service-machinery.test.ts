import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { BatchWork } from '../../sim/workload/service/batch-work.ts';
import { Dispatcher, type DispatchSpec } from '../../sim/workload/service/dispatcher.ts';
import { InstantRing } from '../../sim/workload/service/instant-ring.ts';
import { LatencyRecord } from '../../sim/workload/service/latency-record.ts';
import { createTraffic } from '../../sim/workload/service/traffic.ts';
import { ONE_BY_ONE, runService } from './service-loop.ts';

type Told = readonly (string | number)[];

/** The obviously right twin: lists of arrival instants, looked through from the start at each step. */
class SlowDispatcher {
  readonly told: Told[] = [];
  readonly spec: DispatchSpec;
  backlog: number[] = [];
  replicas: { isUp: boolean; waiting: number[]; slots: number[][] }[];
  turn = -1;

  constructor(spec: DispatchSpec) {
    this.spec = spec;
    this.replicas = Array.from({ length: spec.replicas }, () => ({
      isUp: false,
      waiting: [],
      slots: Array.from({ length: spec.concurrency }, () => []),
    }));
  }

  count(replica: number): number {
    const { waiting, slots } = this.replicas[replica]!;
    return waiting.length + slots.flat().length;
  }

  send(arrivedUs: number, nowUs: number): void {
    const up = [...this.replicas.keys()].filter((i) => this.replicas[i]!.isUp);
    if (up.length === 0 || this.backlog.length > 0) {
      this.backlog.push(arrivedUs);
      return;
    }
    const fewest = Math.min(...up.map((i) => this.count(i)));
    const chosen =
      this.spec.dispatch === 'shortest-queue'
        ? up.find((i) => this.count(i) === fewest)!
        : (up.find((i) => i > this.turn) ?? up[0]!);
    if (this.spec.dispatch === 'round-robin') this.turn = chosen;
    this.replicas[chosen]!.waiting.push(arrivedUs);
    this.start(chosen, nowUs);
  }

  start(replica: number, nowUs: number): void {
    const { waiting, slots } = this.replicas[replica]!;
    for (const [slot, batch] of slots.entries()) {
      if (batch.length > 0 || waiting.length === 0) continue;
      if (waiting.length < this.spec.maxBatch && waiting[0]! + this.spec.batchWaitUs > nowUs) continue;
      batch.push(...waiting.splice(0, this.spec.maxBatch));
      this.told.push(['batch', replica, slot, batch.length]);
    }
  }

  pull(replica: number): void {
    while (this.backlog.length > 0 && this.count(replica) < this.spec.maxBatch * this.spec.concurrency) {
      this.replicas[replica]!.waiting.push(this.backlog.shift()!);
    }
  }

  done(replica: number, slot: number, nowUs: number): void {
    for (const arrivedUs of this.replicas[replica]!.slots[slot]!.splice(0)) {
      this.told.push(['answered', arrivedUs, nowUs]);
    }
    this.pull(replica);
    this.start(replica, nowUs);
  }

  up(replica: number, nowUs: number): void {
    if (this.replicas[replica]!.isUp) return;
    this.replicas[replica]!.isUp = true;
    this.pull(replica);
    this.start(replica, nowUs);
  }

  down(replica: number, nowUs: number): void {
    const own = this.replicas[replica]!;
    if (!own.isUp) return;
    own.isUp = false;
    const all = [...own.slots.flat(), ...own.waiting];
    own.waiting = [];
    own.slots = own.slots.map(() => []);
    for (const arrivedUs of all) this.send(arrivedUs, nowUs);
  }

  /** When the next batch of a replica is due by its wait. */
  dueUs(replica: number): number {
    const { waiting, slots } = this.replicas[replica]!;
    const isFree = slots.some((batch) => batch.length === 0);
    return isFree && waiting.length > 0 ? waiting[0]! + this.spec.batchWaitUs : Infinity;
  }
}

const spec = fc.record({
  replicas: fc.integer({ min: 1, max: 3 }),
  maxBatch: fc.integer({ min: 1, max: 4 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  batchWaitUs: fc.constantFrom(0, 1, 3),
  dispatch: fc.constantFrom('shortest-queue' as const, 'round-robin' as const),
});
const step = fc.record({
  what: fc.constantFrom('offer', 'offer', 'offer', 'done', 'done', 'wait', 'up', 'down'),
  which: fc.nat(11),
  afterUs: fc.nat(2),
});

describe('The dispatcher and its replicas', () => {
  test('do what the slow twin does, whatever comes, and lose or double no request', () => {
    fc.assert(
      fc.property(spec, fc.array(step, { maxLength: 120 }), (shape, steps) => {
        const full: DispatchSpec = { ...ONE_BY_ONE, ...shape };
        const told: Told[] = [];
        const dueUs = new Array<number>(shape.replicas).fill(Infinity);
        const fast = new Dispatcher(full, new RandomStreams(1), {
          batchStarted: (replica, slot, size) => told.push(['batch', replica, slot, size]),
          waitUntil: (replica, atUs) => {
            dueUs[replica] = atUs;
          },
          answered: (arrivedUs, atUs) => told.push(['answered', arrivedUs, atUs]),
        });
        const slow = new SlowDispatcher(full);
        let nowUs = 0;
        let offered = 0;
        for (const { what, which, afterUs } of steps) {
          nowUs += afterUs;
          const replica = which % shape.replicas;
          if (what === 'offer') {
            offered += 1;
            fast.offer(nowUs);
            slow.send(nowUs, nowUs);
          } else if (what === 'done') {
            const slot = Math.floor(which / shape.replicas) % shape.concurrency;
            if (slow.replicas[replica]!.slots[slot]!.length === 0) {
              expect(() => fast.batchDone(replica, slot, nowUs)).toThrow(RangeError);
              continue;
            }
            fast.batchDone(replica, slot, nowUs);
            slow.done(replica, slot, nowUs);
          } else if (what === 'wait') {
            fast.waitIsOver(replica, nowUs);
            slow.start(replica, nowUs);
          } else {
            fast[what as 'up' | 'down'](replica, nowUs);
            slow[what as 'up' | 'down'](replica, nowUs);
          }
          expect(told).toEqual(slow.told);
          const answered = told.filter(([kind]) => kind === 'answered').length;
          expect(fast.requests).toBe(offered - answered);
          const left: number[] = [];
          fast.visit((arrivedUs) => left.push(arrivedUs));
          expect(left).toHaveLength(fast.requests);
          for (let i = 0; i < shape.replicas; i++) {
            expect(dueUs[i]).toBe(slow.dueUs(i));
            expect(fast.busySlots(i)).toBe(
              slow.replicas[i]!.slots.filter((batch) => batch.length > 0).length,
            );
          }
        }
      }),
      { numRuns: 600 },
    );
  });

  test('share what piled up while all were down, instead of leaving it to the first one up', () => {
    const dispatch = { ...ONE_BY_ONE, replicas: 3, maxBatch: 2 };
    const answers: number[] = [];
    const busy: number[][] = [];
    const dispatcher = new Dispatcher(dispatch, new RandomStreams(1), {
      batchStarted: (replica, slot) => busy.push([replica, slot]),
      waitUntil: () => {},
      answered: (arrivedUs) => answers.push(arrivedUs),
    });
    for (let i = 0; i < 12; i++) dispatcher.offer(i);
    for (let replica = 0; replica < 3; replica++) dispatcher.up(replica, 20);
    expect(busy.map(([replica]) => replica)).toEqual([0, 1, 2]);
    for (const [replica, slot] of busy) dispatcher.batchDone(replica!, slot!, 30);
    expect(answers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test('take a request that an answer brings at once, in the middle of that answer', () => {
    const started: number[] = [];
    const dispatcher: Dispatcher = new Dispatcher({ ...ONE_BY_ONE, maxBatch: 2 }, new RandomStreams(1), {
      batchStarted: (_replica, _slot, size) => started.push(size),
      waitUntil: () => {},
      answered: (_arrivedUs, nowUs) => dispatcher.offer(nowUs),
    });
    dispatcher.up(0, 0);
    dispatcher.offer(0);
    dispatcher.offer(1);
    dispatcher.offer(1);
    dispatcher.batchDone(0, 0, 10);
    dispatcher.batchDone(0, 0, 20);
    expect(started).toEqual([1, 2, 2]);
    expect(dispatcher.requests).toBe(3);
  });

  test('are refused where a count or a length cannot be', () => {
    const make = (wrong: Partial<DispatchSpec>) => () =>
      new Dispatcher({ ...ONE_BY_ONE, ...wrong }, new RandomStreams(1), {
        batchStarted: () => {},
        waitUntil: () => {},
        answered: () => {},
      });
    expect(make({ replicas: 0 })).toThrow(
      /Cannot serve "service": replicas must be a whole number >= 1, got 0/,
    );
    expect(make({ maxBatch: 1.5 })).toThrow(/maxBatch must be/);
    expect(make({ concurrency: Number.NaN })).toThrow(/concurrency must be/);
    expect(make({ batchWaitUs: -1 })).toThrow(/batchWaitUs must be >= 0/);
    expect(make({ batchSec: [] })).toThrow(/batchSec is empty/);
    expect(make({ batchSec: [1, 0] })).toThrow(/batchSec\[1\] must be above 0/);
    expect(() => make({})().up(1, 0)).toThrow(/no replica 1/);
  });
});

describe('Work of a batch', () => {
  test('is that of its size, of the last size for more, and at least a microsecond', () => {
    const work = new BatchWork({ batchSec: [0.01, 0.012, 0.02], variability: null });
    const stream = new RandomStreams(1).stream('batch-work');
    expect([1, 2, 3, 4, 90].map((size) => work.draw(size, stream))).toEqual([1e4, 1.2e4, 2e4, 2e4, 2e4]);
    expect(new BatchWork({ batchSec: [1e-9], variability: null }).draw(1, stream)).toBe(1);
    const never = new BatchWork({ batchSec: [1], variability: { kind: 'constant', value: -3 } });
    expect(never.draw(1, stream)).toBe(1);
  });

  test('of one replica does not depend on how many others there are', () => {
    const traffic = { kind: 'closed', clients: 40, thinkSec: { kind: 'constant', value: 0 } } as const;
    const lengths = (replicas: number) => {
      const dispatch = {
        ...ONE_BY_ONE,
        replicas,
        variability: { kind: 'gamma', shape: 2, scale: 0.5 } as const,
      };
      const { batches } = runService(dispatch, traffic, 5, { untilSec: 30, isTold: true });
      const starts = batches.filter(({ replica }) => replica === 0).map(({ startUs }) => startUs);
      return starts.slice(0, 15).map((at, i) => at - (starts[i - 1] ?? 0));
    };
    expect(lengths(4)).toEqual(lengths(1));
  });
});

test('InstantRing is a queue, while it grows and goes round', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (pushes) => {
      const ring = new InstantRing();
      const list: number[] = [];
      for (const [i, isPush] of pushes.entries()) {
        if (isPush || list.length === 0) {
          ring.push(i);
          list.push(i);
        } else {
          expect(ring.shift()).toBe(list.shift());
        }
        expect(ring.length).toBe(list.length);
        expect(ring.first).toBe(list[0] ?? Infinity);
        for (const [place, value] of list.entries()) expect(ring.at(place)).toBe(value);
      }
    }),
  );
});

describe('Traffic', () => {
  test('of a closed loop starts each client after a first thought, in order, and no further one', () => {
    const spec = { kind: 'closed', clients: 50, thinkSec: { kind: 'exponential', mean: 2 } } as const;
    const traffic = createTraffic('a', spec, new RandomStreams(1));
    const first = Array.from({ length: 51 }, () => traffic.nextUs());
    expect(first.slice(0, 50)).toEqual(first.slice(0, 50).sort((a, b) => a - b));
    expect(first[0]).toBeGreaterThan(0);
    expect(first[50]).toBe(Infinity);
    expect(traffic.answered(7e6)).toBeGreaterThan(7e6);
  });

  test('of two services is drawn apart, and open traffic does not follow from answers', () => {
    const arrivals = { process: 'renewal', gapSec: { kind: 'exponential', mean: 2 } } as const;
    const of = (name: string) => createTraffic(name, { kind: 'open', arrivals }, new RandomStreams(1));
    expect(of('a').nextUs()).not.toBe(of('b').nextUs());
    expect(of('a').nextUs()).toBe(of('a').nextUs());
    expect(of('a').answered(5)).toBe(Infinity);
  });

  test('of no or half a client is refused', () => {
    const thinkSec = { kind: 'constant', value: 1 } as const;
    for (const clients of [0, 1.5, Number.NaN]) {
      expect(() => createTraffic('a', { kind: 'closed', clients, thinkSec }, new RandomStreams(1))).toThrow(
        /clients must be a whole number/,
      );
    }
  });
});

describe('The record of latencies', () => {
  test('leaves out requests that arrived in the warm-up, but counts their answers after it as work done', () => {
    const record = new LatencyRecord(10e6, 2e6);
    record.batchStarted(9, 9e6);
    record.answered(1e6, 9e6);
    record.answered(9e6, 11e6);
    record.batchStarted(3, 10e6);
    record.answered(10e6, 11e6);
    record.answered(10e6, 12e6);
    record.answered(11e6, 14e6);
    const summary = record.summary(20e6);
    expect(summary.answered).toBe(3);
    expect(summary.meanSec).toBe(2);
    expect(summary.maxSec).toBe(3);
    expect(summary.withinObjective).toBe(2 / 3);
    expect(summary.answersPerSec).toBe(0.4);
    expect(summary.meanBatch).toBe(3);
  });

  test('counts unanswered requests once they are late', () => {
    const record = new LatencyRecord(0, 2e6);
    record.answered(0, 1e6);
    record.unanswered(5e6, 10e6);
    record.unanswered(9e6, 10e6);
    record.unanswered(8e6, 10e6);
    const summary = record.summary(10e6);
    expect(summary.overdue).toBe(1);
    expect(summary.withinObjective).toBe(1 / 2);
  });

  test('says so where there is no objective or nothing was observed', () => {
    const summary = new LatencyRecord(0, null).summary(1e6);
    expect(summary.withinObjective).toBeNull();
    expect(summary.meanSec).toBeNaN();
    expect(summary.p99Sec).toBeNaN();
    expect(summary.answersPerSec).toBe(0);
  });

  test('of a service that gets too much shows how few are in time', () => {
    const arrivals = { process: 'deterministic', ratePerSecond: 2 } as const;
    const options = { untilSec: 1000, objectiveSec: 5 };
    const { record, endUs } = runService(ONE_BY_ONE, { kind: 'open', arrivals }, 1, options);
    const { withinObjective, answered, overdue } = record.summary(endUs);
    // One a second of the two is answered. Request k comes at k/2 and is answered at k + 1: in time for k up to 8.
    expect(answered).toBe(1000);
    expect(overdue).toBe(2001 - 1000 - 11);
    expect(withinObjective).toBe(9 / (answered + overdue));
  });
});
