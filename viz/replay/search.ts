import {
  hasKind,
  type ReplayEvent,
  type ReplayState,
  type Segment,
  type SegmentEntry,
  segmentAt,
} from '../../sim/observe/replay/index.ts';
import { JobLife } from './job-life.ts';

/** What a search needs of a replay file. */
export interface SegmentSource {
  readonly outline: { readonly segments: readonly SegmentEntry[] };
  segment(number: number): Promise<Segment>;
}

/** A search that goes through many segments. */
export interface Search {
  readonly signal?: AbortSignal | undefined;
  /** Told of the part that has been gone through, 0 to 1. */
  onProgress?(part: number): void;
}

/** A job that was found. */
export interface FoundJob {
  readonly number: number;
  readonly name: string;
  readonly arrivalUs: number;
  readonly tenant: string;
  readonly label: string;
}

export interface FoundJobs {
  readonly jobs: readonly FoundJob[];
  /** There are more: the search ended at as many as were wanted. */
  readonly isCut: boolean;
  /** Segments that are damaged: what is in them was not looked at. */
  readonly unread: number;
}

/**
 * The job with a number. Jobs are numbered in order of arrival, or nearly so: the segment in which so many had arrived is
 * looked at first, then those around it, further and further away.
 *
 * @returns undefined where there is none, or its segment is damaged
 */
export async function findByNumber(
  file: SegmentSource,
  number: number,
  { signal, onProgress }: Search = {},
): Promise<FoundJob | undefined> {
  if (!Number.isSafeInteger(number) || number < 0) return undefined;
  const { segments } = file.outline;
  const guess = Math.max(
    0,
    segments.findLastIndex(({ arrivedBefore }) => arrivedBefore <= number),
  );
  for (let away = 0; away < segments.length; away++) {
    signal?.throwIfAborted();
    onProgress?.(away / segments.length);
    for (const at of away === 0 ? [guess] : [guess - away, guess + away]) {
      const entry = segments[at];
      if (entry === undefined || !hasKind(entry, 'arrived')) continue;
      const segment = await readable(file, at);
      let found: FoundJob | undefined;
      if (segment !== undefined)
        eachArrival(segment, (job) => {
          if (job.number === number) found = job;
          return found === undefined;
        });
      if (found !== undefined) return found;
      await pause();
    }
  }
  return undefined;
}

/** Jobs in whose names a text occurs, whatever its case: the first `most` that arrived. */
export async function searchJobs(
  file: SegmentSource,
  text: string,
  most: number,
  { signal, onProgress }: Search = {},
): Promise<FoundJobs> {
  const { segments } = file.outline;
  const wanted = text.toLowerCase();
  const jobs: FoundJob[] = [];
  let unread = 0;
  for (const [i, entry] of segments.entries()) {
    signal?.throwIfAborted();
    onProgress?.(i / segments.length);
    if (!hasKind(entry, 'arrived')) continue;
    const segment = await readable(file, i);
    if (segment === undefined) unread += 1;
    else
      eachArrival(segment, (job) => {
        if (job.name.toLowerCase().includes(wanted)) jobs.push(job);
        return jobs.length <= most;
      });
    if (jobs.length > most) return { jobs: jobs.slice(0, most), isCut: true, unread };
    await pause();
  }
  onProgress?.(1);
  return { jobs, isCut: false, unread };
}

/**
 * Follows a job from its arrival to its end, or to the end of the replay.
 *
 * @param arrivalUs undefined: looked up by its number
 * @param endUs end of the replay
 * @returns undefined where there is no such job
 */
export async function followJob(
  file: SegmentSource,
  number: number,
  arrivalUs: number | undefined,
  endUs: number,
  { signal, onProgress }: Search = {},
): Promise<JobLife | undefined> {
  const { segments } = file.outline;
  const fromUs = arrivalUs ?? (await findByNumber(file, number, { signal }))?.arrivalUs;
  if (fromUs === undefined) return undefined;
  const first = firstSegmentWith(segments, fromUs);
  const life = new JobLife(number);
  for (let i = first; i < segments.length && !life.isOver; i++) {
    signal?.throwIfAborted();
    onProgress?.((i - first) / (segments.length - first));
    const cursor = (await file.segment(i)).open();
    life.begin(cursor.state);
    for (let event = cursor.step(); event !== undefined && !life.isOver; event = cursor.step())
      life.take(event, cursor.state);
    await pause();
  }
  if (!life.isKnown) return undefined;
  life.close(Math.max(endUs, segments.at(-1)?.lastUs ?? 0));
  return life;
}

/** Whether an event is one of those looked for; asked with the state after it. */
export type IsWanted = (event: ReplayEvent, state: ReplayState) => boolean;

/** Time of the next event that is wanted after a moment, or of the last before it; undefined where there is none. */
export async function nextWanted(
  file: SegmentSource,
  isWanted: IsWanted,
  fromUs: number,
  isForward: boolean,
  { signal, onProgress }: Search = {},
): Promise<number | undefined> {
  const { segments } = file.outline;
  const step = isForward ? 1 : -1;
  const first = isForward ? firstSegmentWith(segments, fromUs) : segmentAt(segments, fromUs);
  for (let i = first; segments[i] !== undefined; i += step) {
    signal?.throwIfAborted();
    onProgress?.(Math.abs(i - first) / segments.length);
    const cursor = (await file.segment(i)).open();
    let before: number | undefined;
    for (let event = cursor.step(); event !== undefined; event = cursor.step()) {
      if (!isForward && event.atUs >= fromUs) break;
      if (event.atUs === before || (isForward && event.atUs <= fromUs)) continue;
      if (!isWanted(event, cursor.state)) continue;
      if (isForward) return event.atUs;
      before = event.atUs;
    }
    if (before !== undefined) return before;
    await pause();
  }
  return undefined;
}

/** The first segment that may have events of a moment: those of one moment may be in several. */
function firstSegmentWith(segments: readonly SegmentEntry[], atUs: number): number {
  let first = segmentAt(segments, atUs);
  while (first > 0 && (segments[first - 1]?.lastUs ?? -1) >= atUs) first -= 1;
  return first;
}

async function readable(file: SegmentSource, number: number): Promise<Segment | undefined> {
  try {
    return await file.segment(number);
  } catch {
    return undefined;
  }
}

/** Goes through the jobs that arrive in a segment, as long as the answer is true. */
function eachArrival(segment: Segment, visit: (job: FoundJob) => boolean): void {
  const cursor = segment.open();
  for (let event = cursor.step(); event !== undefined; event = cursor.step()) {
    if (event.kind !== 'arrived' || event.job === undefined) continue;
    const { number, name, arrivalUs, kind } = event.job;
    const { tenant, label } = kind.claim;
    if (!visit({ number, name, arrivalUs, tenant, label })) return;
  }
}

/** Lets the page draw and answer between two segments. */
function pause(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve));
}
