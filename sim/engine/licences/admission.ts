import { capacityMask } from '../../cluster/fit.ts';
import type { Fleet } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { LiveJob } from '../live-job.ts';
import { giveBack } from '../reserve.ts';
import type { LicenceClient, LicenceDesk } from './desk.ts';
import type { LicenceNeeds, Need } from './needs.ts';
import type { LicencePoolSetup, LicenceRefusal } from './setup.ts';

/** Licences that some room would take and that cannot be had: how many of which pool. */
interface Lack {
  readonly pool: number;
  /** They do not hold there. */
  readonly isOutside: boolean;
  readonly count: number;
}

/** Keeps those out who must not start without a licence. */
export class LicenceAdmission {
  readonly #fleet: Fleet;
  readonly #pools: readonly LicencePoolSetup[];
  readonly #needs: LicenceNeeds;
  readonly #desk: LicenceDesk;
  readonly #clientOf: (need: Need) => LicenceClient | undefined;
  readonly isNeeded: boolean;

  /** @param clientOf of a GPU that is licensed, or lacks a licence, already */
  constructor(
    fleet: Fleet,
    pools: readonly LicencePoolSetup[],
    needs: LicenceNeeds,
    desk: LicenceDesk,
    clientOf: (need: Need) => LicenceClient | undefined,
  ) {
    this.#fleet = fleet;
    this.#pools = pools;
    this.#needs = needs;
    this.#desk = desk;
    this.#clientOf = clientOf;
    this.isNeeded = pools.some(({ whenNone }) => whenNone !== 'degrade');
  }

  /**
   * Takes room on which the job can have all licences that it must have to start. Where the room it is offered is not of
   * that kind, it looks at what is left without the GPUs for which it would lack the same licence.
   *
   * @param reserve takes room for the job
   * @returns the room, or why there is none of that kind; undefined where there is none at all
   */
  roomFor(
    live: LiveJob,
    reserve: () => readonly Part[] | undefined,
  ): readonly Part[] | LicenceRefusal | undefined {
    const closed: number[] = [];
    const lacked: Lack[] = [];
    let parts = reserve();
    while (parts !== undefined) {
      const lacking = this.#lacking(parts);
      if (lacking === undefined) break;
      giveBack(this.#fleet, parts);
      lacked.push(lacking);
      const before = closed.length;
      this.#close(live, lacking, closed);
      parts = closed.length === before ? undefined : reserve();
    }
    for (const gpu of closed) this.#fleet.setGpuClosed(gpu, false, 'licence');
    return parts ?? (lacked.length === 0 ? undefined : this.#refusalOf(live, lacked));
  }

  /** The first pool that has too few licences for the room, and how many of it are needed. */
  #lacking(parts: readonly Part[]): Lack | undefined {
    const wanted = new Map<number, number>();
    const seen = new Set<number>();
    for (const need of this.#needs.of(parts)) {
      const { pool, gpu, isOutside } = need;
      if (this.#pools[pool]?.whenNone === 'degrade') continue;
      if (isOutside) return { pool, isOutside, count: 1 };
      if (gpu >= 0) {
        if (seen.has(gpu) || this.#clientOf(need)?.isLicensed === true) continue;
        seen.add(gpu);
      }
      wanted.set(pool, (wanted.get(pool) ?? 0) + 1);
    }
    for (const [pool, count] of wanted) {
      if (count > this.#desk.free(pool)) return { pool, isOutside: false, count };
    }
    return undefined;
  }

  /** Who can wait for one kind of room waits; where licences are too few for ever, it is as if the room were not there. */
  #refusalOf({ job }: LiveJob, lacked: readonly Lack[]): LicenceRefusal {
    const setupOf = ({ pool }: Lack) => this.#pools[pool] as LicencePoolSetup;
    const forNow = lacked.filter((each) => !each.isOutside && each.count <= setupOf(each).entitled);
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
        const { whenNone, entitled } = this.#pools[need.pool] as LicencePoolSetup;
        if (whenNone === 'degrade' || (!need.isOutside && entitled >= count)) return true;
      }
    }
    return false;
  }

  /** Closes the GPUs on which the job would lack the same licence. */
  #close({ job }: LiveJob, { pool, isOutside }: Lack, closed: number[]): void {
    const fleet = this.#fleet;
    for (let host = 0; host < fleet.hostCount; host++) {
      for (let gpu = fleet.gpuStart[host] as number; gpu < (fleet.gpuStart[host + 1] as number); gpu++) {
        if (fleet.gpuClosedFor[gpu] !== 0) continue;
        const lacks = job.shapes.some((shape) => {
          const need = this.#needs.on(gpu, host, shape);
          if (need == null || need.pool !== pool || need.isOutside !== isOutside) return false;
          return need.gpu < 0 || this.#clientOf(need)?.isLicensed !== true;
        });
        if (!lacks) continue;
        fleet.setGpuClosed(gpu, true, 'licence');
        closed.push(gpu);
      }
    }
  }
}
