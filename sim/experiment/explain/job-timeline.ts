import type { ClusterObserver, Job } from '../../cluster/changes.ts';
import type { FleetView } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { Micros } from '../../kernel/time.ts';
import type { WaitBooks } from '../../policies/queueing/waiting-line.ts';
import { reasonText } from '../reason-text.ts';

const US_PER_SECOND = 1e6;

/** Where one worker of a job is. */
interface Place {
  readonly host: string;
  /** GPU indices within the host, ascending. */
  readonly gpus: readonly number[];
}

/** One thing that happened to a job, or one span of waiting for one reason. */
export interface Step {
  readonly kind:
    | 'arrived'
    | 'waited'
    | 'rejected'
    | 'placed'
    | 'ready'
    | 'moved'
    | 'stopped'
    | 'failed'
    | 'finished'
    | 'ended';
  readonly atSec: number;
  /** Of a span of waiting: its end. */
  readonly untilSec?: number;
  readonly reason?: string;
  /** What happened and why, in a sentence. */
  readonly text: string;
  /** Of a span of waiting: part of the GPUs that would do that was free meanwhile. */
  readonly freeShare?: number;
  readonly places?: readonly Place[];
}

/** Who stopped a job so that it could start: what is said of it. */
type Describe = (name: string) => string;

/** Follows one job: the first that arrives under a name. */
export class JobTimeline implements ClusterObserver {
  readonly steps: Step[] = [];
  /** Undefined until it has arrived. */
  job: Job | undefined;
  /** Jobs that arrived under the name. */
  namesakes = 0;
  readonly #name: string;
  readonly #fleet: FleetView;
  readonly #books: Pick<WaitBooks, 'freeUs'> | undefined;
  readonly #describe: Describe;
  #open: { readonly reason: string; readonly fromUs: number; readonly freeUs: number } | undefined;
  #state: 'waiting' | 'running' | 'gone' = 'waiting';

  constructor(
    name: string,
    fleet: FleetView,
    books: Pick<WaitBooks, 'freeUs'> | undefined,
    describe: Describe = (other) => other,
  ) {
    this.#name = name;
    this.#fleet = fleet;
    this.#books = books;
    this.#describe = describe;
  }

  /** When its first wait that lasted began; undefined where it never waited. In seconds. */
  get firstWaitSec(): number | undefined {
    return this.steps.find(({ kind }) => kind === 'waited' || kind === 'rejected')?.atSec;
  }

  /**
   * When it runs as seen from a time on: since when, if it runs then; else when it starts next.
   *
   * @returns seconds; undefined where it does not start any more
   */
  startFrom(atSec: number): number | undefined {
    let since: number | undefined;
    for (const { kind, atSec: sec } of this.steps) {
      if (kind === 'placed') {
        if (sec > atSec) return since ?? sec;
        since = sec;
      } else if (kind === 'stopped' || kind === 'failed') {
        if (sec <= atSec) since = undefined;
      } else if (kind === 'finished' && sec <= atSec) return since;
    }
    return since;
  }

  arrived(atUs: Micros, job: Job): void {
    if (job.name !== this.#name) return;
    this.namesakes += 1;
    if (this.job !== undefined) return;
    this.job = job;
    this.#add({ kind: 'arrived', atSec: atUs / US_PER_SECOND, text: 'arrived' });
  }

  waits(atUs: Micros, job: Job, reason: string): void {
    if (job !== this.job) return;
    this.#close(atUs);
    this.#open = { reason, fromUs: atUs, freeUs: this.#books?.freeUs(job, atUs) ?? 0 };
  }

  placed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    if (job !== this.job) return;
    this.#close(atUs);
    const isAgain = this.steps.some(({ kind }) => kind === 'placed');
    this.#state = 'running';
    this.#at(atUs, 'placed', `${isAgain ? 'placed again' : 'placed'} on ${this.#where(parts)}`, parts);
  }

  ready(atUs: Micros, job: Job): void {
    if (job === this.job) this.#at(atUs, 'ready', 'its start is over: it works from now on');
  }

  moved(atUs: Micros, job: Job, parts: readonly Part[]): void {
    if (job === this.job) this.#at(atUs, 'moved', `moves to ${this.#where(parts)}`, parts);
  }

