import type { Job } from '../../cluster/changes.ts';
import { capacityMask } from '../../cluster/fit.ts';
import type { Fleet } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { SeatBook, SeatRefusal } from '../../cluster/seat-book.ts';
import { giveBack } from '../parts.ts';
import type { LicenceDesk } from './desk.ts';
import { freeFrom, type StayOfSeats } from './later.ts';
import type { LicenceNeeds, Need } from './needs.ts';
import { type Seat, SeatsAside } from './seats.ts';
import type { LicencePoolSetup } from './setup.ts';

/** Licences that some room would take and that cannot be had: how many of which pool. */
interface Lack {
  readonly pool: number;
  /** They do not hold there. */
  readonly isOutside: boolean;
  readonly count: number;
}

type Parts = readonly Part[];
type LaterRoom = Parameters<SeatBook['freeFrom']>[0];

/**
 * Keeps those out who must not start without a licence, also from plans of who stops for whom and who starts later. Who
 * runs is never stopped because there are too few, except for others who are to have its licence.
 */
export class LicenceAdmission implements SeatBook {
  refusal: SeatRefusal | undefined = undefined;
  readonly isNeeded: boolean;
  readonly #fleet: Fleet;
  readonly #pools: readonly LicencePoolSetup[];
  readonly #needs: LicenceNeeds;
  readonly #desk: LicenceDesk;
  readonly #aside: SeatsAside;
  /** By demand: why it was refused, and how much had changed by then. */
  readonly #refused = new Map<
    string,
    { readonly changes: number; readonly refusal: SeatRefusal; readonly pools: readonly number[] }
  >();
  /** By parts: the licences that they take without which nobody may start. */
  readonly #needed = new WeakMap<Parts, readonly Need[]>();
  /** By parts that were tried: what is counted for them. */
  readonly #tried = new WeakMap<Parts, ReturnType<SeatsAside['try']>>();

  constructor(fleet: Fleet, pools: readonly LicencePoolSetup[], needs: LicenceNeeds, desk: LicenceDesk) {
    this.#fleet = fleet;
    this.#pools = pools;
    this.#needs = needs;
    this.#desk = desk;
    this.#aside = new SeatsAside(desk);
    this.isNeeded = pools.some(({ whenNone }) => whenNone !== 'degrade');
  }

  /** A job sits on these parts from now on. */
  seated(job: number, parts: Parts, seats: readonly Seat[]): void {
    const tried = this.#tried.get(parts);
    if (tried !== undefined) this.#aside.untry(tried);
    this.#aside.seated(job, parts, this.#strict(seats));
  }

  /** A job has left its cards. */
  left(job: number): void {
    this.#aside.left(job);
  }

  /**
   * Takes room on which the job can have all licences that it must have to start. Where the room it is offered is not of
   * that kind, it looks at what is left without the GPUs for which it would lack the same licence.
   */
  reserve(job: Job, take: () => Parts | undefined): Parts | undefined {
    this.refusal = undefined;
    const own = this.#aside.of(job.number);
    // It moves while it runs, and keeps what it has.
    if (own !== undefined && !own.isOff) return take();
    const demand = `${job.demand} ${job.shape.id}`;
    const known = own === undefined ? this.#refused.get(demand) : undefined;
    if (known?.changes === this.#changes) {
      this.refusal = known.refusal;
      for (const pool of known.pools) this.#desk.awaited(pool);
      return undefined;
    }
    const closed: number[] = [];
    const lacked: Lack[] = [];
    const { gains } = this.#fleet;
    let parts = take();
    while (parts !== undefined) {
      const lacking = this.#lacking(parts, own?.seats);
      if (lacking === undefined) break;
      giveBack(this.#fleet, parts);
      lacked.push(lacking);
      const before = closed.length;
      this.#close(job, lacking, closed);
      parts = closed.length === before ? undefined : take();
    }
    for (const gpu of closed) this.#fleet.setGpuClosed(gpu, false, 'licence');
    this.#fleet.gains = gains;
    if (parts !== undefined) {
      const needs = this.#strict(this.#needs.of(parts));
      if (needs.length > 0) this.#tried.set(parts, this.#aside.try(job.number, needs));
    } else if (lacked.length > 0) {
      const refusal = this.#refusalOf(job, lacked);
      this.refusal = refusal;
      const pools =
        refusal.way === 'reject' ? [] : lacked.filter((each) => !each.isOutside).map(({ pool }) => pool);
      for (const pool of pools) this.#desk.awaited(pool);
      if (own === undefined) this.#refused.set(demand, { changes: this.#changes, refusal, pools });
    }
    return parts;
  }

  /** Grows with whatever may matter to who gets room and a licence. */
  get #changes(): number {
    return this.#fleet.changeCount + this.#desk.changes + this.#aside.changes;
  }

