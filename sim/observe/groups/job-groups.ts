import type { ClusterObserver, Job } from '../../cluster/changes.ts';
import type { Claim } from '../../cluster/claim.ts';
import type { FleetView } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import { GPU_MILLI } from '../../cluster/request.ts';
import type { Micros } from '../../kernel/time.ts';
import { DeadlineBook } from '../deadline-book.ts';
import { TallyWithQuantiles } from '../tally-with-quantiles.ts';

const US_PER_SECOND = 1e6;
/** Claims beyond this many have no quantiles: a sketch takes some kilobytes. */
const MOST_WITH_QUANTILES = 500;

/** What the jobs of one claim did. Times are of jobs that arrived after the warm-up; counts of all. */
export class JobBook {
  arrived = 0;
  placed = 0;
  completed = 0;
  rejected = 0;
  failed = 0;
  preemptions = 0;
  /** Thousandths of GPUs times microseconds held after the warm-up. */
  gpuMilliUs = 0;
  readonly wait = new TallyWithQuantiles();
  readonly completion = new TallyWithQuantiles();
  /** From arrival to end over the work. */
  readonly slowdown = new TallyWithQuantiles();
  /** Absent where none of its jobs has a deadline. */
  deadlines: DeadlineBook | undefined;
  heldMilli = 0;
  sinceUs = 0;
  /** Whether any of its jobs asks for GPUs. */
  asksForGpus = false;
  /** Who its jobs belong to; absent in sums. */
  readonly tenant: TenantShare | undefined;

  constructor(tenant?: TenantShare) {
    this.tenant = tenant;
  }

  settle(atUs: number): void {
    this.gpuMilliUs += this.heldMilli * (atUs - this.sinceUs);
    this.sinceUs = atUs;
  }

  /** Adds what another has seen, as if both had been one. */
  merge(other: JobBook): void {
    this.arrived += other.arrived;
    this.placed += other.placed;
    this.completed += other.completed;
    this.rejected += other.rejected;
    this.failed += other.failed;
    this.preemptions += other.preemptions;
    this.gpuMilliUs += other.gpuMilliUs;
    this.asksForGpus ||= other.asksForGpus;
    this.wait.merge(other.wait);
    this.completion.merge(other.completion);
    this.slowdown.merge(other.slowdown);
    if (other.deadlines === undefined) return;
    this.deadlines ??= new DeadlineBook(0);
    this.deadlines.merge(other.deadlines);
  }
}

/** What one tenant holds now, and the integrals of its shares of the fleet. */
export class TenantShare {
  gpuMilli = 0;
  cpuMilli = 0;
  memoryMib = 0;
  /** Integrals over microseconds of the parts of the fleet that it holds: GPUs, CPU, memory, and the greatest of the three. */
  gpuUs = 0;
  cpuUs = 0;
  memoryUs = 0;
  dominantUs = 0;
  sinceUs = 0;
}

/**
 * What jobs go through and hold, by claim: tenant, class and pool. A job holds from its start to its end; while it moves,
 * its first place counts, and the time in which a place is cleared after its job is nobody's. O(1) a change; memory grows
 * with the claims. Books of tenants, classes and pools are put together from those of claims at the end.
 */
export class JobGroups implements ClusterObserver {
  readonly books = new Map<Claim, JobBook>();
  readonly tenants = new Map<string, TenantShare>();
  readonly #warmupUs: number;
  readonly #capacity: { readonly gpu: number; readonly cpu: number; readonly memory: number };
  readonly #waitingAgain = new Set<number>();
  readonly #movingTo = new Map<number, readonly Part[]>();
  #lastClaim: Claim | undefined;
  #lastBook: JobBook | undefined;
  #isWarm = false;
  #hasQuantiles = true;

