import { stopText } from '../../sim/experiment/explain/job-timeline.ts';
import { reasonText } from '../../sim/experiment/reason-text.ts';
import type {
  EventKind,
  HeldPart,
  JobKind,
  Phase,
  ReplayEvent,
  ReplayJob,
  ReplayState,
} from '../../sim/observe/replay/index.ts';

/** A span in which a job did one thing in one place, or waited for one reason. */
export interface LifePhase {
  readonly phase: Phase;
  readonly fromUs: number;
  readonly toUs: number;
  /** While it waits: why, as the engine names it; empty where nothing is said. */
  readonly reason: string;
  readonly parts: readonly HeldPart[];
  /** The place that it moves to. */
  readonly to: readonly HeldPart[] | undefined;
  /** What it does on its cards on average, as parts of a card's compute that add up; undefined where nobody said. */
  readonly meanWork: number | undefined;
}

/** One thing that happened to a job. */
export interface LifeMark {
  readonly kind: EventKind;
  readonly atUs: number;
  readonly text: string;
}

type OpenPhase = { -readonly [K in keyof LifePhase]: LifePhase[K] } & { readonly key: string };

/** What events of a job are called in a lane and its table; the others are not marked. */
const MARKS: Readonly<Partial<Record<EventKind, (event: ReplayEvent) => string>>> = {
  arrived: () => 'arrived',
  placed: () => 'placed',
  ready: () => 'its start is over: it works from now on',
  moved: () => 'a place to move to is held for it',
  freed: () => 'what it held before is free',
  finished: () => 'finished',
  failed: ({ text }) => `ended before its work was done: ${(text ?? '').replaceAll('-', ' ')}`,
  rejected: ({ text }) => `rejected: ${reasonText(text ?? '')}`,
  preempted: ({ text }) => `${stopText(text ?? '')}; it waits again`,
};

/**
 * What a job went through, from its arrival on. Told of every event with the state after it, segment after segment; needs
 * nothing but that.
 */
export class JobLife {
  readonly number: number;
  name = '';
  kind: JobKind | undefined;
  arrivalUs = -1;
  /** In order of time, each as long as it lasted; what lasted no time is left out. */
  readonly phases: LifePhase[] = [];
  readonly marks: LifeMark[] = [];
  /** Work that it had to do once more, microseconds at full speed. */
  lostUs = 0;
  /** It is not in the system any more. */
  isOver = false;
  #open: OpenPhase | undefined;
  #slot = -1;
  /** By GPU: what it does there. */
  readonly #work = new Map<number, number>();
  #workSinceUs = 0;
  #workUs = 0;
  #lastKey = '';

  constructor(number: number) {
    this.number = number;
  }

  /** Its arrival has been seen, or a state that it was in. */
  get isKnown(): boolean {
    return this.#slot >= 0;
  }

  /** When it first started; undefined where it has not. */
  get startUs(): number | undefined {
    return this.marks.find(({ kind }) => kind === 'placed')?.atUs;
  }

  /** When it finished, failed or was rejected; undefined where it has not. */
  get endUs(): number | undefined {
    return this.marks.findLast(({ kind }) => kind === 'finished' || kind === 'failed' || kind === 'rejected')
      ?.atUs;
  }

  /** A segment begins with this state. A job that is in it without having been seen to arrive is known from here on. */
  begin(state: ReplayState): void {
    if (this.isOver || this.isKnown) return;
    const job = state.jobs.find((each) => each?.number === this.number);
    if (job === undefined) return;
    this.#meet(job);
    this.#seed(job.parts, state, state.nowUs);
    this.#follow(job, state, state.nowUs);
  }

