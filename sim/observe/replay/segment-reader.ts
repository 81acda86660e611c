import { ByteReader, ReplayBytesError } from './bytes.ts';
import { Dictionary } from './dictionary.ts';
import type { ReplayEvent } from './event.ts';
import { EVENT_KINDS, type EventKind, FLAG, KIND_BITS, PHASES, SAME_JOB, SAME_TIME } from './format.ts';
import { JobNameReader } from './job-name.ts';
import { type FleetAtStart, readCard, readKeyframe, readShares } from './keyframe.ts';
import { readLength } from './keyframe-jobs.ts';
import { readParts } from './parts.ts';
import { NO_PARTS, type ReplayJob, type ReplayState } from './state.ts';

/** One segment of a replay: stands alone, and can be gone through any number of times. */
export class Segment {
  readonly firstUs: number;
  readonly lastUs: number;
  readonly count: number;
  readonly words: Dictionary;
  readonly start: FleetAtStart;
  readonly #keyframe: Uint8Array;
  /** One byte each: its kind, and two flags (see format.ts). */
  readonly kinds: Uint8Array;
  readonly times: Uint8Array;
  readonly jobs: Uint8Array;
  readonly args: Uint8Array;

  /**
   * @param bytes raw bytes of a segment block
   * @throws {ReplayBytesError} if they are none
   */
  constructor(bytes: Uint8Array, start: FleetAtStart) {
    const from = new ByteReader(bytes);
    this.firstUs = from.whole();
    this.lastUs = from.whole();
    this.count = from.whole();
    this.words = new Dictionary(from);
    this.start = start;
    this.#keyframe = from.take(from.whole());
    this.kinds = from.take(from.whole());
    this.times = from.take(from.whole());
    this.jobs = from.take(from.whole());
    this.args = from.take(from.whole());
    if (this.kinds.length !== this.count)
      throw new ReplayBytesError('a segment has not the events that it says');
  }

  /** Codes of its events and their times, without what belongs to them. */
  *eachTime(): Generator<readonly [code: number, atUs: number]> {
    const times = new ByteReader(this.times);
    let atUs = this.firstUs;
    for (const byte of this.kinds) {
      if ((byte & SAME_TIME) === 0) atUs += times.whole();
      yield [byte & KIND_BITS, atUs];
    }
  }

