import type { CardWork, ClusterObserver, Job } from '../../cluster/changes.ts';
import type { FleetView } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { AtRest } from '../../cluster/work-books.ts';
import type { Micros } from '../../kernel/time.ts';
import type { SharedGpu } from '../../sharing/index.ts';
import type { WaitLedger } from '../wait-ledger.ts';
import { type Compress, packBlock, type SegmentEntry } from './block.ts';
import { ByteWriter } from './bytes.ts';
import { BLOCK, CODE, END_MAGIC, type EventKind, MAGIC, PHASES, REPLAY_VERSION } from './format.ts';
import type { ReplayHeader, ReplayTables } from './header.ts';
import { headerText } from './header.ts';
import type { HeldPart, JobKind } from './job-kind.ts';
import { JobNameWriter } from './job-name.ts';
import { type FleetAtStart, isSameCard, writeCard, writeShares } from './keyframe.ts';
import { writeLength } from './keyframe-jobs.ts';
import { isPlain, writeParts } from './parts.ts';
import { SegmentWriter } from './segment-writer.ts';
import { type CardState, type ReplayJob, ReplayState, type WorkShare } from './state.ts';
import { toUtf8 } from './utf8.ts';

/** Tells who waits with whom and why; see `WaitLedger`. */
type WaitingTellers = Pick<WaitLedger, 'joins' | 'heldBy'>;

/** Where a replay goes. */
export interface ReplaySink {
  write(bytes: Uint8Array): void;
}

/**
 * Writes what happens in a run as a replay, with memory for one segment. It keeps a state of its own, which changes by the
 * same steps as a reader's; whatever of the fleet does not follow from those is written as it is, so that the two never
 * differ.
 */
export class ReplayWriter implements ClusterObserver {
  readonly #fleet: FleetView;
  readonly #sink: ReplaySink;
  readonly #deflate: Compress | undefined;
  readonly #start: FleetAtStart;
  readonly #state: ReplayState;
  readonly #segment = new SegmentWriter();
  readonly #entries: SegmentEntry[] = [];
  readonly #jobs = new Map<number, ReplayJob>();
  readonly #kinds = new Map<Job['claim'], Map<string, JobKind>>();
  readonly #groups = new WeakMap<object, number>();
  readonly #configs = new Map<SharedGpu['config'], string>();
  #names = new JobNameWriter();
  #groupCount = 0;
  #offset = 0;
  #seenChanges: number;
  #lastNumber = 0;
  #kindsSeen = 0;
  #arrivedBefore = 0;
  /** Events written so far, and bytes before compression. */
  events = 0;
  rawBytes = 0;

