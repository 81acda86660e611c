import type { LiveJob } from '../live-job.ts';

/** Who is due what, and what he got, on each GPU model. */
interface Account {
  /** Part of the time that the job is to run on each model, as divided last. */
  shares: Float64Array;
  /** Time that it ran on each model since then, in microseconds, and half a round to begin with. */
  readonly receivedUs: Float64Array;
  /** Time that it was due and did not get in all divisions before, in microseconds. */
  readonly deficitUs: Float64Array;
}

/**
 * Books the time that jobs have on each GPU model, and says how urgent each of them is there: its share over its part of
 * all the time that was had on the model since the last division. Everybody starts with half a round, so that what is
 * divided by is never 0.
 *
 * @see Narayanan et al., OSDI 2020, section 5; stanford-futuredata/gavel, scheduler/scheduler.py (`_update_priorities`)
 */
export class ShareLedger {
  readonly #models: number;
  readonly #headStartUs: number;
  /** By job number. */
  readonly #accounts = new Map<number, Account>();
  readonly #totalUs: Float64Array;
  /** Running jobs that are booked, with the model that they run on and since when. */
  readonly #on = new Map<LiveJob, { readonly model: number; readonly sinceUs: number }>();
  /** When time was divided last; -Infinity: never. */
  dividedUs = Number.NEGATIVE_INFINITY;

  constructor(models: number, roundUs: number) {
    this.#models = models;
    this.#headStartUs = roundUs / 2;
    this.#totalUs = new Float64Array(models);
  }

  /** It runs on a model from now on. */
  began(live: LiveJob, model: number, nowUs: number): void {
    this.#on.set(live, { model, sinceUs: nowUs });
  }

  /** It does not run any more. */
  ended(live: LiveJob, nowUs: number): void {
    const place = this.#on.get(live);
    if (place === undefined) return;
    this.#on.delete(live);
    this.#book(live, place.model, nowUs - place.sinceUs);
  }

  /** Books what running jobs have had up to now. */
  settle(nowUs: number): void {
    for (const [live, { model, sinceUs }] of this.#on) {
      this.#book(live, model, nowUs - sinceUs);
      this.#on.set(live, { model, sinceUs: nowUs });
    }
  }

  #book({ job }: LiveJob, model: number, us: number): void {
    this.#totalUs[model]! += us;
    const account = this.#accounts.get(job.number);
    if (account !== undefined) account.receivedUs[model]! += us;
  }

  /** Whether shares were last given to these jobs and nobody else. */
  isOf(jobs: readonly LiveJob[]): boolean {
    return jobs.length === this.#accounts.size && jobs.every(({ job }) => this.#accounts.has(job.number));
  }

  /**
   * Gives new shares and counts anew what is received.
   *
   * @param shares job by job, and model by model in each
   */
  divide(jobs: readonly LiveJob[], shares: Float64Array, nowUs: number): void {
    const models = this.#models;
    const sinceUs = this.dividedUs === Number.NEGATIVE_INFINITY ? 0 : nowUs - this.dividedUs;
    const before = new Map(this.#accounts);
    this.#accounts.clear();
    jobs.forEach(({ job }, i) => {
      const account = before.get(job.number);
      const deficitUs = account?.deficitUs ?? new Float64Array(models);
      if (account !== undefined) {
        for (let m = 0; m < models; m++) {
          const hadUs = (account.receivedUs[m] as number) - this.#headStartUs;
          deficitUs[m]! += (account.shares[m] as number) * sinceUs - hadUs;
        }
      }
      this.#accounts.set(job.number, {
        shares: shares.slice(i * models, (i + 1) * models),
        receivedUs: new Float64Array(models).fill(this.#headStartUs),
        deficitUs,
      });
    });
    this.#totalUs.fill(jobs.length * this.#headStartUs);
    this.dividedUs = nowUs;
  }

  /** Whether a job has a share of anything or of nothing: one that came after the last division has none yet. */
  has({ job }: LiveJob): boolean {
    return this.#accounts.has(job.number);
  }

  /** How urgent a job is on a model, and by what equals are told apart; of a job that has shares. */
  claimOf(
    { job }: LiveJob,
    model: number,
  ): { readonly priority: number; readonly deficitUs: number; readonly share: number } {
    const account = this.#accounts.get(job.number) as Account;
    const share = account.shares[model] as number;
    const part = (account.receivedUs[model] as number) / (this.#totalUs[model] as number);
    return { priority: share === 0 ? 0 : share / part, deficitUs: account.deficitUs[model] as number, share };
  }
}
