import { type EventId, EventQueue } from '../../sim/kernel/event-queue.ts';
import { log } from '../../sim/kernel/math.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import type { Micros } from '../../sim/kernel/time.ts';
import { PlainHeap } from './plain-heap.ts';
import { median, timed, writeReport } from './report.ts';

const RUNS = 5;
const OPERATIONS = 2_000_000;
const SIZES = [10, 1_000, 100_000];

/** Waiting times drawn beforehand, so that the queue alone is measured: exponential, mean 1000 s, in whole us. */
const DELAYS = 2 ** 16;
const delaysUs = new Float64Array(DELAYS);
const stream = new RandomStreams(1).stream('delays');
for (let i = 0; i < DELAYS; i++) delaysUs[i] = Math.round(-log(stream.nextOpen()) * 1e9);
/** The same, but one of ten instants: nearly all events tie. */
const tiesUs = delaysUs.map((_, i) => 1e9 * (1 + (i % 10)));

interface Holder {
  readonly atUs: number;
  push(atUs: Micros, rank: number, payload: number): number;
  pop(): boolean;
}

/** The hold model: pop one, push its successor, with `size` events waiting. Returns the time reached, as a check. */
function hold(queue: Holder, size: number, delays: Float64Array): number {
  let next = 0;
  for (let i = 0; i < size; i++) queue.push(delays[next++ & (DELAYS - 1)]! as Micros, i & 1, i);
  for (let i = 0; i < OPERATIONS; i++) {
    queue.pop();
    queue.push((queue.atUs + delays[next++ & (DELAYS - 1)]!) as Micros, i & 1, i);
  }
  return queue.atUs;
}

/** The same number of re-times of random events instead, a pop and push to every ten. */
function retime(size: number): void {
  const queue = new EventQueue();
  const ids: EventId[] = [];
  for (let i = 0; i < size; i++) ids.push(queue.push(delaysUs[i & (DELAYS - 1)]! as Micros, 0, i));
  let nowUs = 0;
  for (let i = 0; i < OPERATIONS; i++) {
    const payload = (Math.imul(i, 0x9e3779b1) >>> 0) % size;
    queue.retime(ids[payload]!, (nowUs + delaysUs[i & (DELAYS - 1)]!) as Micros);
    if (i % 10 !== 0) continue;
    queue.pop();
    nowUs = queue.atUs;
    ids[queue.payload] = queue.push((nowUs + delaysUs[i & (DELAYS - 1)]!) as Micros, 0, queue.payload);
  }
}

const rows: string[][] = [];
const data: unknown[] = [];
const nanos = (seconds: number) => (seconds / OPERATIONS) * 1e9;
for (const size of SIZES) {
  for (const [times, delays] of [
    ['exponential', delaysUs],
    ['ten instants', tiesUs],
  ] as const) {
    const [plain, ours]: [number[], number[]] = [[], []];
    for (let run = 0; run <= RUNS; run++) {
      const a = timed(() => hold(new PlainHeap(size), size, delays));
      const b = timed(() => hold(new EventQueue(), size, delays));
      if (a.result !== b.result)
        throw new Error(`The heaps differ at ${size} events: ${a.result}, ${b.result} us`);
      // The first run warms up the compiler.
      if (run > 0) plain.push(nanos(a.seconds));
      if (run > 0) ours.push(nanos(b.seconds));
    }
    const speedup = median(plain) / median(ours);
    rows.push([
      `${size}`,
      `hold, ${times}`,
      median(ours).toFixed(0),
      median(plain).toFixed(0),
      speedup.toFixed(2),
    ]);
    data.push({ size, times, oursNanos: ours, plainNanos: plain });
  }
  retime(size);
  const seconds = Array.from({ length: RUNS }, () => timed(() => retime(size)).seconds);
  rows.push([`${size}`, 're-time', nanos(median(seconds)).toFixed(0), '', '']);
  data.push({ size, retimeNanos: seconds.map(nanos) });
}

writeReport({
  name: 'queue',
  method:
    `The event queue alone: nanoseconds for a pop and a push (hold model) or for a re-time, with that many events ` +
    `waiting; medians of ${RUNS} runs of ${OPERATIONS} operations. Plain: bench/kernel/plain-heap.ts, whose order is checked to agree.`,
  columns: ['events', 'operation', 'EventQueue, ns', 'plain 4-ary heap, ns', 'ratio'],
  rows,
  data,
});
