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

/** Events between two pauses: about a millisecond of work. */
const PAUSE_EVERY = 512;

/** Goes through what befell the jobs of a run, moment by moment, with one segment in memory. */
export class Moments {
  /** The moment that is shown; Infinity after the last. */
  atUs = Number.POSITIVE_INFINITY;
  /** What happened then, in order; never empty before the end. Filled anew for each moment. */
  readonly steps: Step[] = [];
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

  /**
   * Goes on to the next moment: at once, and answers undefined, unless something has to be waited for. There are millions
   * of moments, and a promise for each would take as long as reading them.
   *
   * @throws {ReplayFileError} if the file is damaged there
   */
  next(): Promise<void> | undefined {
    this.steps.length = 0;
    this.atUs = Number.POSITIVE_INFINITY;
    if (this.isStopped) return undefined;
    const need = this.#goOn();
    return need === 'nothing' ? undefined : this.#wait(need);
  }

  async #wait(first: 'segment' | 'pause'): Promise<void> {
    for (let need: Need = first; need !== 'nothing'; need = this.#goOn()) {
      if (need === 'segment') {
        this.#number += 1;
        this.#cursor = undefined;
        const segment = await this.#source.segment(this.#number);
        // To read one and to open it take long enough for a turn each.
        await this.#breathe();
        this.#cursor = segment.open();
      }
      if (!(await this.#breathe())) return;
    }
  }

  async #breathe(): Promise<boolean> {
    this.#sincePause = 0;
    if (!(await this.#pause())) this.isStopped = true;
    return !this.isStopped;
  }

  /** Lets events happen until the moment is over, or something is needed. */
  #goOn(): Need {
    const { steps } = this;
    for (;;) {
      const cursor = this.#cursor;
      if (cursor === undefined || cursor.nextUs === Number.POSITIVE_INFINITY) {
        const next = this.#source.segments[this.#number + 1];
        return next === undefined || (steps.length > 0 && next.firstUs > this.atUs) ? 'nothing' : 'segment';
      }
      if (steps.length > 0 && cursor.nextUs > this.atUs) return 'nothing';
      if (this.#sincePause >= PAUSE_EVERY) return 'pause';
      this.#sincePause += 1;
      const event = cursor.step();
      if (event !== undefined && noteSteps(event, cursor.state, steps)) this.atUs = event.atUs;
    }
  }
}

/** What has to be waited for. */
type Need = 'nothing' | 'segment' | 'pause';

/** Where a job is put, host by host, in a text that is the same for the same places. */
export function placesText({ hosts }: Pick<ReplayState, 'hosts'>, parts: readonly HeldPart[]): string {
  const [only] = parts;
  if (only === undefined) return '';
  if (parts.length === 1) return placeText(hosts, only);
  return parts
    .map((part) => placeText(hosts, part))
    .sort()
    .join('; ');
}

function placeText(hosts: ReplayState['hosts'], { host, gpus, grant }: HeldPart): string {
  const name = hosts[host]?.name ?? '';
  const own = gpus.length === 0 ? '' : `: GPU ${gpus.join(', ')}`;
  if (grant.length === 0) return `${name}${own}`;
  const slots = grant.map(({ label, start, size }) =>
    start < 0 || label.endsWith(`@${start}`) ? label : `${label} at ${start}+${size}`,
  );
  return `${name}${own} (${slots.join(', ')})`;
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
