import type { ReplayEvent } from './event.ts';
import type { Phase } from './format.ts';
import type { ReplayHeader } from './header.ts';
import type { HeldPart } from './job-kind.ts';
import type { SegmentCursor } from './segment-reader.ts';
import type { ReplayJob, ReplayState } from './state.ts';

/*
 * Chrome's trace events, which chrome://tracing and Perfetto open: a process a host, a thread a partition of a GPU, what a
 * tenant does there as a slice (`B`, `E`). Slices of a thread must nest, or they are dropped without a word: a partition on
 * which several tenants are at a time (replicas, shares of a GPU) has a thread for each. Threads are numbered through the
 * whole fleet, after the processes: a thread of the number of its process is the main one to Perfetto, which draws it first,
 * and no number at all (0) means that one. Times are microseconds of the run.
 */

/** The process of what is about the fleet as a whole; hosts follow. */
const FLEET = 1;
/** Most points of a counter. */
const MOST_POINTS = 5000;

/** A span of the run, whole microseconds. */
export interface TraceSpan {
  readonly fromUs: number;
  readonly toUs: number;
}

/** One event; only what is there is written. */
export type TraceEvent = Readonly<Record<string, unknown>>;

/** One thread: a partition, or one of several that share it. */
interface Track {
  readonly pid: number;
  readonly tid: number;
  /** The partition: its GPU and what it is called. */
  readonly key: string;
  isTaken: boolean;
}

/** Somebody on a partition. */
interface Stay {
  readonly track: Track;
  readonly name: string;
  phase: Phase;
}

/**
 * Makes trace events of a run, segment after segment: memory for who is on the fleet, whatever the length of the run. The
 * answers are JSON objects, one an event, in order of time; names of tracks come before they are used.
 */
export class ChromeTrace {
  readonly #hosts: ReplayHeader['start']['hosts'];
  readonly #span: TraceSpan;
  /** By number of the job. */
  readonly #stays = new Map<number, Stay[]>();
  /** By partition. */
  readonly #tracks = new Map<string, Track[]>();
  /** Processes that have their names. */
  readonly #named = new Set<number>();
  /** Number of the last thread. */
  #lastThread: number;
  #begun = false;
  #nextCountUs = 0;
  #lastCounts = '';

  constructor({ start }: Pick<ReplayHeader, 'start'>, span: TraceSpan) {
    this.#hosts = start.hosts;
    this.#lastThread = FLEET + start.hosts.length;
    this.#span = span;
  }

  /** What happens in a segment within the span. Segments come in order, from that in which the span begins. */
  *segment(cursor: SegmentCursor): Generator<TraceEvent> {
    const { fromUs, toUs } = this.#span;
    if (!this.#begun) {
      this.#begun = true;
      this.#nextCountUs = fromUs;
      yield* nameProcess(FLEET, 'fleet', 0);
      cursor.advanceTo(fromUs - 1);
      for (const job of cursor.state.jobs)
        if (job !== undefined) yield* this.#settle(job, cursor.state, fromUs);
    }
    while (cursor.nextUs <= toUs) {
      const event = cursor.step();
      if (event === undefined) break;
      yield* this.#event(event, cursor.state);
      if (cursor.nextUs > event.atUs && event.atUs >= this.#nextCountUs) {
        this.#nextCountUs = event.atUs + (toUs - fromUs) / MOST_POINTS;
        yield* this.#count(cursor.state, event.atUs);
      }
    }
  }

  /** Ends whatever goes on at the end of the span, so that each beginning has its end. */
  *end(atUs: number): Generator<TraceEvent> {
    for (const stays of this.#stays.values()) for (const stay of stays) yield* this.#leave(stay, atUs);
    this.#stays.clear();
  }

  *#event(
    { kind, atUs, job, text, isOn, unitKind, gpu, host }: ReplayEvent,
    state: ReplayState,
  ): Generator<TraceEvent> {
    if (job !== undefined) yield* this.#settle(job, state, atUs);
    const instant = (name: string, args: object, pid = FLEET): TraceEvent => ({
      ...{ name, cat: 'fleet', ph: 'i', s: pid === FLEET ? 'g' : 'p', ts: atUs, pid, tid: pid, args },
    });
    if (kind === 'rejected' || kind === 'failed' || kind === 'preempted')
      yield instant(`${kind}: ${job?.name}`, { job: job?.name, reason: text });
    else if (kind === 'unitChanged')
      yield instant(`${unitKind} ${text} ${isOn ? 'works again' : 'breaks down'}`, {
        kind: unitKind,
        unit: text,
      });
    else if (kind === 'hostChanged' && host !== undefined) {
      const pid = yield* this.#host(host);
      yield instant(`${this.#nameOf(host)} ${isOn ? 'opens' : 'closes'}`, { reason: text }, pid);
    } else if (kind === 'relaid' && gpu !== undefined && gpu < state.gpuCount) {
      const of = state.hostOfGpu[gpu] as number;
      const pid = yield* this.#host(of);
      const index = gpu - (state.gpuStart[of] as number);
      yield instant(`GPU ${index} re-partitioned: ${text}`, { gpu: index, layout: text }, pid);
    }
  }