  /** An event has happened, and this is the state after it. */
  take(event: ReplayEvent, state: ReplayState): void {
    if (this.isOver) return;
    const { kind, atUs, job } = event;
    if (!this.isKnown) {
      if (kind !== 'arrived' || job?.number !== this.number) return;
      this.#meet(job);
    }
    if (kind === 'workedFor') {
      this.#takeWork(event);
      return;
    }
    const own = state.jobs[this.#slot];
    if (kind === 'reason') {
      if (own !== undefined && event.group === own.group) this.#follow(own, state, atUs);
      return;
    }
    if (job?.number !== this.number) return;
    const text = MARKS[kind]?.(event);
    if (text !== undefined) this.marks.push({ kind, atUs, text });
    this.lostUs += event.lostUs ?? 0;
    // Where it takes the slot of one that did the same, nothing is told anew.
    if (kind === 'placed') this.#seed(job.parts, state, atUs);
    if (own === job) this.#follow(job, state, atUs);
    else this.#end(atUs);
  }

  /** The record ends here, or what is known of it does. */
  close(atUs: number): void {
    this.#shut(atUs);
  }

  #meet(job: ReplayJob): void {
    this.#slot = job.slot;
    this.name = job.name;
    this.kind = job.kind;
    this.arrivalUs = job.arrivalUs;
  }

  #follow(job: ReplayJob, state: ReplayState, atUs: number): void {
    const { phase, parts, to } = job;
    const reason = phase === 'waiting' ? (state.reasons.get(job.group) ?? '') : '';
    const key = `${phase} ${reason} ${placesKey(parts)} ${to === undefined ? '' : placesKey(to)}`;
    if (key === this.#open?.key) return;
    this.#shut(atUs);
    const last = this.phases.at(-1);
    this.#workUs = 0;
    let [fromUs, meanWork] = [atUs, undefined as number | undefined];
    // What it came back to without any time passing goes on.
    if (last !== undefined && last.toUs === atUs && this.#lastKey === key) {
      this.phases.pop();
      ({ fromUs, meanWork } = last);
      this.#workUs = (meanWork ?? 0) * (atUs - fromUs);
    }
    this.#workSinceUs = atUs;
    if (this.#work.size > 0) meanWork ??= 0;
    this.#open = { phase, fromUs, toUs: atUs, reason, parts, to, meanWork, key };
  }

  #shut(atUs: number): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined || atUs <= open.fromUs) return;
    this.#addWork(atUs);
    const { key, ...phase } = open;
    if (phase.meanWork !== undefined) phase.meanWork = this.#workUs / (atUs - phase.fromUs);
    this.phases.push({ ...phase, toUs: atUs });
    this.#lastKey = key;
  }

  #end(atUs: number): void {
    this.#shut(atUs);
    this.isOver = true;
  }

  #seed(parts: readonly HeldPart[], state: ReplayState, atUs: number): void {
    for (const { host, gpus } of parts) {
      for (const index of gpus) {
        const gpu = (state.gpuStart[host] as number) + index;
        this.#takeWork({ kind: 'workedFor', atUs, gpu, shares: state.shares[gpu] ?? [] });
      }
    }
  }

  #takeWork({ gpu, atUs, shares = [] }: ReplayEvent): void {
    let own: number | undefined;
    for (const { slot, work } of shares) if (slot === this.#slot) own = (own ?? 0) + work;
    if (gpu === undefined || own === this.#work.get(gpu)) return;
    this.#addWork(atUs);
    if (own === undefined) this.#work.delete(gpu);
    else this.#work.set(gpu, own);
    if (own !== undefined && this.#open !== undefined) this.#open.meanWork ??= 0;
  }

  #addWork(atUs: number): void {
    let rate = 0;
    for (const work of this.#work.values()) rate += work;
    this.#workUs += rate * (atUs - this.#workSinceUs);
    this.#workSinceUs = atUs;
  }
}

function placesKey(parts: readonly HeldPart[]): string {
  return parts
    .map(({ host, gpus, grant }) => `${host}:${gpus.join()}:${grant.map(({ label }) => label).join()}`)
    .join(';');
}
