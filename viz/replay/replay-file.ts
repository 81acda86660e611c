import {
  openReplay,
  type ReplayOutline,
  type ReplayReading,
  readSegment,
  type Segment,
  type SegmentEntry,
} from '../../sim/observe/replay/index.ts';
import { inflate } from './inflate.ts';
import { accessBlob, type RandomAccess } from './random-access.ts';

/** Segments that are kept: those around the cursor, and those last looked at. */
const KEPT_SEGMENTS = 6;

/** A replay that is read bit by bit from a file, of which no more than a few segments are in memory at any time. */
export class ReplayFile {
  readonly outline: ReplayOutline;
  readonly #source: RandomAccess;
  /** By number, the one used last at the end. */
  readonly #segments = new Map<number, Segment>();
  readonly #coming = new Map<number, Promise<Segment>>();

  private constructor(source: RandomAccess, outline: ReplayOutline) {
    this.#source = source;
    this.outline = outline;
  }

  /** @throws {ReplayFileError} if it is no replay, or nothing of it can be read */
  static async open(file: Blob | RandomAccess): Promise<ReplayFile> {
    const source = file instanceof Blob ? accessBlob(file) : file;
    return new ReplayFile(source, await drive(source, openReplay(source.size)));
  }

  /** A segment that is in memory; undefined where it has to be read first. */
  segmentHere(number: number): Segment | undefined {
    const segment = this.#segments.get(number);
    if (segment !== undefined) {
      this.#segments.delete(number);
      this.#segments.set(number, segment);
    }
    return segment;
  }

  /**
   * A segment that is gone through once, as in the background: those that are kept stay.
   *
   * @throws {ReplayFileError} if it is damaged
   */
  async glance(number: number): Promise<Segment> {
    const here = this.#segments.get(number) ?? this.#coming.get(number);
    if (here !== undefined) return await here;
    const entry = this.outline.segments[number] as SegmentEntry;
    return await drive(this.#source, readSegment(this.outline, entry, this.#source.size));
  }

  /** @throws {ReplayFileError} if the segment is damaged */
  async segment(number: number): Promise<Segment> {
    const here = this.segmentHere(number);
    if (here !== undefined) return here;
    let coming = this.#coming.get(number);
    if (coming === undefined) {
      const entry = this.outline.segments[number] as SegmentEntry;
      coming = drive(this.#source, readSegment(this.outline, entry, this.#source.size));
      this.#coming.set(number, coming);
      try {
        this.#segments.set(number, await coming);
      } finally {
        this.#coming.delete(number);
      }
      for (const old of this.#segments.keys()) {
        if (this.#segments.size <= KEPT_SEGMENTS) break;
        this.#segments.delete(old);
      }
    }
    return await coming;
  }
}

/** Answers what a reader asks for from a file. */
async function drive<T>(source: RandomAccess, reading: ReplayReading<T>): Promise<T> {
  let step = reading.next();
  while (step.done !== true) {
    const { value } = step;
    const answer =
      value.need === 'bytes'
        ? await source.read(value.offset, value.length)
        : // Where this is not what it should be, the reader says so.
          await inflate(value.bytes, value.rawLength);
    step = reading.next(answer);
  }
  return step.value;
}
