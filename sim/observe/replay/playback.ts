import type { ClusterObserver, Job } from '../../cluster/changes.ts';
import { Fleet, type HostSpec } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import { ShapeTable, type TaskShape } from '../../cluster/request.ts';
import type { AtRest } from '../../cluster/work-books.ts';
import type { Micros } from '../../kernel/time.ts';
import {
  type Card,
  type Cut,
  type SharedGpu,
  type SharingConfig,
  type Slot,
  sharingMode,
} from '../../sharing/index.ts';
import { type CardShot, type HostShot, restore } from '../recorded.ts';
import type { ReplayEvent } from './event.ts';
import { type ReplayOutline, type ReplayReading, readSegment } from './file.ts';
import type { HeldPart, JobKind } from './job-kind.ts';
import type { SegmentCursor } from './segment-reader.ts';
import type { CardState, ReplayJob, ReplayState, WorkShare } from './state.ts';

/** A job that is in the system, as observers know it. */
interface Known {
  readonly job: Job;
  parts: readonly Part[];
  to: readonly Part[];
}

type Call = (observer: ClusterObserver) => void;

/**
 * Tells observers what a replay file says of a run, call by call as the engine told them, each after the fleet has become
 * what it was then. Memory for one segment and for the jobs in the system.
 */
export class ReplayPlayback {
  /** The one that observers are to look at. */
  readonly fleet: Fleet;
  readonly #outline: ReplayOutline;
  readonly #shapes: ShapeTable;
  readonly #known = new Map<number, Known>();
  /** By GPU that a mode shares: its slots in order of placement. */
  readonly #slots = new Map<number, Slot[]>();
  readonly #kinds = new WeakMap<JobKind, Pick<Job, 'shape' | 'shapes' | 'claim' | 'layout' | 'kin'>>();
  readonly #sameKinds = new Map<string, Pick<Job, 'shape' | 'shapes' | 'claim' | 'layout' | 'kin'>>();
  readonly #sharing = new Map<string, SharedGpu>();
  readonly #changed = new Set<number>();

  /** @param hosts as the header names them, with the modes that share their GPUs */
  constructor(outline: ReplayOutline, hosts: readonly HostSpec[]) {
    this.#outline = outline;
    this.fleet = new Fleet(hosts);
    this.#shapes = new ShapeTable(this.fleet.modelNames);
  }

  /**
   * Goes through the whole file.
   *
   * @param size length of the file, bytes
   * @throws {ReplayFileError} if a segment is damaged
   */
  *play(size: number, observers: readonly ClusterObserver[]): ReplayReading<void> {
    for (const entry of this.#outline.segments) {
      const cursor = (yield* readSegment(this.#outline, entry, size)).open();
      if (entry === this.#outline.segments[0]) this.#begin(cursor.state);
      for (let event = cursor.step(); event !== undefined; event = cursor.step()) {
        const call = this.#take(event, cursor.state);
        if (call === undefined) continue;
        // What does not follow from an event stands right behind it.
        this.#takeRest(cursor);
        this.#restore(cursor.state);
        for (const observer of observers) call(observer);
      }
    }
  }

  /** The fleet before the first event; hosts may be closed then, and cards cut. */
  #begin(state: ReplayState): void {
    for (let h = 0; h < this.fleet.hostCount; h++) this.#changed.add(h);
    this.#restore(state);
  }

  #takeRest(cursor: SegmentCursor): void {
    while (cursor.nextKind === 'host' || cursor.nextKind === 'gpu') {
      const event = cursor.step();
      if (event !== undefined) this.#take(event, cursor.state);
    }
  }

  /** Notes what changes, and answers what observers are to be told. */
  #take(event: ReplayEvent, { hostOfGpu, jobs }: ReplayState): Call | undefined {
    const atUs = event.atUs as Micros;
    const { kind, text = '', isOn = false, gpu = -1 } = event;
    switch (kind) {
      case 'host':
        this.#changed.add(event.host as number);
        return undefined;
      case 'gpu':
      case 'card':
        this.#changed.add(hostOfGpu[gpu] as number);
        return undefined;
      case 'queued':
      case 'reason':
        return undefined;
      case 'openChanged':
        return (to) => to.openChanged?.(atUs);
      case 'ended':
        return (to) => to.ended?.(atUs);
      case 'hostChanged':
        return (to) => to.hostChanged?.(atUs, event.host as number, isOn, text);
      case 'relaid':
        return (to) => to.relaid?.(atUs, gpu, text);
      case 'unitChanged':
        return (to) => to.unitChanged?.(atUs, event.unitKind as string, text, isOn);
      case 'worked':
        return (to) => to.worked?.(atUs, gpu, event.work as number, isOn, event.linkBytesPerSec as number);
      case 'workedFor': {
        const work = this.#workOf(event.shares ?? [], jobs);
        return (to) => to.workedFor?.(atUs, gpu, work);
      }
      case 'answered':
        return (to) => to.answered?.(atUs, event.service as number, event.arrivedUs as number);
      default:
        return this.#takeJob(event, jobs);
    }
  }