  /** Makes what is shown of a job what it is now: where it is, and what it does there. */
  *#settle(job: ReplayJob, state: ReplayState, atUs: number): Generator<TraceEvent> {
    const before = this.#stays.get(job.number) ?? [];
    const isHere = state.jobs[job.slot] === job;
    const wanted = isHere ? [...places(job.parts, state), ...places(job.to ?? [], state)] : [];
    if (wanted.length === 0 && before.length === 0) return;
    const left = [...before];
    const fresh: Place[] = [];
    const kept: Stay[] = [];
    for (const place of wanted) {
      const at = left.findIndex(({ track }) => track.key === keyOf(place));
      const stay = at < 0 ? undefined : left.splice(at, 1)[0];
      if (stay === undefined) fresh.push(place);
      else kept.push(stay);
    }
    for (const stay of left) yield* this.#leave(stay, atUs);
    for (const stay of kept) yield* this.#phase(stay, job.phase, atUs);
    for (const place of fresh) {
      const track = yield* this.#track(place);
      const { tenant, label, priority } = job.kind.claim;
      const args = { tenant, class: label, priority };
      yield { name: job.name, cat: 'job', ph: 'B', ts: atUs, pid: track.pid, tid: track.tid, args };
      const stay: Stay = { track, name: job.name, phase: 'running' };
      yield* this.#phase(stay, job.phase, atUs);
      kept.push(stay);
    }
    if (kept.length === 0) this.#stays.delete(job.number);
    else this.#stays.set(job.number, kept);
  }

  /** While it does not work, a slice within its own says what it does instead. */
  *#phase(stay: Stay, phase: Phase, atUs: number): Generator<TraceEvent> {
    if (stay.phase === phase) return;
    const { pid, tid } = stay.track;
    if (stay.phase !== 'running') yield { name: stay.phase, cat: 'phase', ph: 'E', ts: atUs, pid, tid };
    if (phase !== 'running') yield { name: phase, cat: 'phase', ph: 'B', ts: atUs, pid, tid };
    stay.phase = phase;
  }

  *#leave(stay: Stay, atUs: number): Generator<TraceEvent> {
    yield* this.#phase(stay, 'running', atUs);
    const { pid, tid } = stay.track;
    yield { name: stay.name, cat: 'job', ph: 'E', ts: atUs, pid, tid };
    stay.track.isTaken = false;
  }

  /** The first track of a partition on which nobody is. */
  *#track(place: Place): Generator<TraceEvent, Track> {
    const key = keyOf(place);
    const own = this.#tracks.get(key) ?? [];
    this.#tracks.set(key, own);
    let track = own.find(({ isTaken }) => !isTaken);
    if (track === undefined) {
      const pid = yield* this.#host(place.host);
      const tid = ++this.#lastThread;
      track = { pid, tid, key, isTaken: false };
      own.push(track);
      const of = place.gpu < 0 ? 'no GPU' : `GPU ${place.gpu}${place.label === '' ? '' : ` ${place.label}`}`;
      const name = own.length === 1 ? of : `${of} (${own.length})`;
      yield { name: 'thread_name', ph: 'M', pid, tid, args: { name } };
      yield {
        name: 'thread_sort_index',
        ph: 'M',
        pid,
        tid,
        args: { sort_index: (place.gpu + 1) * 1000 + own.length },
      };
    }
    track.isTaken = true;
    return track;
  }

  /** Its number as a process, which is named when it is first used. */
  *#host(host: number): Generator<TraceEvent, number> {
    const pid = FLEET + 1 + host;
    if (!this.#named.has(pid)) {
      this.#named.add(pid);
      yield* nameProcess(pid, this.#nameOf(host), host + 1);
    }
    return pid;
  }

  #nameOf(host: number): string {
    return this.#hosts[host]?.name ?? `host ${host}`;
  }

  /** What the fleet as a whole has, after everything of one moment has happened, where it is another than before. */
  *#count(state: ReplayState, atUs: number): Generator<TraceEvent> {
    let [freeMilli, working] = [0, 0];
    for (let g = 0; g < state.gpuCount; g++) {
      freeMilli += state.gpuFreeMilli[g] as number;
      working += state.work[g] as number;
    }
    const allocated = (1000 * state.gpuCount - freeMilli) / 1000;
    const counts = `${allocated} ${working} ${state.waiting}`;
    if (counts === this.#lastCounts) return;
    this.#lastCounts = counts;
    const counter = (name: string, args: object): TraceEvent => ({
      ...{ name, cat: 'fleet', ph: 'C', ts: atUs, pid: FLEET, tid: FLEET, args },
    });
    yield counter('GPUs allocated', { GPUs: allocated });
    // What GPUs that are shared by fraction do is not told.
    if (state.cards.some((card) => card !== undefined)) yield counter('GPUs working', { GPUs: working });
    yield counter('jobs waiting', { jobs: state.waiting });
  }
}

function* nameProcess(pid: number, name: string, order: number): Generator<TraceEvent> {
  yield { name: 'process_name', ph: 'M', pid, tid: pid, args: { name } };
  yield { name: 'process_sort_index', ph: 'M', pid, tid: pid, args: { sort_index: order } };
}

interface Place {
  readonly host: number;
  /** Its index in the host; -1: none. */
  readonly gpu: number;
  /** What the partition is called; empty: GPUs are shared by fraction. */
  readonly label: string;
}

function keyOf({ host, gpu, label }: Place): string {
  return `${host}/${gpu}/${label}`;
}

/** The partitions that parts hold. */
function* places(parts: readonly HeldPart[], { cards, gpuStart }: ReplayState): Generator<Place> {
  for (const { host, gpus, grant } of parts) {
    if (gpus.length === 0) yield { host, gpu: -1, label: '' };
    const shared = gpus.filter((gpu) => cards[(gpuStart[host] as number) + gpu] !== undefined);
    for (const gpu of gpus) {
      const at = shared.indexOf(gpu);
      const perGpu = grant.length / shared.length;
      const labels = at < 0 ? [''] : grant.slice(at * perGpu, (at + 1) * perGpu).map(({ label }) => label);
      for (const label of labels) yield { host, gpu, label };
    }
  }
}
