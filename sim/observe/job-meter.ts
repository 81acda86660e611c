import type { ClusterObserver, Job } from '../cluster/changes.ts';
import { QuantileSketch } from '../kernel/stats/quantile-sketch.ts';
import { Tally } from '../kernel/stats/tally.ts';
import type { Micros } from '../kernel/time.ts';
import type { Readings } from './metric.ts';

const US_PER_SECOND = 1e6;
const QUANTILES = [0.5, 0.95, 0.99] as const;

/** Jobs held back for one reason. */
export interface HeldBack {
  jobs: number;
  /** Time that jobs waited while this reason held the head of the queue, the jobs behind it included. */
  jobSeconds: number;
}

/** How many jobs ended in which state and why, how long they waited for their start, and how long until they had finished. */
export class JobMeter implements ClusterObserver {
  /** By binding constraint. */
  readonly rejectedFor = new Map<string, number>();
  readonly waitedFor = new Map<string, HeldBack>();
  readonly #warmupUs: Micros;
  #arrived = 0;
  #placed = 0;
  #completed = 0;
  #rejected = 0;
  readonly #wait = new TallyWithQuantiles();
  readonly #completion = new TallyWithQuantiles();
  #headReason = '';
  #heldSinceUs = 0;

  /** @param warmupUs times of jobs that arrived before are left out; counts are of the whole run */
  constructor(warmupUs: Micros) {
    this.#warmupUs = warmupUs;
  }

  arrived(atUs: Micros): void {
    this.#holdUntil(atUs);
    this.#arrived += 1;
  }

  placed(atUs: Micros, job: Job): void {
    this.#holdUntil(atUs);
    this.#placed += 1;
    if (this.#waiting() === 0) this.#headReason = '';
    if (job.arrivalUs >= this.#warmupUs) this.#wait.add((atUs - job.arrivalUs) / US_PER_SECOND);
  }

  finished(_atUs: Micros, job: Job): void {
    this.#completed += 1;
    if (job.arrivalUs >= this.#warmupUs) this.#completion.add((_atUs - job.arrivalUs) / US_PER_SECOND);
  }

  rejected(atUs: Micros, _job: Job, reason: string): void {
    this.#holdUntil(atUs);
    this.#rejected += 1;
    this.rejectedFor.set(reason, (this.rejectedFor.get(reason) ?? 0) + 1);
  }

  blocked(atUs: Micros, _job: Job, reason: string): void {
    this.#holdUntil(atUs);
    this.#headReason = reason;
    const held = this.waitedFor.get(reason) ?? { jobs: 0, jobSeconds: 0 };
    held.jobs += 1;
    this.waitedFor.set(reason, held);
  }

  ended(atUs: Micros): void {
    this.#holdUntil(atUs);
  }

  /** Counts, and with `overTime` also waiting and completion times. */
  read(into: Readings, overTime: boolean): void {
    const count = (name: string, value: number) => into.set(name, { value, unit: 'jobs' });
    count('jobs.arrived', this.#arrived);
    count('jobs.placed', this.#placed);
    count('jobs.rejected', this.#rejected);
    for (const [reason, jobs] of [...this.rejectedFor].sort()) count(`jobs.rejected.${reason}`, jobs);
    if (!overTime) return;
    count('jobs.completed', this.#completed);
    count('jobs.running', this.#placed - this.#completed);
    count('jobs.waiting', this.#waiting());
    this.#wait.read(into, 'wait');
    this.#completion.read(into, 'completion');
  }

  #waiting(): number {
    return this.#arrived - this.#placed - this.#rejected;
  }

  /** Books the time since the last change to the reason that held the head of the queue. */
  #holdUntil(atUs: Micros): void {
    const held = this.#headReason === '' ? undefined : this.waitedFor.get(this.#headReason);
    if (held !== undefined) held.jobSeconds += (this.#waiting() * (atUs - this.#heldSinceUs)) / US_PER_SECOND;
    this.#heldSinceUs = atUs;
  }
}

/** Mean, extremes and quantiles of a time, in seconds. */
class TallyWithQuantiles {
  readonly #tally = new Tally();
  readonly #sketch = new QuantileSketch();

  add(seconds: number): void {
    this.#tally.add(seconds);
    this.#sketch.add(seconds);
  }

  read(into: Readings, name: string): void {
    const isEmpty = this.#tally.count === 0;
    const set = (suffix: string, value: number) =>
      into.set(`${name}.${suffix}`, { value: isEmpty ? null : value, unit: 'seconds' });
    set('mean', this.#tally.mean);
    for (const p of QUANTILES) set(`p${Math.round(p * 100)}`, isEmpty ? 0 : this.#sketch.quantile(p));
    set('max', this.#tally.max);
  }
}
