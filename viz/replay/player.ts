import {
  EVENT_KINDS,
  type EventKind,
  hasKind,
  type ReplayEvent,
  ReplayState,
  type Segment,
  type SegmentCursor,
  type SegmentEntry,
  segmentAt,
} from '../../sim/observe/replay/index.ts';
import type { ReplayFile } from './replay-file.ts';

/** Kinds of events that people step from one to the next of. */
export const STEP_KINDS = [
  'arrived',
  'placed',
  'finished',
  'preempted',
  'rejected',
  'failed',
  'moved',
  'relaid',
  'unitChanged',
  'hostChanged',
] as const satisfies readonly EventKind[];
export type StepKind = (typeof STEP_KINDS)[number];

/**
 * Shows a replay at any moment: `state` is what the engine had at `atUs`. Going forward applies what happened since; going
 * back, or far, begins at the keyframe before.
 */
export class Player {
  readonly file: ReplayFile;
  readonly endUs: number;
  atUs = 0;
  /** Counts up whenever `state` changes. */
  version = 0;
  #cursor: SegmentCursor | undefined;
  #segment = -1;
  #empty: ReplayState | undefined;
  /** Number of the last request to go somewhere: an older one that is still under way gives up. */
  #request = 0;
  readonly #listeners = new Set<() => void>();

  constructor(file: ReplayFile) {
    this.file = file;
    const { segments, tables } = file.outline;
    this.endUs = Math.max(segments.at(-1)?.lastUs ?? 0, tables?.endUs ?? 0);
  }

  get state(): ReplayState {
    if (this.#cursor !== undefined) return this.#cursor.state;
    const { hosts, cards } = this.file.outline.header.start;
    this.#empty ??= new ReplayState(hosts, cards);
    return this.#empty;
  }

  /** Told whenever `state` has changed; the answer ends that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Goes to a moment, at once where its segment is in memory. The last request wins. */
  async seek(atUs: number): Promise<void> {
    const request = ++this.#request;
    const target = Math.min(Math.max(0, atUs), this.endUs);
    const number = segmentAt(this.file.outline.segments, target);
    const segment = this.file.segmentHere(number) ?? (await this.file.segment(number));
    if (request === this.#request) this.#show(number, segment, target);
  }

  /** Goes to a moment if its segment is in memory; else reads it, and answers false. */
  trySeek(atUs: number): boolean {
    const target = Math.min(Math.max(0, atUs), this.endUs);
    const { segments } = this.file.outline;
    const number = segmentAt(segments, target);
    const segment = this.file.segmentHere(number);
    if (segment === undefined) {
      void this.seek(target).catch(() => undefined);
      return false;
    }
    this.#request += 1;
    this.#show(number, segment, target);
    // The next one is read before it is needed.
    if (number + 1 < segments.length) void this.file.segment(number + 1).catch(() => undefined);
    return true;
  }

  /** Time of the next event of a kind after a moment, or of the last before it; undefined where there is none. */
  async nextEvent(
    kinds: readonly EventKind[],
    fromUs: number,
    isForward: boolean,
  ): Promise<number | undefined> {
    const { segments } = this.file.outline;
    const step = isForward ? 1 : -1;
    let number = segmentAt(segments, fromUs);
    // Events of one moment may be in two segments.
    if (!isForward && segments[number]?.firstUs === fromUs) number = Math.max(0, number - 1);
    for (; segments[number] !== undefined; number += step) {
      if (!kinds.some((kind) => hasKind(segments[number] as SegmentEntry, kind))) continue;
      const found = timeOfEvent(await this.file.segment(number), kinds, fromUs, isForward);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Events within a span of time, as far as there are no more than `most`: the last ones where there are. */
  async events(fromUs: number, toUs: number, most: number): Promise<readonly ReplayEvent[]> {
    const { segments } = this.file.outline;
    const found: ReplayEvent[] = [];
    for (let number = segmentAt(segments, toUs); number >= 0; number--) {
      const entry = segments[number] as SegmentEntry;
      const own: ReplayEvent[] = [];
      const cursor = (await this.file.segment(number)).open();
      cursor.advanceTo(fromUs - 1);
      while (cursor.nextUs <= toUs) {
        const event = cursor.step();
        if (event === undefined) break;
        own.push(event);
        if (own.length > 2 * most) own.splice(0, own.length - most);
      }
      found.unshift(...own.slice(-most));
      if (found.length >= most || entry.firstUs < fromUs) break;
    }
    return found.slice(-most);
  }

  #show(number: number, segment: Segment, atUs: number): void {
    const isOn = number === this.#segment && this.#cursor !== undefined && atUs >= this.#cursor.state.nowUs;
    const cursor = isOn ? (this.#cursor as SegmentCursor) : segment.open();
    cursor.advanceTo(atUs);
    this.#cursor = cursor;
    this.#segment = number;
    this.atUs = atUs;
    this.version += 1;
    for (const listener of this.#listeners) listener();
  }
}

function timeOfEvent(
  segment: Segment,
  kinds: readonly EventKind[],
  fromUs: number,
  isForward: boolean,
): number | undefined {
  const wanted = new Uint8Array(EVENT_KINDS.length);
  for (const kind of kinds) wanted[EVENT_KINDS.indexOf(kind)] = 1;
  let before: number | undefined;
  for (const [code, atUs] of segment.eachTime()) {
    if (wanted[code] !== 1) continue;
    if (isForward && atUs > fromUs) return atUs;
    if (!isForward && atUs >= fromUs) return before;
    before = atUs;
  }
  return isForward ? undefined : before;
}
