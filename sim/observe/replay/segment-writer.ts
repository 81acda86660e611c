import { ByteWriter } from './bytes.ts';
import { DictionaryWriter } from './dictionary.ts';
import { CODE, type EventKind, FLAG, SAME_JOB, SAME_TIME } from './format.ts';
import { type FleetAtStart, writeKeyframe } from './keyframe.ts';
import type { ReplayState } from './state.ts';

/** Least length of the columns of a segment, bytes: below that its dictionary would weigh too much. */
const LEAST_BYTES = 32 * 1024;
/** A segment ends when its columns are so many times as long as its keyframe, so that keyframes stay a small part of the file. */
const TIMES_KEYFRAME = 4;
/** Events of a segment that are enough where its columns are as long as its keyframe: they are gone through to reach a moment. */
const ENOUGH_EVENTS = 18_000;

/** One segment while it is written: the state at its start and the events since then, in columns. */
export class SegmentWriter {
  readonly words = new DictionaryWriter();
  readonly args = new ByteWriter(LEAST_BYTES);
  count = 0;
  firstUs = 0;
  lastUs = 0;
  readonly #keyframe = new ByteWriter();
  readonly #kinds = new ByteWriter(LEAST_BYTES);
  readonly #times = new ByteWriter(LEAST_BYTES);
  readonly #jobs = new ByteWriter(LEAST_BYTES);
  /** Slot of the job that the last event about a job was about; -1: there was none. */
  #lastSlot = -1;

  /** Begins with a state. */
  begin(state: ReplayState, start: FleetAtStart): void {
    this.firstUs = state.nowUs;
    this.lastUs = state.nowUs;
    this.#lastSlot = -1;
    writeKeyframe(this.#keyframe, this.words, state, start);
  }

  /**
   * Adds an event; what belongs to its kind goes to `args`.
   *
   * @param slot of the job that it is about; -1: about none
   */
  event(kind: EventKind, atUs: number, flag: boolean, slot: number): void {
    let byte = CODE[kind] + (flag ? FLAG : 0);
    if (slot >= 0) {
      // Which slot one takes that arrives follows from the table (`takeSlot`).
      if (kind !== 'arrived' && slot === this.#lastSlot) byte += SAME_JOB;
      else if (kind !== 'arrived') this.#jobs.whole(slot);
      this.#lastSlot = slot;
    }
    if (atUs === this.lastUs) byte += SAME_TIME;
    else this.#times.whole(atUs - this.lastUs);
    this.#kinds.byte(byte);
    this.lastUs = atUs;
    this.count += 1;
  }

  get isFull(): boolean {
    const length = this.#kinds.length + this.#times.length + this.#jobs.length + this.args.length;
    const times = this.count >= ENOUGH_EVENTS ? 1 : TIMES_KEYFRAME;
    return length >= Math.max(LEAST_BYTES, times * this.#keyframe.length);
  }

  /** All of it; it is empty afterwards. */
  flush(): Uint8Array {
    const to = new ByteWriter(this.args.length * 2 + this.#keyframe.length + 1024);
    to.whole(this.firstUs);
    to.whole(this.lastUs);
    to.whole(this.count);
    this.words.flush(to);
    for (const column of [this.#keyframe, this.#kinds, this.#times, this.#jobs, this.args]) {
      to.whole(column.length);
      to.append(column.bytes);
      column.clear();
    }
    this.count = 0;
    return to.bytes;
  }
}
