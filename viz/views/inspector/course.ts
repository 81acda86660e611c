import { GPU_MILLI, type TaskRequest } from '../../../sim/cluster/request.ts';
import {
  type HeldPart,
  type ReplayEvent,
  type ReplayHeader,
  type ReplayJob,
  type ReplayState,
  type SegmentEntry,
  segmentAt,
} from '../../../sim/observe/replay/index.ts';
import type { Search, SegmentSource } from '../../replay/search.ts';
import { modelOf } from '../jobs/places.ts';
import { catalogueOf } from './memory-map.ts';

/** What one job had of a GPU over a span of time. */
export interface JobCourse {
  readonly number: number;
  readonly name: string;
  /** By bucket: its share on average. */
  readonly values: Float64Array;
  /** On average over the span. */
  readonly mean: number;
  /** By bucket: its speed, where 1 is that alone on a whole card of this model; NaN where it had no work there. */
  readonly speeds: Float64Array;
  /** On average over the time in which it had work; NaN where it had none, or the replay does not say. */
  readonly meanSpeed: number;
  /** It was that fast at least: for some time its part of the card did all it can, which is all that a replay says then. */
  readonly isLeast: boolean;
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

type CourseSource = SegmentSource & {
  readonly outline: { readonly header: Pick<ReplayHeader, 'catalogue'> };
};

const BUCKETS = 120;
/** Events that are gone through at most. */
const MOST_EVENTS = 600_000;

/**
 * Who had how much of a GPU over a span: of cards that a mode shares their work, of others what was held. Each bucket is
 * the exact mean over its time.
 */
export async function gpuCourse(
  file: CourseSource,
  gpu: number,
  fromUs: number,
  toUs: number,
  { signal, onProgress }: Search = {},
): Promise<GpuCourse> {
  const { segments, header } = file.outline;
  const needOf = fullComputes(header);
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
    buckets.become(Math.max(start, state.nowUs), sharesOn(state, gpu, needOf));
    const host = state.hostOfGpu[gpu];
    while (cursor.nextUs <= toUs) {
      const event = cursor.step();
      if (event === undefined) break;
      if (touches(event, gpu, host)) buckets.become(event.atUs, sharesOn(state, gpu, needOf));
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
  /** What its share would be at full speed; undefined where it has no work, or nobody knows. */
  readonly need?: number | undefined;
  /** Its part of the card does all it can: work beyond that is not counted, though it may be done (see `CardRun`). */
  readonly isFull?: boolean;
}

/** Who has how much of a GPU now. */
export function sharesOn(
  state: ReplayState,
  gpu: number,
  needOf: FullComputes = () => undefined,
): readonly Share[] {
  const shares: Share[] = [];
  if (state.cards[gpu] === undefined) {
    for (const { job, milli } of state.occupants[gpu] ?? [])
      shares.push({ number: job.number, name: job.name, share: milli / GPU_MILLI });
    return shares;
  }
  const known = state.shares[gpu] ?? [];
  const model = modelOf(state, gpu);
  const full = fullJobs(state, gpu);
  for (const { slot, work } of known) {
    const job = state.jobs[slot];
    if (job === undefined) continue;
    const { number, name, kind, isActive } = job;
    const isSession = kind.kind === 'session';
    // One session stands for all of its group where those fill the card.
    const isForAll = isSession && known.length === 1 && (state.occupants[gpu]?.length ?? 0) > 1;
    const hasWork = !isForAll && (!isSession || isActive);
    const need = hasWork ? needOf(job, gpu, model, state) : undefined;
    shares.push({ number, name, share: work, need, isFull: full.has(job) });
  }
  return shares;
}

/** Jobs on parts of a card that do all the work that they can. */
function fullJobs(state: ReplayState, gpu: number): ReadonlySet<ReplayJob> {
  const parts = new Map<number, { share: number; work: number; readonly jobs: Set<ReplayJob> }>();
  const works = new Map<number, number>();
  for (const { slot, work } of state.shares[gpu] ?? []) works.set(slot, (works.get(slot) ?? 0) + work);
  for (const { job, slot } of state.occupants[gpu] ?? []) {
    if (slot === undefined) continue;
    const part = parts.get(slot.domain) ?? { share: 0, work: 0, jobs: new Set() };
    if (!part.jobs.has(job)) part.work += works.get(job.slot) ?? 0;
    part.share = Math.max(part.share, slot.computeShare);
    part.jobs.add(job);
    parts.set(slot.domain, part);
  }
  const full = new Set<ReplayJob>();
  for (const { share, work, jobs } of parts.values())
    if (work >= share * (1 - 1e-9)) for (const job of jobs) full.add(job);
  return full;
}

/** Part of a card's compute that one slot of a job takes there at full speed; undefined where the replay does not say. */
export type FullComputes = (
  job: ReplayJob,
  gpu: number,
  model: string,
  state: Pick<ReplayState, 'gpuStart' | 'hostOfGpu'>,
) => number | undefined;

/** What jobs take at full speed, by what the header of their replay says. */
export function fullComputes({ catalogue }: Pick<ReplayHeader, 'catalogue'>): FullComputes {
  const { fullUses } = catalogueOf(catalogue);
  if (fullUses === undefined) return () => undefined;
  const stated = new Map(
    fullUses.map(({ use, model, compute }) => [JSON.stringify([use, model]), compute ?? undefined]),
  );
  const known = new WeakMap<TaskRequest, Map<string, number | undefined>>();
  return ({ kind, parts, to }, gpu, model, { gpuStart, hostOfGpu }) => {
    const host = hostOfGpu[gpu] ?? 0;
    const index = gpu - (gpuStart[host] ?? 0);
    const isHere = (part: HeldPart) => part.host === host && part.gpus.includes(index);
    const request = kind.requests[(parts.find(isHere) ?? to?.find(isHere))?.request ?? 0];
    const use = request?.ask?.use;
    if (request === undefined || use === undefined) return undefined;
    let byModel = known.get(request);
    if (byModel === undefined) {
      byModel = new Map();
      known.set(request, byModel);
    }
    if (!byModel.has(model)) {
      const key = JSON.stringify([use, model]);
      byModel.set(model, stated.has(key) ? stated.get(key) : use.compute);
    }
    return byModel.get(model);
  };
}

interface OpenCourse {
  readonly number: number;
  readonly name: string;
  readonly sums: Float64Array;
  /** Its speed by bucket, and the time in which it had one, both times microseconds. */
  readonly speedSums: Float64Array;
  readonly spentUs: Float64Array;
  share: number;
  /** NaN: its speed is not known, or it has none. */
  need: number;
  isLeast: boolean;
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
      course.need = 0;
    }
    this.#present.clear();
    for (const { number, name, share, need = Number.NaN, isFull } of shares) {
      let course = this.#courses.get(number);
      if (course === undefined) {
        const [sums, speedSums, spentUs] = [0, 0, 0].map(() => new Float64Array(this.#count)) as [
          Float64Array,
          Float64Array,
          Float64Array,
        ];
        course = { number, name, sums, speedSums, spentUs, share: 0, need: 0, isLeast: false, sinceUs: atUs };
        this.#courses.set(number, course);
      }
      if (!this.#present.has(course)) course.sinceUs = atUs;
      course.share += share;
      course.need += need;
      course.isLeast ||= isFull === true && share < need;
      this.#present.add(course);
    }
  }

  /** The span is over. */
  end(): readonly JobCourse[] {
    for (const course of this.#present) this.#add(course, this.#toUs);
    const widthUs = (this.#toUs - this.#fromUs) / this.#count;
    return [...this.#courses.values()]
      .map(({ number, name, sums, speedSums, spentUs, isLeast }) => {
        const values = sums.map((sum) => sum / widthUs);
        return {
          ...{ number, name, values, isLeast },
          mean: values.reduce((sum, value) => sum + value, 0) / this.#count,
          speeds: speedSums.map((sum, i) => sum / (spentUs[i] as number)),
          meanSpeed: total(speedSums) / total(spentUs),
        };
      })
      .sort((a, b) => b.mean - a.mean || a.number - b.number);
  }

  #add({ share, need, sinceUs, sums, speedSums, spentUs }: OpenCourse, untilUs: number): void {
    const speed = need > 0 ? share / need : Number.NaN;
    if (share === 0 && Number.isNaN(speed)) return;
    const widthUs = (this.#toUs - this.#fromUs) / this.#count;
    const [fromUs, toUs] = [Math.max(sinceUs, this.#fromUs), Math.min(untilUs, this.#toUs)];
    for (let i = Math.floor((fromUs - this.#fromUs) / widthUs); i < this.#count; i++) {
      const beginUs = this.#fromUs + i * widthUs;
      const overlapUs = Math.min(toUs, beginUs + widthUs) - Math.max(fromUs, beginUs);
      if (overlapUs <= 0 && beginUs >= toUs) break;
      if (overlapUs <= 0) continue;
      sums[i]! += share * overlapUs;
      if (Number.isNaN(speed)) continue;
      speedSums[i]! += speed * overlapUs;
      spentUs[i]! += overlapUs;
    }
  }
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
