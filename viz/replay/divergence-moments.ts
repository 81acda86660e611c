import type {
  HeldPart,
  ReplayEvent,
  ReplayState,
  Segment,
  SegmentCursor,
  SegmentEntry,
} from '../../sim/observe/replay/index.ts';

/** A run that is read segment by segment; none needs to be kept. */
export interface SegmentSource {
  /** In order of time. */
  readonly segments: readonly SegmentEntry[];
  segment(number: number): Promise<Segment>;
}

/** What a scheduler decides about a job; `halted` where it is told to save its state, so that others get its place. */
const DECISIONS = ['placed', 'moved', 'halted', 'preempted', 'rejected'] as const;
type DecisionKind = (typeof DECISIONS)[number];

/** Something that befell a job: it came, something was decided about it, or it left the system. */
export interface Step {
  readonly kind: 'arrived' | DecisionKind | 'left';
  readonly number: number;
  readonly name: string;
  readonly arrivalUs: number;
  /** Of a decision: what was done and where, the same text for the same; empty of others. */
  readonly did: string;
}

/** Asked now and then by whatever goes on for long: waits its turn, and answers whether to go on. */
export type Pause = () => Promise<boolean>;

/** Events between two pauses: a few milliseconds of work. */
const PAUSE_EVERY = 4096;

/** Goes through what befell the jobs of a run, moment by moment, with one segment in memory. */
export class Moments {
  /** The moment that is shown; Infinity after the last. */
  atUs = Number.POSITIVE_INFINITY;
  /** What happened then, in order; never empty before the end. */
  steps: Step[] = [];
  /** It was told to stop: what is shown is no more than the part so far. */
  isStopped = false;
  readonly #source: SegmentSource;
  readonly #pause: Pause;
  #cursor: SegmentCursor | undefined;
  #number = -1;
  #sincePause = 0;

  constructor(source: SegmentSource, pause: Pause = () => Promise.resolve(true)) {
    this.#source = source;
    this.#pause = pause;
  }

  /** @throws {ReplayFileError} if the file is damaged there */
  async next(): Promise<void> {
    this.steps = [];
    this.atUs = Number.POSITIVE_INFINITY;
    while (!this.isStopped) {
      const cursor = this.#cursor;
      const isOver = cursor === undefined || cursor.nextUs === Number.POSITIVE_INFINITY;
      if (isOver) {
        const next = this.#source.segments[this.#number + 1];
        if (next === undefined || (this.steps.length > 0 && next.firstUs > this.atUs)) return;
        this.#number += 1;
        this.#cursor = (await this.#source.segment(this.#number)).open();
        continue;
      }
      if (this.steps.length > 0 && cursor.nextUs > this.atUs) return;
      const event = cursor.step();
      if (event === undefined) continue;
      if (noteSteps(event, cursor.state, this.steps)) this.atUs = event.atUs;
      this.#sincePause += 1;
      if (this.#sincePause < PAUSE_EVERY) continue;
      this.#sincePause = 0;
      if (!(await this.#pause())) this.isStopped = true;
    }
  }
}

/** Where a job is put, host by host, in a text that is the same for the same places. */
export function placesText({ hosts }: Pick<ReplayState, 'hosts'>, parts: readonly HeldPart[]): string {
  const texts = parts.map(({ host, gpus, grant }) => {
    const name = hosts[host]?.name ?? '';
    const own = gpus.length === 0 ? '' : `: GPU ${gpus.join(', ')}`;
    const slots = grant.map(({ label, start, size }) =>
      start < 0 || label.endsWith(`@${start}`) ? label : `${label} at ${start}+${size}`,
    );
    return `${name}${own}${slots.length === 0 ? '' : ` (${slots.join(', ')})`}`;
  });
  return texts.sort().join('; ');
}

/** Adds what an event means for a job, after it has happened; answers whether it meant anything. */
function noteSteps(event: ReplayEvent, state: ReplayState, into: Step[]): boolean {
  const { kind, job } = event;
  if (job === undefined) return false;
  const { number, name, arrivalUs } = job;
  const before = into.length;
  const decision = decisionText(event, state);
  if (kind === 'arrived') into.push({ kind, number, name, arrivalUs, did: '' });
  else if (decision !== undefined)
    into.push({ kind: kind as DecisionKind, number, name, arrivalUs, did: decision });
  if (state.jobs[job.slot] !== job) into.push({ kind: 'left', number, name, arrivalUs, did: '' });
  return into.length > before;
}

/** What was decided, in a text that is the same for the same; undefined of what is no decision. */
export function decisionText(event: ReplayEvent, state: ReplayState): string | undefined {
  switch (event.kind) {
    case 'placed':
      return `placed on ${placesText(state, event.parts ?? [])}`;
    case 'moved':
      return `moved to ${placesText(state, event.parts ?? [])}`;
    case 'halted':
      // The other ways to hold GPUs without working follow from decisions told before.
      return event.phase === 'saving' ? 'told to save its state and give way' : undefined;
    case 'preempted':
      return 'stopped';
    case 'rejected':
      return 'rejected';
    default:
      return undefined;
  }
}
