import type { Job } from '../cluster/changes.ts';
import type { Readings } from './metric.ts';
import { TallyWithQuantiles } from './tally-with-quantiles.ts';

const US_PER_SECOND = 1e6;

/**
 * Whether jobs that should end by some time did: of those that arrived after the warm-up. Who fails or is rejected has
 * missed its deadline; who is still there at the end of the run has missed it if it has passed, and counts for neither side
 * if it has not. Memory: the jobs that are in the system and have a deadline.
 */
export class DeadlineBook {
  /** From the deadline to the end of jobs that completed; 0 for those in time. */
  readonly lateness = new TallyWithQuantiles();
  readonly #warmupUs: number;
  /** By number of a job in the system: its deadline. */
  readonly #pending = new Map<number, number>();
  #met = 0;
  #missed = 0;
  #open = 0;

  constructor(warmupUs: number) {
    this.#warmupUs = warmupUs;
  }

  /** Whether any job had one. */
  get isUsed(): boolean {
    return this.#pending.size + this.#met + this.#missed + this.#open > 0;
  }

  arrived({ number, arrivalUs, deadlineUs }: Job): void {
    if (deadlineUs !== undefined && arrivalUs >= this.#warmupUs) this.#pending.set(number, deadlineUs);
  }

  finished(atUs: number, { number }: Job): void {
    const deadlineUs = this.#pending.get(number);
    if (deadlineUs === undefined) return;
    this.#pending.delete(number);
    if (atUs <= deadlineUs) this.#met += 1;
    else this.#missed += 1;
    this.lateness.add(Math.max(0, atUs - deadlineUs) / US_PER_SECOND);
  }

  /** It failed or was rejected. */
  lost({ number }: Job): void {
    if (this.#pending.delete(number)) this.#missed += 1;
  }

  ended(atUs: number): void {
    for (const deadlineUs of this.#pending.values()) {
      if (atUs > deadlineUs) this.#missed += 1;
      else this.#open += 1;
    }
    this.#pending.clear();
  }

  /** Adds what another has seen, as if both had been one; of runs that have ended. */
  merge(other: DeadlineBook): void {
    this.#met += other.#met;
    this.#missed += other.#missed;
    this.#open += other.#open;
    this.lateness.merge(other.lateness);
  }

  /** As `deadline...`; nothing where no job had a deadline. */
  read(into: Readings): void {
    if (!this.isUsed) return;
    const decided = this.#met + this.#missed;
    into.set('deadline.met', { value: decided > 0 ? this.#met / decided : null, unit: 'fraction' });
    into.set('deadline.missed', { value: this.#missed, unit: 'jobs' });
    into.set('deadline.open', { value: this.#open, unit: 'jobs' });
    this.lateness.read(into, 'deadline.lateness');
  }
}