  mayTakeBack(parts: Parts): boolean {
    if (!this.#aside.isSeated(parts)) {
      const needs = this.#strict(this.#needs.of(parts));
      if (this.#lackingOf(needs, undefined) !== undefined) return false;
      if (needs.length > 0 && !this.#tried.has(parts)) {
        const held = this.#aside.try(-1, needs);
        this.#aside.untry(held);
        this.#tried.set(parts, held);
      }
      return true;
    }
    // Who has lost its licence goes on without.
    const had = this.#aside.seatsOf(parts).filter(({ client }) => client?.isLicensed === true);
    return this.#lackingOf(had, had) === undefined;
  }

  taken(parts: Parts): void {
    if (this.#aside.isSeated(parts)) this.#aside.putBack(parts);
    else {
      const tried = this.#tried.get(parts);
      if (tried !== undefined) this.#aside.retry(tried);
    }
  }

  givenBack(parts: Parts): void {
    if (this.#aside.isSeated(parts)) this.#aside.takeOff(parts);
    else {
      const tried = this.#tried.get(parts);
      if (tried !== undefined) this.#aside.untry(tried);
    }
  }

  freeFrom(
    { parts, startUs, spanUs }: LaterRoom,
    endsUs: ReadonlyMap<Parts, number>,
    kept: readonly LaterRoom[],
  ): number {
    const needs = this.#neededOf(parts);
    if (needs.length === 0) return startUs;
    if (needs.some(({ isOutside }) => isOutside)) return Number.POSITIVE_INFINITY;
    const stays: StayOfSeats[] = [];
    for (const [own, { seats }] of this.#aside.all()) {
      stays.push({ seats, fromUs: 0, toUs: endsUs.get(own) ?? Number.POSITIVE_INFINITY });
    }
    const running = stays.length;
    for (const each of kept) {
      const seats = this.#neededOf(each.parts);
      stays.push({ seats, fromUs: each.startUs, toUs: each.startUs + each.spanUs });
    }
    const now = stays.slice(0, running);
    return freeFrom(
      needs,
      startUs,
      spanUs,
      stays,
      (pool) => this.#desk.spare(pool) + countOf(pool, now),
      (pool) => {
        // What is out and not heard of is so later as well.
        const gone = this.#desk.present(pool) - this.#desk.spare(pool) - countOf(pool, now);
        return this.#desk.later(pool).map(({ atUs, entitled }) => ({ atUs, entitled: entitled - gone }));
      },
    );
  }

  #neededOf(parts: Parts): readonly Need[] {
    const known = this.#needed.get(parts) ?? this.#strict(this.#needs.of(parts));
    this.#needed.set(parts, known);
    return known;
  }

  /** Those without which nobody may start. */
  #strict<N extends Need>(needs: readonly N[]): readonly N[] {
    return needs.filter(({ pool }) => this.#pools[pool]?.whenNone !== 'degrade');
  }

  /** The first pool that has too few licences for the room, and how many of it are needed. */
  #lacking(parts: Parts, own: readonly Seat[] | undefined): Lack | undefined {
    return this.#lackingOf(this.#strict(this.#needs.of(parts)), own);
  }

  /** @param own what the job had that ran until this moment */
  #lackingOf(needs: readonly Need[], own: readonly Seat[] | undefined): Lack | undefined {
    const outside = needs.find(({ isOutside }) => isOutside);
    if (outside !== undefined) return { pool: outside.pool, isOutside: true, count: 1 };
    if (own !== undefined && !this.#desk.isUp) {
      // It could give its licence for one GPU back, and would not get another.
      const other = needs.find(
        ({ pool, gpu }) =>
          gpu >= 0 &&
          !this.#aside.hasLicence(pool, gpu) &&
          !own.some((seat) => seat.pool === pool && seat.gpu === gpu),
      );
      if (other !== undefined) return { pool: other.pool, isOutside: false, count: 1 };
    }
    for (const [pool, count] of this.#aside.more(needs)) {
      const mine = own?.filter((seat) => seat.pool === pool) ?? [];
      // A machine that had no licence does not need one to go on.
      const without = mine.filter(({ gpu, client }) => gpu < 0 && client?.isLicensed !== true).length;
      if (count - without > this.#aside.free(pool, mine.length > 0)) return { pool, isOutside: false, count };
    }
    return undefined;
  }

  /** Who can wait for one kind of room waits; where licences are too few for ever, it is as if the room were not there. */
  #refusalOf(job: Job, lacked: readonly Lack[]): SeatRefusal {
    const setupOf = ({ pool }: Lack) => this.#pools[pool] as LicencePoolSetup;
    const forNow = lacked.filter((each) => !each.isOutside && each.count <= this.#desk.most(each.pool));
    if (forNow.length > 0) {
      const mayWait = forNow.some((each) => setupOf(each).whenNone === 'wait');
      return mayWait ? { way: 'wait' } : { way: 'reject', reason: 'licence' };
    }
    const most = Math.max(...lacked.map(({ count }) => count));
    return job.shapes.every((shape) => this.#mayEver(shape, most))
      ? { way: 'wait' }
      : { way: 'reject', reason: 'never-fits:licence' };
  }

  /** Whether there is a GPU that takes the shape without others and needs no licence for it, or one of which there are so many. */
  #mayEver(shape: TaskShape, count: number): boolean {
    const fleet = this.#fleet;
    for (let host = 0; host < fleet.hostCount; host++) {
      if (capacityMask(fleet, host, shape) !== 0) continue;
      for (let gpu = fleet.gpuStart[host] as number; gpu < (fleet.gpuStart[host + 1] as number); gpu++) {
        const need = this.#needs.on(gpu, host, shape);
        if (need === null) return true;
        if (need === undefined) continue;
        const { whenNone } = this.#pools[need.pool] as LicencePoolSetup;
        if (whenNone === 'degrade' || (!need.isOutside && this.#desk.most(need.pool) >= count)) return true;
      }
    }
    return false;
  }

  /** Closes the GPUs on which the job would lack the same licence. */
  #close({ shapes }: Job, { pool, isOutside }: Lack, closed: number[]): void {
    const fleet = this.#fleet;
    for (let host = 0; host < fleet.hostCount; host++) {
      for (let gpu = fleet.gpuStart[host] as number; gpu < (fleet.gpuStart[host + 1] as number); gpu++) {
        if (fleet.gpuClosedFor[gpu] !== 0) continue;
        const lacks = shapes.some((shape) => {
          const need = this.#needs.on(gpu, host, shape);
          if (need == null || need.pool !== pool || need.isOutside !== isOutside) return false;
          return need.gpu < 0 || !this.#aside.hasLicence(pool, need.gpu);
        });
        if (!lacks) continue;
        fleet.setGpuClosed(gpu, true, 'licence');
        closed.push(gpu);
      }
    }
  }
}

/** Licences of a pool that stays come to, those of a GPU once. */
function countOf(pool: number, stays: readonly StayOfSeats[]): number {
  let count = 0;
  const gpus = new Set<number>();
  for (const { seats } of stays) {
    for (const seat of seats) {
      if (seat.pool !== pool || seat.isOutside) continue;
      if (seat.gpu < 0) count += 1;
      else gpus.add(seat.gpu);
    }
  }
  return count + gpus.size;
}