  preempted(atUs: Micros, job: Job, _parts: readonly Part[], reason: string, lostUs: number): void {
    if (job !== this.job) return;
    this.#state = 'waiting';
    const lost = lostUs > 0 ? `, losing ${hoursText(lostUs)} of work` : '';
    this.#add({
      kind: 'stopped',
      atSec: atUs / US_PER_SECOND,
      reason,
      text: `${stopText(reason, this.#describe)}${lost}; it waits again`,
    });
  }

  failed(atUs: Micros, job: Job, _parts: readonly Part[], reason: string): void {
    if (job !== this.job) return;
    this.#state = 'gone';
    this.#add({
      kind: 'failed',
      atSec: atUs / US_PER_SECOND,
      reason,
      text: `ended before its work was done: ${reason.replaceAll('-', ' ')}`,
    });
  }

  finished(atUs: Micros, job: Job): void {
    if (job !== this.job) return;
    this.#state = 'gone';
    this.#at(atUs, 'finished', 'finished');
  }

  rejected(atUs: Micros, job: Job, reason: string): void {
    if (job !== this.job) return;
    this.#close(atUs);
    this.#state = 'gone';
    this.#add({
      kind: 'rejected',
      atSec: atUs / US_PER_SECOND,
      reason,
      text: `rejected: ${reasonText(reason)}`,
    });
  }

  ended(atUs: Micros): void {
    if (this.job === undefined || this.#state === 'gone') return;
    const waits = this.#open !== undefined;
    this.#close(atUs);
    this.#at(atUs, 'ended', waits ? 'the run ended: it still waited' : 'the run ended: it still ran');
  }

  #close(atUs: number): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined || this.job === undefined || atUs <= open.fromUs) return;
    const freeUs = (this.#books?.freeUs(this.job, atUs) ?? 0) - open.freeUs;
    this.#add({
      kind: 'waited',
      atSec: open.fromUs / US_PER_SECOND,
      untilSec: atUs / US_PER_SECOND,
      reason: open.reason,
      text: reasonText(open.reason),
      freeShare: Math.min(1, Math.max(0, freeUs / (atUs - open.fromUs))),
    });
  }

  #at(atUs: number, kind: Step['kind'], text: string, parts?: readonly Part[]): void {
    const places = parts?.map(({ host, gpus }) => ({ host: this.#fleet.hostNames[host] as string, gpus }));
    this.#add({ kind, atSec: atUs / US_PER_SECOND, text, ...(places === undefined ? {} : { places }) });
  }

  #add(step: Step): void {
    this.steps.push(step);
  }

  #where(parts: readonly Part[]): string {
    return placesText(this.#fleet, parts);
  }
}

/** `node-0003 (GPUs 0, 1)`; several workers joined by `and`. */
export function placesText(fleet: FleetView, parts: readonly Part[]): string {
  const words = parts.map(({ host, gpus }) => {
    const name = fleet.hostNames[host] as string;
    return gpus.length === 0 ? name : `${name} (GPU${gpus.length > 1 ? 's' : ''} ${gpus.join(', ')})`;
  });
  return words.length > 4
    ? `${words.slice(0, 3).join(', ')} and ${words.length - 3} more places`
    : words.join(' and ');
}

const STOP_TEXT: Readonly<Record<string, string>> = {
  preempted: 'stopped: others come first in the order of the queue',
  moved: 'stopped to go on elsewhere',
  'scale-in': 'stopped: its host leaves the fleet',
  repartition: 'stopped: its GPU is cut anew',
  'fault:maintenance': 'stopped for maintenance',
  'fault:spot': 'stopped: its host was taken back by the cloud',
};

export function stopText(reason: string, describe: Describe = (name) => name): string {
  const [kind, name] = split(reason);
  if (kind === 'preempted-for') return `stopped to make room for ${describe(name)}`;
  const known = STOP_TEXT[reason];
  if (known !== undefined) return known;
  return kind === 'fault' ? `stopped by a fault (${name})` : `stopped: ${reason.replaceAll('-', ' ')}`;
}

function split(reason: string): readonly [string, string] {
  const colon = reason.indexOf(':');
  return colon < 0 ? [reason, ''] : [reason.slice(0, colon), reason.slice(colon + 1)];
}

function hoursText(us: number): string {
  const hours = us / 3.6e9;
  return `${Number(hours.toPrecision(2))} h`;
}
