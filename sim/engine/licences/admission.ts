import type { Fleet } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { LiveJob } from '../live-job.ts';
import { giveBack } from '../reserve.ts';
import type { LicenceClient, LicenceDesk } from './desk.ts';
import type { LicenceNeeds, Need } from './needs.ts';
import type { LicencePoolSetup } from './setup.ts';

/** A job that has room and no licence: it waits, or is turned away for a reason. */
export type LicenceRefusal = { readonly way: 'wait' } | { readonly way: 'reject'; readonly reason: string };

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
    let refusal: LicenceRefusal | undefined;
    let parts = reserve();
    while (parts !== undefined) {
      const lacking = this.#lacking(parts);
      if (lacking === undefined) break;
      giveBack(this.#fleet, parts);
      refusal = milder(refusal, this.#refusalOf(lacking));
      const before = closed.length;
      this.#close(live, lacking.pool, lacking.isOutside, closed);
      parts = closed.length === before ? undefined : reserve();
    }
    for (const gpu of closed) this.#fleet.setGpuClosed(gpu, false, 'licence');
    return parts ?? refusal;
  }

  /** The first pool that has too few licences for the room, and how many of it are needed. */
  #lacking(parts: readonly Part[]): { pool: number; isOutside: boolean; count: number } | undefined {
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

  #refusalOf({
    pool,
    isOutside,
    count,
  }: { pool: number; isOutside: boolean; count: number }): LicenceRefusal {
    const { entitled, whenNone } = this.#pools[pool] as LicencePoolSetup;
    if (isOutside || count > entitled) return { way: 'reject', reason: 'never-fits:licence' };
    return whenNone === 'wait' ? { way: 'wait' } : { way: 'reject', reason: 'licence' };
  }

  /** Closes the GPUs on which the job would lack the same licence. */
  #close({ job }: LiveJob, pool: number, isOutside: boolean, closed: number[]): void {
    const fleet = this.#fleet;
    for (let host = 0; host < fleet.hostCount; host++) {
      for (let gpu = fleet.gpuStart[host] as number; gpu < (fleet.gpuStart[host + 1] as number); gpu++) {
        if (fleet.gpuClosedFor[gpu] !== 0) continue;
        const lacks = job.shapes.some((shape) => {
          const need = this.#needs.on(gpu, host, shape);
          if (need === undefined || need.pool !== pool || need.isOutside !== isOutside) return false;
          return need.gpu < 0 || this.#clientOf(need)?.isLicensed !== true;
        });
        if (!lacks) continue;
        fleet.setGpuClosed(gpu, true, 'licence');
        closed.push(gpu);
      }
    }
  }
}

/** Who can wait for one kind of room waits; who is turned away for good is so only if that goes for all kinds. */
function milder(a: LicenceRefusal | undefined, b: LicenceRefusal): LicenceRefusal {
  if (a === undefined || a === b) return b;
  if (a.way === 'wait' || b.way === 'wait') return { way: 'wait' };
  return a.reason === 'licence' ? a : b;
}