  /**
   * @param fleet as it is before the first event
   * @param deflate absent: nothing is compressed
   */
  constructor(fleet: FleetView, header: Omit<ReplayHeader, 'start'>, sink: ReplaySink, deflate?: Compress) {
    this.#fleet = fleet;
    this.#sink = sink;
    this.#deflate = deflate;
    const cards = Array.from({ length: fleet.gpuCount }, (_, gpu) => this.#cardOf(gpu));
    this.#start = { hosts: fleet.hosts, cards };
    this.#state = new ReplayState(fleet.hosts, cards);
    this.#seenChanges = fleet.changeCount;
    const head = new ByteWriter();
    for (let i = 0; i < MAGIC.length; i++) head.byte(MAGIC.charCodeAt(i));
    for (let i = 0; i < 4; i++) head.byte((REPLAY_VERSION >>> (8 * i)) & 255);
    this.#emit(head.bytes);
    this.#block(BLOCK.header, toUtf8(headerText(header, this.#start)));
    // A fleet that is not as bought (a closed host, a GPU that is down) says so before the first event.
    for (let h = 0; h < fleet.hostCount; h++) this.#copyHost(h);
    this.#segment.begin(this.#state, this.#start);
  }

  arrived(atUs: Micros, job: Job): void {
    const changed = this.#before(atUs);
    const slot = this.#state.takeSlot();
    const kind = this.#kindOf(job);
    const { number, name, durationUs, estimateUs } = job;
    const known: ReplayJob = {
      slot,
      number,
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
      parts: [],
      to: undefined,
    };
    const step = number - this.#lastNumber;
    const isNext = step === 1 && this.#names.follows(name, step);
    const hasEstimate = estimateUs !== durationUs;
    const { args, words } = this.#event('arrived', atUs, known, isNext);
    args.whole(words.kind(kind) * 2 + (hasEstimate ? 1 : 0));
    if (!isNext) {
      args.signed(step);
      this.#names.write(args, words, name);
    }
    writeLength(args, durationUs);
    if (hasEstimate) writeLength(args, estimateUs);
    this.#lastNumber = number;
    this.#jobs.set(number, known);
    this.#state.enter(known);
    this.#state.happened.arrived += 1;
    this.#after(atUs, changed);
  }

  /** Lets the books of who waits tell it, too. */
  follow(waits: WaitingTellers): void {
    waits.joins = (...told) => this.joins(...told);
    waits.heldBy = (...told) => this.heldBy(...told);
  }

  /** It joins those that ask for the same and wait for the same reason (see `WaitBooks.joins`). */
  joins(job: Job, group: object, reason: string, nowUs: number): void {
    const known = this.#jobs.get(job.number);
    if (known === undefined) return;
    const number = this.#groupNumber(group);
    this.#setReason(number, reason, nowUs);
    const { args } = this.#event('queued', nowUs, known);
    args.whole(number);
    known.group = number;
    this.#turn();
  }

  /** All of a group wait for another reason from now on. */
  heldBy(group: object, reason: string, nowUs: number): void {
    this.#setReason(this.#groupNumber(group), reason, nowUs);
    this.#turn();
  }

  placed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    const held = heldParts(job, parts);
    const plain = isPlain(held);
    const write = (known: ReplayJob, { args, words }: SegmentWriter): void => {
      writeParts(args, words, this.#state, known.kind, held, plain);
      this.#state.place(known, held);
    };
    this.#tell('placed', atUs, job, write, plain);
  }

  halted(atUs: Micros, job: Job, why: AtRest): void {
    this.#tell('halted', atUs, job, (known, { args }) => {
      args.byte(PHASES.indexOf(why));
      this.#state.halt(known, why);
    });
  }

  ready(atUs: Micros, job: Job): void {
    this.#tell('ready', atUs, job, (known) => this.#state.halt(known, 'running'));
  }

  moved(atUs: Micros, job: Job, parts: readonly Part[]): void {
    const held = heldParts(job, parts);
    const plain = isPlain(held);
    const write = (known: ReplayJob, { args, words }: SegmentWriter): void => {
      writeParts(args, words, this.#state, known.kind, held, plain);
      this.#state.move(known, held);
    };
    this.#tell('moved', atUs, job, write, plain);
  }

  freed(atUs: Micros, job: Job): void {
    this.#tell('freed', atUs, job, (known) => {
      this.#state.free(known);
      if (this.#state.jobs[known.slot] === undefined) this.#jobs.delete(known.number);
    });
  }

  finished(atUs: Micros, job: Job): void {
    const known = this.#jobs.get(job.number);
    const leaves = known?.phase !== 'stopping';
    this.#tell(
      'finished',
      atUs,
      job,
      (found) => {
        this.#state.happened.finished += 1;
        if (!leaves) {
          this.#state.giveUpMove(found);
          return;
        }
        this.#state.leave(found);
        this.#jobs.delete(found.number);
      },
      leaves,
    );
  }

  failed(atUs: Micros, job: Job, _parts: readonly Part[], reason: string): void {
    this.#ends('failed', atUs, job, reason);
  }

  rejected(atUs: Micros, job: Job, reason: string): void {
    this.#ends('rejected', atUs, job, reason);
  }

  preempted(atUs: Micros, job: Job, _parts: readonly Part[], reason: string, lostUs: number): void {
    this.#tell('preempted', atUs, job, (known, { args, words }) => {
      args.whole(words.text(reason));
      args.double(lostUs);
      this.#state.stop(known);
    });
  }

  blocked(atUs: Micros, job: Job, reason: string): void {
    const known = this.#jobs.get(job.number);
    if (known === undefined) return;
    // Told while a pass is under way that may have taken jobs off to see who would fit: the fleet is not looked at.
    const { args, words } = this.#event('blocked', atUs, known);
    args.whole(words.text(reason));
    this.#turn();
  }

  hostChanged(atUs: Micros, host: number, isOpen: boolean, reason: string): void {
    this.#note('hostChanged', atUs, isOpen, ({ args, words }) => {
      args.whole(host);
      args.whole(words.text(reason));
    });
  }

  openChanged(atUs: Micros): void {
    this.#note('openChanged', atUs, false);
  }

  relaid(atUs: Micros, gpu: number, layout: string): void {
    this.#note('relaid', atUs, false, ({ args, words }) => {
      args.whole(gpu);
      args.whole(words.text(layout));
    });
  }

  fleetChanged(atUs: Micros): void {
    this.#after(atUs, this.#before(atUs));
  }

  unitChanged(atUs: Micros, kind: string, unit: string, isUp: boolean): void {
    this.#note('unitChanged', atUs, isUp, ({ args, words }) => {
      args.whole(words.text(kind));
      args.whole(words.text(unit));
      const { down } = this.#state;
      if (isUp) down.delete(`${kind}\n${unit}`);
      else down.set(`${kind}\n${unit}`, { kind, unit, sinceUs: atUs });
    });
  }

  toggled(atUs: Micros, job: number, isActive: boolean): void {
    const known = this.#jobs.get(job);
    if (known === undefined) return;
    this.#event('toggled', atUs, known, isActive);
    known.isActive = isActive;
    this.#turn();
  }

  worked(atUs: Micros, gpu: number, work: number, isBusy: boolean, linkBytesPerSec: number): void {
    const { args, words } = this.#event('worked', atUs, undefined, isBusy);
    args.whole(gpu);
    args.whole(words.double(work));
    args.whole(words.double(linkBytesPerSec));
    this.#state.work[gpu] = work;
    this.#state.linkBytesPerSec[gpu] = linkBytesPerSec;
    this.#state.isBusy[gpu] = isBusy ? 1 : 0;
    this.#turn();
  }

  workedFor(atUs: Micros, gpu: number, by: CardWork): void {
    const shares: WorkShare[] = [];
    for (let i = 0; i < by.count; i++) {
      const known = this.#jobs.get(by.job(i).number);
      if (known !== undefined) shares.push({ slot: known.slot, work: by.work(i) });
    }
    const before = this.#state.shares[gpu] ?? [];
    const isSame = ({ slot, work }: WorkShare, i: number) =>
      before[i]?.slot === slot && before[i].work === work;
    if (shares.length === before.length && shares.every(isSame)) return;
    const { args, words } = this.#event('workedFor', atUs);
    args.whole(gpu);
    writeShares(args, words, shares);
    this.#state.shares[gpu] = shares;
    this.#turn();
  }

  exchanges(atUs: Micros, job: Job, _parts: readonly Part[], share: number): void {
    this.#tell('exchanges', atUs, job, (_known, { args, words }) => args.whole(words.double(share)));
  }

  answered(atUs: Micros, service: number, arrivedUs: number): void {
    const sinceUs = atUs - arrivedUs;
    const isWhole = Number.isInteger(sinceUs) && sinceUs >= 0;
    const { args } = this.#event('answered', atUs, undefined, !isWhole);
    args.whole(service);
    if (isWhole) args.whole(sinceUs);
    else args.double(arrivedUs);
    this.#turn();
  }

  ended(atUs: Micros): void {
    this.#note('ended', atUs, false);
  }

  /** Writes what is left, what the run came to, and the index: the file is whole then. */
  close(tables: ReplayTables): void {
    if (this.#segment.count > 0 || this.#entries.length === 0) this.#flush();
    this.#block(BLOCK.tables, toUtf8(JSON.stringify(tables)));
    const indexAt = this.#offset;
    const index = new ByteWriter();
    index.whole(this.#entries.length);
    let [end, lastUs, arrived] = [0, 0, 0];
    for (const entry of this.#entries) {
      index.whole(entry.offset - end);
      index.whole(entry.length);
      index.whole(entry.firstUs - lastUs);
      index.whole(entry.lastUs - entry.firstUs);
      index.whole(entry.count);
      index.whole(entry.kinds);
      index.whole(entry.arrivedBefore - arrived);
      [end, lastUs, arrived] = [entry.offset + entry.length, entry.lastUs, entry.arrivedBefore];
    }
    this.#block(BLOCK.index, index.bytes);
    const trailer = new ByteWriter();
    trailer.double(indexAt);
    for (let i = 0; i < END_MAGIC.length; i++) trailer.byte(END_MAGIC.charCodeAt(i));
    this.#emit(trailer.bytes);
  }

  #ends(kind: 'failed' | 'rejected', atUs: Micros, job: Job, reason: string): void {
    this.#tell(kind, atUs, job, (known, { args, words }) => {
      args.whole(words.text(reason));
      this.#state.happened[kind] += 1;
      this.#state.leave(known);
      this.#jobs.delete(known.number);
    });
  }

  /** An event of a job that is known, before and after which the state is what the fleet is. */
  #tell(
    kind: EventKind,
    atUs: Micros,
    job: Job,
    write: (known: ReplayJob, segment: SegmentWriter) => void,
    flag = false,
  ): void {
    const known = this.#jobs.get(job.number);
    if (known === undefined) return;
    const changed = new Set(this.#before(atUs));
    // Of several changes at once the fleet may be told of before their events: what those do is then done already.
    eachHost(known, (host) => changed.add(host));
    write(known, this.#event(kind, atUs, known, flag));
    eachHost(known, (host) => changed.add(host));
    this.#after(atUs, changed);
  }

  #note(kind: EventKind, atUs: Micros, flag: boolean, write?: (segment: SegmentWriter) => void): void {
    const changed = this.#before(atUs);
    const segment = this.#event(kind, atUs, undefined, flag);
    write?.(segment);
    this.#after(atUs, changed);
  }

  #event(kind: EventKind, atUs: number, job?: ReplayJob, flag = false): SegmentWriter {
    const segment = this.#segment;
    segment.event(kind, atUs, flag, job?.slot ?? -1);
    this.#kindsSeen |= 1 << CODE[kind];
    this.#state.nowUs = atUs;
    this.events += 1;
    return segment;
  }

  #setReason(group: number, reason: string, nowUs: number): void {
    const { reasons } = this.#state;
    if (reasons.get(group) === reason) return;
    const { args, words } = this.#event('reason', nowUs);
    args.whole(group);
    args.whole(words.text(reason));
    reasons.set(group, reason);
  }

  #groupNumber(group: object): number {
    let number = this.#groups.get(group);
    if (number === undefined) {
      number = this.#groupCount++;
      this.#groups.set(group, number);
    }
    return number;
  }

  /** Hosts that have changed since the last event; their cards are made what they are now. */
  #before(atUs: number): readonly number[] {
    const { changeRing, changeCount, hostCount } = this.#fleet;
    const from = this.#seenChanges;
    if (from === changeCount) return [];
    this.#seenChanges = changeCount;
    const hosts: number[] = [];
    if (changeCount - from > changeRing.length) for (let h = 0; h < hostCount; h++) hosts.push(h);
    else
      for (let i = from; i < changeCount; i++) {
        const host = changeRing[i & (changeRing.length - 1)] as number;
        if (!hosts.includes(host)) hosts.push(host);
      }
    if (this.#fleet.hasCards) for (const host of hosts) this.#compareCards(host, atUs);
    return hosts;
  }

  #after(atUs: number, changed: Iterable<number>): void {
    for (const host of changed) this.#compareHost(host, atUs);
    this.#turn();
  }

  #compareCards(host: number, atUs: number): void {
    const { gpuStart } = this.#fleet;
    for (let gpu = gpuStart[host] as number; gpu < (gpuStart[host + 1] as number); gpu++) {
      const card = this.#cardOf(gpu);
      if (isSameCard(card, this.#state.cards[gpu])) continue;
      const { args, words } = this.#event('card', atUs);
      args.whole(gpu);
      writeCard(args, words, card);
      this.#state.cards[gpu] = card;
    }
  }

  #compareHost(host: number, atUs: number): void {
    const fleet = this.#fleet;
    const state = this.#state;
    if (
      state.cpuFreeMilli[host] !== fleet.cpuFreeMilli[host] ||
      state.memoryFreeMib[host] !== fleet.memoryFreeMib[host] ||
      state.closedFor[host] !== fleet.closedFor[host]
    ) {
      const { args } = this.#event('host', atUs);
      args.whole(host);
      args.signed(fleet.cpuFreeMilli[host] as number);
      args.double(fleet.memoryFreeMib[host] as number);
      args.byte(fleet.closedFor[host] as number);
    }
    const end = fleet.gpuStart[host + 1] as number;
    for (let gpu = fleet.gpuStart[host] as number; gpu < end; gpu++) {
      if (
        state.gpuFreeMilli[gpu] === fleet.gpuFreeMilli[gpu] &&
        state.gpuClosedFor[gpu] === fleet.gpuClosedFor[gpu]
      )
        continue;
      const { args } = this.#event('gpu', atUs);
      args.whole(gpu);
      args.signed(fleet.gpuFreeMilli[gpu] as number);
      args.byte(fleet.gpuClosedFor[gpu] as number);
    }
    this.#copyHost(host);
  }

  #copyHost(host: number): void {
    const fleet = this.#fleet;
    const state = this.#state;
    state.cpuFreeMilli[host] = fleet.cpuFreeMilli[host] as number;
    state.memoryFreeMib[host] = fleet.memoryFreeMib[host] as number;
    state.closedFor[host] = fleet.closedFor[host] as number;
    const end = fleet.gpuStart[host + 1] as number;
    for (let gpu = fleet.gpuStart[host] as number; gpu < end; gpu++) {
      state.gpuFreeMilli[gpu] = fleet.gpuFreeMilli[gpu] as number;
      state.gpuClosedFor[gpu] = fleet.gpuClosedFor[gpu] as number;
    }
  }

  #cardOf(gpu: number): CardState | undefined {
    const card = this.#fleet.cards[gpu];
    const shared = this.#fleet.sharing[gpu];
    if (card === undefined || shared === undefined) return undefined;
    let sharing = this.#configs.get(shared.config);
    if (sharing === undefined) {
      sharing = JSON.stringify(shared.config);
      this.#configs.set(shared.config, sharing);
    }
    const { layout, cut } = card;
    return {
      sharing,
      standing: layout?.standing ?? null,
      held: layout?.held ?? 0,
      cut: cut?.present?.text ?? null,
      isCutHeld: cut?.isHeld ?? false,
    };
  }

  #kindOf(job: Job): JobKind {
    const { claim, demand, kind, layout, kin, shapes } = job;
    let ofClaim = this.#kinds.get(claim);
    if (ofClaim === undefined) {
      ofClaim = new Map();
      this.#kinds.set(claim, ofClaim);
    }
    const key = `${demand} ${kind}`;
    let known = ofClaim.get(key);
    if (known === undefined) {
      known = { demand, kind, claim, layout, kin, requests: shapes };
      ofClaim.set(key, known);
    }
    return known;
  }

  /** Begins another segment where this one is full. */
  #turn(): void {
    if (this.#segment.isFull) {
      this.#flush();
      this.#begin();
    }
  }

  #begin(): void {
    const { reasons, jobs } = this.#state;
    const used = new Set<number>();
    for (const job of jobs) if (job?.phase === 'waiting') used.add(job.group);
    for (const group of reasons.keys()) if (!used.has(group)) reasons.delete(group);
    this.#state.beginSlots();
    this.#names = new JobNameWriter();
    this.#lastNumber = 0;
    this.#kindsSeen = 0;
    this.#arrivedBefore = this.#state.happened.arrived;
    this.#segment.begin(this.#state, this.#start);
  }

  #flush(): void {
    const { firstUs, lastUs, count } = this.#segment;
    const offset = this.#offset;
    const length = this.#block(BLOCK.segment, this.#segment.flush());
    const [kinds, arrivedBefore] = [this.#kindsSeen, this.#arrivedBefore];
    this.#entries.push({ offset, length, firstUs, lastUs, count, kinds, arrivedBefore });
  }

  #block(kind: number, raw: Uint8Array): number {
    this.rawBytes += raw.length;
    const block = packBlock(kind, raw, this.#deflate);
    this.#emit(block);
    return block.length;
  }

  #emit(bytes: Uint8Array): void {
    this.#sink.write(bytes);
    this.#offset += bytes.length;
  }
}

function eachHost({ parts, to }: ReplayJob, visit: (host: number) => void): void {
  for (const { host } of parts) visit(host);
  if (to !== undefined) for (const { host } of to) visit(host);
}

/** Which request of the job each part meets: workers of unlike sizes may come in any order. */
function heldParts({ shapes }: Job, parts: readonly Part[]): readonly HeldPart[] {
  return parts.map(({ shape, host, gpus, grant }, i) => {
    const request =
      shapes.length === 1
        ? 0
        : shapes[i]?.id === shape.id
          ? i
          : shapes.findIndex(({ id }) => id === shape.id);
    return { request: Math.max(0, request), host, gpus, grant };
  });
}