  /** Begins at its start, with a state of its own. */
  open(): SegmentCursor {
    return new SegmentCursor(this, readKeyframe(new ByteReader(this.#keyframe), this.words, this.start));
  }
}

/** Goes through a segment, event by event; its state is what the engine's was after the last one. */
export class SegmentCursor {
  readonly state: ReplayState;
  /** Events passed so far. */
  at = 0;
  readonly #segment: Segment;
  readonly #times: ByteReader;
  readonly #jobs: ByteReader;
  readonly #args: ByteReader;
  readonly #names = new JobNameReader();
  #lastNumber = 0;
  /** Slot of the job that the last event about a job was about; -1: there was none. */
  #lastSlot = -1;
  /** Whether the event at hand is about that one, too. */
  #isSameJob = false;
  #nextUs: number;

  constructor(segment: Segment, state: ReplayState) {
    this.#segment = segment;
    this.state = state;
    this.#times = new ByteReader(segment.times);
    this.#jobs = new ByteReader(segment.jobs);
    this.#args = new ByteReader(segment.args);
    this.#nextUs = this.#timeOf(0, segment.firstUs);
  }

  /** Time of the next event; Infinity at the end. */
  get nextUs(): number {
    return this.#nextUs;
  }

  /** Kind of the next event; undefined at the end. */
  get nextKind(): EventKind | undefined {
    const byte = this.#segment.kinds[this.at];
    return byte === undefined ? undefined : EVENT_KINDS[byte & KIND_BITS];
  }

  /** Goes on to a time: everything that happened by then has happened. */
  advanceTo(atUs: number): void {
    while (this.#nextUs <= atUs && this.#nextUs !== Number.POSITIVE_INFINITY) this.#next(false);
    this.state.nowUs = Math.max(this.state.nowUs, atUs);
  }

  /**
   * Lets the next event happen; undefined at the end.
   *
   * @throws {ReplayBytesError} if the data do not make sense
   */
  step(): ReplayEvent | undefined {
    return this.#nextUs === Number.POSITIVE_INFINITY ? undefined : this.#next(true);
  }

  #next(isTold: boolean): ReplayEvent | undefined {
    const atUs = this.#nextUs;
    const byte = this.#segment.kinds[this.at] as number;
    this.at += 1;
    const kind = EVENT_KINDS[byte & KIND_BITS];
    if (kind === undefined) throw new ReplayBytesError('an event is of no known kind');
    this.state.nowUs = atUs;
    this.#isSameJob = (byte & SAME_JOB) !== 0;
    const event = this.#apply(kind, atUs, (byte & FLAG) !== 0, isTold);
    this.#nextUs = this.#timeOf(this.at, atUs);
    return event;
  }

  #timeOf(index: number, beforeUs: number): number {
    const byte = this.#segment.kinds[index];
    if (byte === undefined) return Number.POSITIVE_INFINITY;
    return (byte & SAME_TIME) !== 0 ? beforeUs : beforeUs + this.#times.whole();
  }

  /** @param isTold false: nobody asks for the event, and none is made, which takes half as long again */
  #apply(kind: EventKind, atUs: number, isOn: boolean, isTold: boolean): ReplayEvent | undefined {
    const { state } = this;
    const args = this.#args;
    const { words } = this.#segment;
    switch (kind) {
      case 'arrived': {
        const job = this.#arrive(atUs, isOn);
        state.enter(job);
        state.happened.arrived += 1;
        return isTold ? { kind, atUs, job } : undefined;
      }
      case 'queued': {
        const job = this.#job();
        job.group = args.whole();
        return isTold ? { kind, atUs, job, group: job.group } : undefined;
      }
      case 'reason': {
        const group = args.whole();
        const text = words.text(args.whole());
        state.reasons.set(group, text);
        return isTold ? { kind, atUs, group, text } : undefined;
      }
      case 'placed': {
        const job = this.#job();
        const parts = readParts(args, words, state, job.kind, isOn);
        state.place(job, parts);
        return isTold ? { kind, atUs, job, parts } : undefined;
      }
      case 'halted': {
        const job = this.#job();
        const phase = PHASES[args.byte()];
        if (phase === undefined) throw new ReplayBytesError('a job is in no known phase');
        state.halt(job, phase);
        return isTold ? { kind, atUs, job, phase } : undefined;
      }
      case 'ready': {
        const job = this.#job();
        state.halt(job, 'running');
        return isTold ? { kind, atUs, job } : undefined;
      }
      case 'moved': {
        const job = this.#job();
        const parts = readParts(args, words, state, job.kind, isOn);
        state.move(job, parts);
        return isTold ? { kind, atUs, job, parts } : undefined;
      }
      case 'freed': {
        const job = this.#job();
        const { parts } = job;
        state.free(job);
        return isTold ? { kind, atUs, job, parts } : undefined;
      }
      case 'finished': {
        const job = this.#job();
        const { parts } = job;
        state.happened.finished += 1;
        if (isOn) state.leave(job);
        else state.giveUpMove(job);
        return isTold ? { kind, atUs, job, parts } : undefined;
      }
      case 'failed':
      case 'rejected': {
        const job = this.#job();
        const { parts } = job;
        state.happened[kind] += 1;
        state.leave(job);
        return { kind, atUs, job, parts, text: words.text(args.whole()) };
      }
      case 'preempted': {
        const job = this.#job();
        const { parts } = job;
        state.stop(job);
        return { kind, atUs, job, parts, text: words.text(args.whole()), lostUs: args.double() };
      }
      case 'blocked':
        return { kind, atUs, job: this.#job(), text: words.text(args.whole()) };
      case 'hostChanged':
        return { kind, atUs, isOn, host: args.whole(), text: words.text(args.whole()) };
      case 'openChanged':
      case 'ended':
        return isTold ? { kind, atUs } : undefined;
      case 'relaid':
        return { kind, atUs, gpu: args.whole(), text: words.text(args.whole()) };
      case 'unitChanged': {
        const unitKind = words.text(args.whole());
        const text = words.text(args.whole());
        if (isOn) state.down.delete(`${unitKind}\n${text}`);
        else state.down.set(`${unitKind}\n${text}`, { kind: unitKind, unit: text, sinceUs: atUs });
        return isTold ? { kind, atUs, isOn, unitKind, text } : undefined;
      }
      case 'toggled': {
        const job = this.#job();
        job.isActive = isOn;
        return isTold ? { kind, atUs, job, isOn } : undefined;
      }
      case 'worked': {
        const gpu = args.whole();
        const work = words.double(args.whole());
        const linkBytesPerSec = words.double(args.whole());
        this.#within(gpu, state.gpuCount);
        state.work[gpu] = work;
        state.linkBytesPerSec[gpu] = linkBytesPerSec;
        state.isBusy[gpu] = isOn ? 1 : 0;
        return isTold ? { kind, atUs, gpu, work, linkBytesPerSec, isOn } : undefined;
      }
      case 'workedFor': {
        const gpu = args.whole();
        this.#within(gpu, state.gpuCount);
        const shares = readShares(args, words);
        state.shares[gpu] = shares;
        return isTold ? { kind, atUs, gpu, shares } : undefined;
      }
      case 'exchanges':
        return { kind, atUs, job: this.#job(), share: words.double(args.whole()) };
      case 'answered': {
        const service = args.whole();
        return { kind, atUs, service, arrivedUs: isOn ? args.double() : atUs - args.whole() };
      }
      case 'host': {
        const host = args.whole();
        this.#within(host, state.hosts.length);
        state.cpuFreeMilli[host] = args.signed();
        state.memoryFreeMib[host] = args.double();
        state.closedFor[host] = args.byte();
        return isTold ? { kind, atUs, host } : undefined;
      }
      case 'gpu': {
        const gpu = args.whole();
        this.#within(gpu, state.gpuCount);
        state.gpuFreeMilli[gpu] = args.signed();
        state.gpuClosedFor[gpu] = args.byte();
        return isTold ? { kind, atUs, gpu } : undefined;
      }
      case 'card': {
        const gpu = args.whole();
        this.#within(gpu, state.gpuCount);
        const before = state.cards[gpu];
        const after = readCard(args, words);
        state.cards[gpu] = after;
        return isTold ? { kind, atUs, gpu, before, after } : undefined;
      }
    }
  }

  /** @param isNext whether its number and name follow from those of the one before */
  #arrive(atUs: number, isNext: boolean): ReplayJob {
    const args = this.#args;
    const { words } = this.#segment;
    const slot = this.state.takeSlot();
    this.#lastSlot = slot;
    const kindAndBit = args.whole();
    const kind = words.kind(Math.floor(kindAndBit / 2));
    this.#lastNumber += isNext ? 1 : args.signed();
    const name = isNext ? this.#names.next(words, 1) : this.#names.read(args, words);
    const durationUs = readLength(args);
    const estimateUs = kindAndBit % 2 === 0 ? durationUs : readLength(args);
    return {
      slot,
      number: this.#lastNumber,
      name,
      kind,
      arrivalUs: atUs,
      durationUs,
      estimateUs,
      phase: 'waiting',
      sinceUs: atUs,
      startedUs: -1,
      starts: 0,
      group: -1,
      isActive: false,
      parts: NO_PARTS,
      to: undefined,
    };
  }

  #job(): ReplayJob {
    if (!this.#isSameJob) this.#lastSlot = this.#jobs.whole();
    const job = this.state.jobs[this.#lastSlot];
    if (job === undefined) throw new ReplayBytesError('an event is about a job that is not there');
    return job;
  }

  #within(index: number, count: number): void {
    if (index >= count) throw new ReplayBytesError('an event is about a part of the fleet that is not there');
  }
}
