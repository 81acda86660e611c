import { pow } from '../../kernel/math.ts';
import type { Discipline, DisciplineContext, QueuedJob, QueueingPolicy } from './discipline.ts';
import { gpuMilliOf } from './gpu-milli.ts';
import { Tenants } from './tenants.ts';

/** Half-lives after which the scale is moved up; 2^256 is far from the largest number. */
const LONGEST_SCALE = 256;

/**
 * Use of tenants over time, halved with every half-life that has passed since.
 *
 * All use shrinks at the same rate, so instead of shrinking what was used long ago, what is used later counts for more
 * (forward decay, Cormode et al., ICDE 2009): a GPU-microsecond at time t counts 2^(t / half-life). Between two tenants
 * that is the same comparison, and a tenant who uses nothing needs no update. In terms of the integral of that weight,
 * which is the `scale` here, the use of a tenant is a straight line whose slope is the GPUs that it holds.
 */
class DecayedUse {
  readonly #halfLifeUs: number;
  /** By tenant: where the line starts: all that has been used, less (GPUs x scale at the start) of each job that runs. */
  readonly #base: number[] = [];
  /** By tenant: its slope, thousandths of GPUs that its running jobs hold. */
  readonly #milli: number[] = [];
  #originUs = 0;
  #scaledAtUs = -1;
  #scale = 0;

  constructor(halfLifeUs: number) {
    this.#halfLifeUs = halfLifeUs;
  }

  /** A tenant's use up to now, in GPU-time of a unit that is the same for all tenants at one time. */
  of(tenant: number, nowUs: number): number {
    const scale = this.#scaleAt(nowUs);
    return (this.#base[tenant] ?? 0) + (this.#milli[tenant] ?? 0) * scale;
  }

  /** A tenant holds that much more from now on, or less. */
  change(tenant: number, milli: number, nowUs: number): void {
    const scale = this.#scaleAt(nowUs);
    this.#base[tenant] = (this.#base[tenant] ?? 0) - milli * scale;
    this.#milli[tenant] = (this.#milli[tenant] ?? 0) + milli;
  }

  /** Integral of the weight of use up to an instant, but for a constant factor: its differences are what was used. */
  #scaleAt(nowUs: number): number {
    if (nowUs === this.#scaledAtUs) return this.#scale;
    const halfLife = this.#halfLifeUs;
    if (halfLife === Number.POSITIVE_INFINITY) return nowUs;
    const ahead = Math.floor((nowUs - this.#originUs) / halfLife);
    if (ahead > LONGEST_SCALE) {
      // A power of two changes no digit.
      const shrink = pow(2, -ahead);
      for (let t = 0; t < this.#base.length; t++) this.#base[t] = (this.#base[t] ?? 0) * shrink;
      this.#originUs += ahead * halfLife;
    }
    this.#scaledAtUs = nowUs;
    this.#scale = pow(2, (nowUs - this.#originUs) / halfLife);
    return this.#scale;
  }
}

class FairShare implements Discipline {
  readonly #tenants: Tenants;
  readonly #use: DecayedUse;

  constructor({ config }: DisciplineContext) {
    this.#tenants = new Tenants(config.weights);
    this.#use = new DecayedUse(config.halfLifeUs);
  }

  rank(): number {
    return 0;
  }

  laneOf(job: QueuedJob): number {
    return this.#tenants.numberOf(job);
  }

  laneRank(lane: number, nowUs: number): number {
    return this.#use.of(lane, nowUs) / (this.#tenants.weights[lane] as number);
  }

  started(job: QueuedJob, nowUs: number): void {
    this.#use.change(this.laneOf(job), gpuMilliOf(job), nowUs);
  }

  stopped(job: QueuedJob, nowUs: number): void {
    this.#use.change(this.laneOf(job), -gpuMilliOf(job), nowUs);
  }
}

/**
 * The tenant that has used the least GPU-time for its weight goes first; a tenant's own jobs in order of arrival. Past
 * use counts half as much after every half-life; the jobs that run count up to now. Use changes with every microsecond,
 * but the queue is looked at only when something else happens or at its rounds, as real schedulers do.
 */
export const fairShare: QueueingPolicy = {
  name: 'fair-share',
  summary: 'the tenant with the least past GPU-time for its weight first; past use fades',
  source:
    'Jackson et al., Core algorithms of the Maui scheduler, JSSPP 2001; Slurm, Classic Fairshare Algorithm',
  promises: {
    starvationFree: 'yes',
    preempts: false,
    words:
      'with a finite number of tenants, weights above 0 and no fill past the head: while a tenant waits, the others use ' +
      'more and it comes to be first',
  },
  fill: 'block',
  create: (context) => new FairShare(context),
};