  constructor(fleet: FleetView, warmupUs: number) {
    this.#warmupUs = warmupUs;
    this.#capacity = {
      gpu: 1 / Math.max(1, fleet.gpuCount * GPU_MILLI),
      cpu: 1 / Math.max(1, fleet.cpuTotalMilli),
      memory: 1 / Math.max(1, fleet.memoryTotalMib),
    };
  }

  arrived(_atUs: Micros, job: Job): void {
    const { claim, shape, deadlineUs } = job;
    const book = this.#bookOf(claim);
    book.arrived += 1;
    if (shape.gpuCount > 0) book.asksForGpus = true;
    if (deadlineUs !== undefined) this.#deadlinesOf(book).arrived(job);
  }

  placed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    const book = this.#bookOf(job.claim);
    this.#hold(atUs, job, book, parts, 1);
    if (this.#waitingAgain.size > 0 && this.#waitingAgain.delete(job.number)) return;
    book.placed += 1;
    if (job.arrivalUs >= this.#warmupUs) book.wait.add((atUs - job.arrivalUs) / US_PER_SECOND);
  }

  finished(atUs: Micros, job: Job, parts: readonly Part[]): void {
    const book = this.#bookOf(job.claim);
    this.#hold(atUs, job, book, parts, -1);
    book.completed += 1;
    book.deadlines?.finished(atUs, job);
    if (job.arrivalUs < this.#warmupUs) return;
    const spanUs = atUs - job.arrivalUs;
    book.completion.add(spanUs / US_PER_SECOND);
    if (job.kind === 'batch' && job.durationUs > 0 && job.durationUs !== Number.POSITIVE_INFINITY)
      book.slowdown.add(spanUs / job.durationUs);
  }

  failed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    const book = this.#bookOf(job.claim);
    this.#hold(atUs, job, book, parts, -1);
    book.failed += 1;
    book.deadlines?.lost(job);
  }

  preempted(atUs: Micros, job: Job, parts: readonly Part[], reason: string): void {
    const book = this.#bookOf(job.claim);
    this.#hold(atUs, job, book, parts, -1);
    this.#waitingAgain.add(job.number);
    if (!reason.startsWith('fault:')) book.preemptions += 1;
  }

  rejected(_atUs: Micros, job: Job): void {
    const book = this.#bookOf(job.claim);
    book.rejected += 1;
    book.deadlines?.lost(job);
  }

  moved(_atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#movingTo.set(job.number, parts);
  }

  freed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    const to = this.#movingTo.get(job.number);
    if (to === undefined) return;
    const book = this.#bookOf(job.claim);
    this.#hold(atUs, job, book, parts, -1);
    this.#hold(atUs, job, book, to, 1);
  }

  ended(atUs: Micros): void {
    if (!this.#isWarm) this.#warmUp(atUs);
    for (const book of this.books.values()) {
      book.settle(atUs);
      book.deadlines?.ended(atUs);
    }
    for (const tenant of this.tenants.values()) this.#settleTenant(tenant, atUs);
  }

  #hold(atUs: number, job: Job, book: JobBook, parts: readonly Part[], sign: 1 | -1): void {
    if (!this.#isWarm) this.#warmUp(atUs);
    if (sign < 0 && this.#movingTo.size > 0) this.#movingTo.delete(job.number);
    let gpu = 0;
    let cpu = 0;
    let memory = 0;
    for (let i = 0; i < parts.length; i++) {
      const { shape, grant, gpus } = parts[i] as Part;
      if (grant.length === 0) gpu += shape.gpuMilli * gpus.length;
      else for (const slot of grant) gpu += slot.milli;
      cpu += shape.cpuMilli;
      memory += shape.memoryMib;
    }
    book.settle(atUs);
    book.heldMilli += sign * gpu;
    const tenant = book.tenant as TenantShare;
    this.#settleTenant(tenant, atUs);
    tenant.gpuMilli += sign * gpu;
    tenant.cpuMilli += sign * cpu;
    tenant.memoryMib += sign * memory;
  }

  #settleTenant(tenant: TenantShare, atUs: number): void {
    const heldUs = atUs - tenant.sinceUs;
    if (heldUs === 0) return;
    tenant.sinceUs = atUs;
    const gpu = tenant.gpuMilli * this.#capacity.gpu;
    const cpu = tenant.cpuMilli * this.#capacity.cpu;
    const memory = tenant.memoryMib * this.#capacity.memory;
    tenant.gpuUs += gpu * heldUs;
    tenant.cpuUs += cpu * heldUs;
    tenant.memoryUs += memory * heldUs;
    tenant.dominantUs += Math.max(gpu, cpu, memory) * heldUs;
  }

  #bookOf(claim: Claim): JobBook {
    if (claim === this.#lastClaim) return this.#lastBook as JobBook;
    let book = this.books.get(claim);
    if (book === undefined) {
      let tenant = this.tenants.get(claim.tenant);
      if (tenant === undefined) {
        tenant = new TenantShare();
        if (this.#isWarm) tenant.sinceUs = this.#warmupUs;
        this.tenants.set(claim.tenant, tenant);
      }
      book = new JobBook(tenant);
      if (this.#isWarm) book.sinceUs = this.#warmupUs;
      this.books.set(claim, book);
      if (this.books.size > MOST_WITH_QUANTILES) this.#forgetQuantiles(book);
    }
    this.#lastClaim = claim;
    this.#lastBook = book;
    return book;
  }

  #deadlinesOf(book: JobBook): DeadlineBook {
    if (book.deadlines === undefined) {
      book.deadlines = new DeadlineBook(this.#warmupUs);
      if (!this.#hasQuantiles) book.deadlines.lateness.forgetQuantiles();
    }
    return book.deadlines;
  }

  #forgetQuantiles(newest: JobBook): void {
    const books = this.#hasQuantiles ? this.books.values() : [newest];
    this.#hasQuantiles = false;
    for (const book of books) {
      for (const times of [book.wait, book.completion, book.slowdown]) times.forgetQuantiles();
      book.deadlines?.lateness.forgetQuantiles();
    }
  }

  #warmUp(atUs: number): void {
    if (atUs < this.#warmupUs) return;
    this.#isWarm = true;
    for (const book of this.books.values()) {
      book.gpuMilliUs = 0;
      book.sinceUs = this.#warmupUs;
    }
    for (const tenant of this.tenants.values()) {
      Object.assign(tenant, {
        gpuUs: 0,
        cpuUs: 0,
        memoryUs: 0,
        dominantUs: 0,
        sinceUs: this.#warmupUs,
      });
    }
  }
}
