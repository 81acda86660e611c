import { CLOSED_FOR } from '../../sim/cluster/closed-for.ts';
import {
  type HeldPart,
  type ReplayEvent,
  type ReplayState,
  type Segment,
  type SegmentEntry,
  segmentAt,
} from '../../sim/observe/replay/index.ts';
import type { Curve } from './curve.ts';
import { seriesTitle } from './series.ts';

/** Series that follow from the state itself, event by event. */
export const EXACT_NAMES = ['gpu.allocated', 'jobs.waiting', 'jobs.running'] as const;
export type ExactName = (typeof EXACT_NAMES)[number];

/** Events gone through at a stretch: the page stays alive between. */
const STRETCH = 20_000;
const FULL_MILLI = 1000;

/** Where the exact course of a span comes from. */
export interface ExactSource {
  readonly segments: readonly SegmentEntry[];
  segment(number: number): Promise<Segment>;
  /** Lets others do something; false: nobody needs the course any more. */
  rest(): Promise<boolean>;
}

/**
 * The course of a span from the events themselves, in so many columns of equal width: means, least and greatest values, as
 * the run measures them. Undefined where it was cancelled.
 */
export async function exactCurves(
  source: ExactSource,
  fromUs: number,
  toUs: number,
  columns: number,
): Promise<ReadonlyMap<ExactName, Curve> | undefined> {
  const { segments } = source;
  const edges = Array.from({ length: columns + 1 }, (_, i) => fromUs + ((toUs - fromUs) * i) / columns);
  const held = new Map(EXACT_NAMES.map((name) => [name, new Columns(fromUs, toUs, columns)]));
  const hold = (values: Values, untilUs: number) => {
    for (const name of EXACT_NAMES) {
      const [value, whole] = values[name];
      (held.get(name) as Columns).hold(value, whole, untilUs);
    }
  };
  let last: Values | undefined;
  for (let number = segmentAt(segments, fromUs); number < segments.length; number++) {
    if ((segments[number] as SegmentEntry).firstUs >= toUs) break;
    const cursor = (await source.segment(number)).open();
    if (!(await source.rest())) return undefined;
    const books = new GpuBooks(cursor.state);
    // What came before the span has happened, without a look at each.
    if (last === undefined) {
      cursor.advanceTo(Math.max(0, fromUs - 1));
      books.countAll();
    }
    for (let passed = 0; cursor.nextUs < toUs; passed++) {
      if (passed % STRETCH === STRETCH - 1 && !(await source.rest())) return undefined;
      last = valuesOf(cursor.state, books);
      hold(last, cursor.nextUs);
      const event = cursor.step();
      if (event !== undefined) books.follow(event);
    }
    last = valuesOf(cursor.state, books);
  }
  if (last !== undefined) hold(last, toUs);
  return new Map(
    EXACT_NAMES.map((name): [ExactName, Curve] => [
      name,
      {
        name,
        title: seriesTitle(name),
        unit: name === 'gpu.allocated' ? 'fraction' : 'jobs',
        edges,
        ...(held.get(name) as Columns).read(),
      },
    ]),
  );
}

/** A value by name, and what it is a part of; 1 where it is no part of anything. */
type Values = Readonly<Record<ExactName, readonly [value: number, whole: number]>>;

function valuesOf({ waiting, happened }: ReplayState, books: GpuBooks): Values {
  const { placed, preempted, finished, failed } = happened;
  return {
    'gpu.allocated': [books.heldMilli, books.thereMilli],
    'jobs.waiting': [waiting, 1],
    'jobs.running': [placed - preempted - finished - failed, 1],
  };
}

/** A value that is held for a time, as a part of something, in columns; see `SeriesRecorder`. */
class Columns {
  readonly #fromUs: number;
  readonly #widthUs: number;
  readonly #sum: Float64Array;
  readonly #whole: Float64Array;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  #atUs: number;