  #takeJob(event: ReplayEvent, jobs: ReplayState['jobs']): Call {
    const atUs = event.atUs as Micros;
    const { kind, text = '', isOn = false } = event;
    const of = event.job as ReplayJob;
    const known = this.#jobOf(of);
    const { job, parts } = known;
    const leaves = () => {
      this.#giveBack(known.parts);
      this.#giveBack(known.to);
      this.#known.delete(job.number);
    };
    switch (kind) {
      case 'placed':
        known.parts = this.#hold(job, event.parts ?? []);
        return (to) => to.placed?.(atUs, job, known.parts);
      case 'moved':
        this.#giveBack(known.to);
        known.to = this.#hold(job, event.parts ?? []);
        return (to) => to.moved?.(atUs, job, known.to);
      case 'freed':
        if (jobs[of.slot] !== of) leaves();
        else {
          this.#giveBack(parts);
          known.parts = known.to;
          known.to = [];
        }
        return (to) => to.freed?.(atUs, job, parts);
      case 'finished':
        if (jobs[of.slot] !== of) leaves();
        else {
          this.#giveBack(known.to);
          known.to = [];
        }
        return (to) => to.finished?.(atUs, job, parts, of.startedUs as Micros);
      case 'failed':
        leaves();
        return (to) => to.failed?.(atUs, job, parts, text);
      case 'rejected':
        leaves();
        return (to) => to.rejected?.(atUs, job, text);
      case 'preempted':
        this.#giveBack(parts);
        this.#giveBack(known.to);
        known.parts = [];
        known.to = [];
        return (to) => to.preempted?.(atUs, job, parts, text, event.lostUs as number);
      case 'arrived':
        return (to) => to.arrived?.(atUs, job);
      case 'ready':
        return (to) => to.ready?.(atUs, job);
      case 'halted':
        return (to) => to.halted?.(atUs, job, event.phase as AtRest);
      case 'blocked':
        return (to) => to.blocked?.(atUs, job, text);
      case 'toggled':
        return (to) => to.toggled?.(atUs, job.number, isOn);
      default:
        return (to) => to.exchanges?.(atUs, job, parts, event.share as number);
    }
  }

  #workOf(shares: readonly WorkShare[], jobs: ReplayState['jobs']) {
    return {
      count: shares.length,
      job: (i: number): Job => this.#jobOf(jobs[(shares[i] as WorkShare).slot] as ReplayJob).job,
      work: (i: number): number => (shares[i] as WorkShare).work,
    };
  }

  #jobOf({ number, name, kind, arrivalUs, durationUs, estimateUs }: ReplayJob): Known {
    let known = this.#known.get(number);
    if (known === undefined) {
      const { demand, kind: what } = kind;
      const times = { arrivalUs: arrivalUs as Micros, durationUs, estimateUs };
      known = {
        job: { number, name, demand, kind: what, ...times, ...this.#fixed(kind) },
        parts: [],
        to: [],
      };
      this.#known.set(number, known);
    }
    return known;
  }

  /** One object for all jobs of a kind, also of those in other segments. */
  #fixed(kind: JobKind): Pick<Job, 'shape' | 'shapes' | 'claim' | 'layout' | 'kin'> {
    let fixed = this.#kinds.get(kind);
    if (fixed !== undefined) return fixed;
    const { claim, layout, kin, requests } = kind;
    // Infinity and null would be one, but nothing that may be infinite may be null, too.
    const key = JSON.stringify([claim, layout, kin, requests]);
    fixed = this.#sameKinds.get(key);
    if (fixed === undefined) {
      const shapes = requests.map((request) => this.#shapes.intern(request));
      fixed = { shape: shapes[0] as TaskShape, shapes, claim, layout, kin };
      this.#sameKinds.set(key, fixed);
    }
    this.#kinds.set(kind, fixed);
    return fixed;
  }

  /** Parts with slots of their own: equal ones are one and the same in a file. */
  #hold({ shapes, kin }: Job, held: readonly HeldPart[]): readonly Part[] {
    const parts = held.map(({ request, host, gpus, grant }): Part => {
      const shape = shapes[request] as TaskShape;
      return { shape, host, gpus, grant: grant.map((slot) => ({ ...slot })), kin };
    });
    this.#eachSlot(parts, (gpu, slot) => {
      const own = this.#slots.get(gpu);
      if (own === undefined) this.#slots.set(gpu, [slot]);
      else own.push(slot);
    });
    return parts;
  }

  #giveBack(parts: readonly Part[]): void {
    this.#eachSlot(parts, (gpu, slot) => {
      const own = this.#slots.get(gpu) ?? [];
      const at = own.indexOf(slot);
      if (at >= 0) own.splice(at, 1);
    });
  }

  #eachSlot(parts: readonly Part[], visit: (gpu: number, slot: Slot) => void): void {
    const { cards, gpuStart } = this.fleet;
    for (const { shape, host, gpus, grant } of parts) {
      this.#changed.add(host);
      let next = 0;
      for (const index of gpus) {
        const gpu = (gpuStart[host] as number) + index;
        if (cards[gpu] === undefined) continue;
        for (let i = 0; i < (shape.ask?.count ?? 0); i++) visit(gpu, grant[next++] as Slot);
      }
    }
  }

  #restore(state: ReplayState): void {
    for (const host of this.#changed) restore(this.fleet, this.#shotOf(host, state));
    this.#changed.clear();
  }

  #shotOf(host: number, state: ReplayState): HostShot {
    const [first, end] = [state.gpuStart[host] as number, state.gpuStart[host + 1] as number];
    const cards: CardShot[] = [];
    for (let gpu = first; gpu < end; gpu++) {
      const card = state.cards[gpu];
      if (card !== undefined) cards.push(this.#cardOf(gpu, card));
    }
    return {
      host,
      cpuFreeMilli: state.cpuFreeMilli[host] as number,
      memoryFreeMib: state.memoryFreeMib[host] as number,
      closedFor: state.closedFor[host] as number,
      gpuFreeMilli: state.gpuFreeMilli.slice(first, end),
      gpuClosedFor: state.gpuClosedFor.slice(first, end),
      cards,
    };
  }

  #cardOf(gpu: number, { sharing, standing, held, cut, isCutHeld }: CardState): CardShot {
    const shared = this.#sharedAs(gpu, sharing);
    const { mode, config, spec, values } = shared;
    const now =
      this.fleet.sharing[gpu] === shared ? this.fleet.cards[gpu] : mode.createCard(config, spec, values);
    const slots = [...(this.#slots.get(gpu) ?? [])];
    return {
      gpu,
      sharing: shared,
      slots,
      layout: now?.layout === undefined ? undefined : { standing, held },
      cut: now?.cut === undefined ? undefined : { present: cutNamed(now, cut), isHeld: isCutHeld },
    };
  }

  /** The way in which a GPU is shared, from its options as the file has them. */
  #sharedAs(gpu: number, text: string): SharedGpu {
    const now = this.fleet.sharing[gpu] as SharedGpu;
    if (this.#sharing.get(`${gpu} ${text}`) === now) return now;
    const config = JSON.parse(text) as SharingConfig;
    const isSame = JSON.stringify(now.config) === text;
    const shared: SharedGpu = isSame ? now : { ...now, mode: sharingMode(config.mode), config };
    this.#sharing.set(`${gpu} ${text}`, shared);
    return shared;
  }
}

/** The cut that people call so: each card has one of a name. */
function cutNamed({ cut }: Card, text: string | null): Cut | null {
  if (cut === undefined || text === null || text === '') return null;
  if (cut.present?.text === text) return cut.present;
  const places = text.split(', ').flatMap((each) => {
    const [name, start] = each.split('@');
    return start === undefined
      ? []
      : [{ kind: cut.kinds.findIndex((kind) => kind.name === name), start: Number(start) }];
  });
  if (places.length > 0) {
    const counts = cut.kinds.map((_, kind) => places.filter((each) => each.kind === kind).length);
    return { text, counts, places };
  }
  const every = cut.cuts(
    [],
    cut.kinds.map((_, kind) => kind),
  );
  return every.find((each) => each.text === text) ?? null;
}
