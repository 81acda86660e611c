import { GPU_MILLI } from '../../../sim/cluster/request.ts';
import {
  type ReplayEvent,
  type ReplayState,
  type SegmentEntry,
  segmentAt,
} from '../../../sim/observe/replay/index.ts';
import type { Search, SegmentSource } from '../../replay/search.ts';

/** What one job had of a GPU over a span of time. */
export interface JobCourse {
  readonly number: number;
  readonly name: string;
  /** By bucket: its share on average. */
  readonly values: Float64Array;
  /** On average over the span. */
  readonly mean: number;
}

export interface GpuCourse {
  readonly fromUs: number;
  readonly toUs: number;
  /** `work`: parts of the card's compute that worked for it; `held`: parts of the GPU that it held. */
  readonly what: 'work' | 'held';
  /** Largest mean first. */
  readonly jobs: readonly JobCourse[];
  /** The span begins later than was wanted: there would have been too many events to go through. */
  readonly isCut: boolean;
}

const BUCKETS = 120;
/** Events that are gone through at most. */
const MOST_EVENTS = 600_000;

/**
 * Who had how much of a GPU over a span: of cards that a mode shares their work, of others what was held. Each bucket is
 * the exact mean over its time.
 */
export async function gpuCourse(
  file: SegmentSource,
  gpu: number,
  fromUs: number,
  toUs: number,
  { signal, onProgress }: Search = {},
): Promise<GpuCourse> {
  const { segments } = file.outline;
  const last = segmentAt(segments, toUs);
  let first = segmentAt(segments, fromUs);
  let events = 0;
  for (let i = last; i >= first; i--) {
    events += segments[i]?.count ?? 0;
    if (events > MOST_EVENTS && i > first) first = i;
  }
  const start = Math.max(
    fromUs,
    first === segmentAt(segments, fromUs) ? fromUs : (segments[first] as SegmentEntry).firstUs,
  );
  const buckets = new ShareBuckets(start, Math.max(toUs, start + 1), BUCKETS);
  let what: GpuCourse['what'] = 'work';
  for (let i = first; i <= last; i++) {
    signal?.throwIfAborted();
    onProgress?.((i - first) / (last - first + 1));
    const cursor = (await file.segment(i)).open();
    const { state } = cursor;
    if (i === first) cursor.advanceTo(start);
    what = state.cards[gpu] === undefined ? 'held' : 'work';
    buckets.become(Math.max(start, state.nowUs), sharesOn(state, gpu));
    const host = state.hostOfGpu[gpu];
    while (cursor.nextUs <= toUs) {
      const event = cursor.step();
      if (event === undefined) break;
      if (touches(event, gpu, host)) buckets.become(event.atUs, sharesOn(state, gpu));
    }
    await new Promise((resolve) => void setTimeout(resolve));
  }
  return { fromUs: start, toUs, what, jobs: buckets.end(), isCut: start > fromUs };
}

/** Whether an event may change who has how much of a GPU. */
function touches({ kind, gpu, parts }: ReplayEvent, wanted: number, host: number | undefined): boolean {
  if (kind === 'workedFor' || kind === 'card') return gpu === wanted;
  return parts?.some((part) => part.host === host) ?? false;
}

interface Share {
  readonly number: number;
  readonly name: string;
  readonly share: number;
}

/** Who has how much of a GPU now. */
export function sharesOn(state: ReplayState, gpu: number): readonly Share[] {
  const shares: Share[] = [];
  if (state.cards[gpu] === undefined) {
    for (const { job, milli } of state.occupants[gpu] ?? [])
      shares.push({ number: job.number, name: job.name, share: milli / GPU_MILLI });
    return shares;
  }
  for (const { slot, work } of state.shares[gpu] ?? []) {
    const job = state.jobs[slot];
    if (job !== undefined) shares.push({ number: job.number, name: job.name, share: work });
  }
  return shares;
}

interface OpenCourse {
  readonly number: number;
  readonly name: string;
  readonly sums: Float64Array;
  share: number;
  sinceUs: number;
}

/** Adds up shares over time, in equal buckets: what was the case for how long. */
export class ShareBuckets {
  readonly #fromUs: number;
  readonly #toUs: number;
  readonly #count: number;
  readonly #courses = new Map<number, OpenCourse>();
  readonly #present = new Set<OpenCourse>();

  constructor(fromUs: number, toUs: number, count: number) {
    this.#fromUs = fromUs;
    this.#toUs = toUs;
    this.#count = count;
  }

  /** From a moment on these are the shares. Moments do not go back. */
  become(atUs: number, shares: readonly Share[]): void {
    for (const course of this.#present) {
      this.#add(course, atUs);
      course.share = 0;
    }
    this.#present.clear();
    for (const { number, name, share } of shares) {
      let course = this.#courses.get(number);
      if (course === undefined) {
        course = { number, name, sums: new Float64Array(this.#count), share: 0, sinceUs: atUs };
        this.#courses.set(number, course);
      }
      if (!this.#present.has(course)) course.sinceUs = atUs;
      course.share += share;
      this.#present.add(course);
    }
  }

  /** The span is over. */
  end(): readonly JobCourse[] {
    for (const course of this.#present) this.#add(course, this.#toUs);
    const widthUs = (this.#toUs - this.#fromUs) / this.#count;
    return [...this.#courses.values()]
      .map(({ number, name, sums }) => {
        const values = sums.map((sum) => sum / widthUs);
        return { number, name, values, mean: values.reduce((sum, value) => sum + value, 0) / this.#count };
      })
      .sort((a, b) => b.mean - a.mean || a.number - b.number);
  }

  #add({ share, sinceUs, sums }: OpenCourse, untilUs: number): void {
    if (share === 0) return;
    const widthUs = (this.#toUs - this.#fromUs) / this.#count;
    const [fromUs, toUs] = [Math.max(sinceUs, this.#fromUs), Math.min(untilUs, this.#toUs)];
    for (let i = Math.floor((fromUs - this.#fromUs) / widthUs); i < this.#count; i++) {
      const beginUs = this.#fromUs + i * widthUs;
      const overlapUs = Math.min(toUs, beginUs + widthUs) - Math.max(fromUs, beginUs);
      if (overlapUs <= 0 && beginUs >= toUs) break;
      if (overlapUs > 0) sums[i]! += share * overlapUs;
    }
  }
}