  constructor(fromUs: number, toUs: number, columns: number) {
    this.#fromUs = fromUs;
    this.#atUs = fromUs;
    this.#widthUs = (toUs - fromUs) / columns;
    this.#sum = new Float64Array(columns);
    this.#whole = new Float64Array(columns);
    this.#min = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
    this.#max = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  }

  hold(value: number, whole: number, untilUs: number): void {
    const columns = this.#sum.length;
    while (this.#atUs < untilUs) {
      const at = Math.min(columns - 1, Math.floor((this.#atUs - this.#fromUs) / this.#widthUs));
      const endUs = at === columns - 1 ? untilUs : this.#fromUs + (at + 1) * this.#widthUs;
      // Where doubles round, a column may end where it begins.
      const upToUs = Math.min(untilUs, Math.max(endUs, this.#atUs + this.#widthUs * 1e-9));
      this.#sum[at]! += value * (upToUs - this.#atUs);
      if (whole > 0) {
        this.#whole[at]! += whole * (upToUs - this.#atUs);
        this.#min[at] = Math.min(this.#min[at] as number, value / whole);
        this.#max[at] = Math.max(this.#max[at] as number, value / whole);
      }
      this.#atUs = upToUs;
    }
  }

  read(): Pick<Curve, 'mean' | 'min' | 'max'> {
    const isThere = (i: number) => (this.#whole[i] as number) > 0;
    const finite = (of: Float64Array) => Array.from(of, (value, i) => (isThere(i) ? value : null));
    return {
      mean: Array.from(this.#sum, (sum, i) => (isThere(i) ? sum / (this.#whole[i] as number) : null)),
      min: finite(this.#min),
      max: finite(this.#max),
    };
  }
}

/** How much of the GPUs of hosts that are there is held, kept up event by event. */
class GpuBooks {
  readonly #state: ReplayState;
  /** By host, thousandths. */
  readonly #held: Float64Array;
  readonly #there: Float64Array;
  /** By slot of a job that moves: hosts of the place that it moves to. */
  readonly #goals = new Map<number, readonly HeldPart[]>();
  heldMilli = 0;
  thereMilli = 0;

  constructor(state: ReplayState) {
    this.#state = state;
    this.#held = new Float64Array(state.hosts.length);
    this.#there = new Float64Array(state.hosts.length);
    this.countAll();
  }

  countAll(): void {
    for (let h = 0; h < this.#held.length; h++) this.#look(h);
    this.#goals.clear();
    for (const job of this.#state.jobs) if (job?.to !== undefined) this.#goals.set(job.slot, job.to);
  }

  follow({ kind, job, parts, host, gpu }: ReplayEvent): void {
    switch (kind) {
      case 'placed':
      case 'freed':
      case 'finished':
      case 'failed':
      case 'rejected':
      case 'preempted':
      case 'moved':
        for (const part of parts ?? []) this.#look(part.host);
        if (job === undefined) return;
        for (const part of job.parts) this.#look(part.host);
        for (const part of this.#goals.get(job.slot) ?? []) this.#look(part.host);
        if (job.to === undefined) this.#goals.delete(job.slot);
        else this.#goals.set(job.slot, job.to);
        return;
      case 'host':
        if (host !== undefined) this.#look(host);
        return;
      case 'gpu':
        if (gpu !== undefined) this.#look(this.#state.hostOfGpu[gpu] as number);
        return;
      default:
    }
  }

  #look(host: number): void {
    const { gpuStart, gpuFreeMilli, closedFor } = this.#state;
    let held = 0;
    let there = 0;
    if (((closedFor[host] as number) & CLOSED_FOR.absence) === 0) {
      for (let g = gpuStart[host] as number; g < (gpuStart[host + 1] as number); g++) {
        there += FULL_MILLI;
        held += FULL_MILLI - (gpuFreeMilli[g] as number);
      }
    }
    this.heldMilli += held - (this.#held[host] as number);
    this.thereMilli += there - (this.#there[host] as number);
    this.#held[host] = held;
    this.#there[host] = there;
  }
}
