import type { Job } from '../../../sim/cluster/changes.ts';
import type { Fleet, FleetView } from '../../../sim/cluster/fleet.ts';
import type { Part } from '../../../sim/cluster/part.ts';
import type { TaskShape } from '../../../sim/cluster/request.ts';
import { type BackfillOptions, Expectation } from '../../../sim/engine/backfill/expected.ts';
import type { LiveJob } from '../../../sim/engine/live-job.ts';
import { takeOff, tryTakeBack } from '../../../sim/engine/parts.ts';
import { isBound, reserve } from '../../../sim/engine/reserve.ts';
import type { Scheduler } from '../../../sim/engine/scheduler.ts';
import type { BackfillGuard } from '../../../sim/engine/scheduling.ts';
import type { Placer } from '../../../sim/policies/placement/placer.ts';
import { Plan, type Reservation } from './plan.ts';

/**
 * Conservative backfilling: every job that finds no room is given a reservation, a time and a place, and nobody starts
 * who would delay one. A reservation is kept from pass to pass and only ever moves forward, where others have left
 * early; all behind are planned anew when a job comes in ahead of them, and a reservation is lost when a job that runs
 * longer than estimated is still in its place.
 *
 * A job whose time has come goes where the placement policy puts it, if that is nobody else's place; else to its own.
 *
 * Leaves out: reservations know nothing of layouts and neighbours. A job that has such rules starts only where the policy
 * finds it room by them; until then its reservation keeps that much room, but maybe not where it is of use to it.
 *
 * @see Mu'alem and Feitelson, IEEE Trans. Parallel and Distributed Systems 12(6), 2001
 */
export class SlowConservativeGuard implements BackfillGuard {
  readonly depth: number;
  readonly #fleet: Fleet;
  readonly #placer: Placer;
  readonly #scheduler: Scheduler;
  readonly #expectation: Expectation;
  /** The jobs seen in this pass come last, in the order of the queue. */
  readonly #reserved = new Map<LiveJob, Reservation>();
  readonly #seen = new Set<LiveJob>();
  readonly #kinds: HostKinds;
  #plan: Plan | undefined;

  constructor(fleet: Fleet, placer: Placer, scheduler: Scheduler, options: BackfillOptions) {
    this.depth = options.depth;
    this.#fleet = fleet;
    this.#placer = placer;
    this.#scheduler = scheduler;
    this.#expectation = new Expectation(fleet, options.overrunUs);
    this.#kinds = new HostKinds(fleet);
  }

  beginPass(): void {
    for (const live of this.#reserved.keys()) {
      if (!this.#seen.has(live)) this.#reserved.delete(live);
    }
    this.#seen.clear();
    this.#plan = undefined;
  }

  changed(): void {
    this.#plan = undefined;
  }

  forget(live: LiveJob): void {
    const kept = this.#reserved.get(live);
    if (kept === undefined) return;
    this.#reserved.delete(live);
    this.#plan?.drop(kept);
  }

  place(live: LiveJob, nowUs: number): readonly Part[] | undefined {
    if (this.#reserved.size === 0 && this.#plan === undefined) {
      // Nobody has a reservation, so nobody can be delayed.
      const parts = reserve(this.#fleet, this.#placer, live.job);
      if (parts !== undefined) return parts;
    }
    this.#plan ??= this.#renew(nowUs);
    const plan = this.#plan;
    const found = this.#earliest(plan, live, nowUs);
    this.#seen.add(live);
    const { job } = live;
    const hasRules = isBound(this.#fleet, job);
    const isDue = found !== undefined && found.startUs <= nowUs;
    // The policy may find room for a gang where the plan found none.
    if (isDue || job.shapes.length > 1) {
      const parts =
        this.#byPolicy(plan, live, nowUs) ?? (isDue && !hasRules ? this.#asKept(job, found) : undefined);
      if (parts !== undefined) {
        plan.keep({ parts, startUs: nowUs, spanUs: this.#expectation.spanUs(live, parts) });
        return parts;
      }
    }
    // Room that is there now and that it may not use is nothing to keep.
    if (found !== undefined && !isDue) {
      this.#reserved.set(live, found);
      plan.keep(found);
    }
    return undefined;
  }

  /** The best room for a job beside what is kept for others; its own reservation is given up for it. */
  #earliest(plan: Plan, live: LiveJob, nowUs: number): Reservation | undefined {
    const kept = this.#reserved.get(live);
    if (kept === undefined) {
      // All that is kept for jobs not seen yet is for jobs behind this one.
      for (const [other, reservation] of this.#reserved) {
        if (this.#seen.has(other)) continue;
        plan.drop(reservation);
        this.#reserved.delete(other);
      }
    } else {
      this.forget(live);
      if (kept.startUs <= nowUs) return kept;
    }
    const spanOn = this.#spans(live);
    const limitUs = kept?.startUs ?? Number.POSITIVE_INFINITY;
    return plan.earliest({ shapes: live.job.shapes, spanOn }, limitUs) ?? kept;
  }

  /** Takes room for a job that starts now where the policy wants it, if that is kept for nobody. */
  #byPolicy(plan: Plan, live: LiveJob, nowUs: number): readonly Part[] | undefined {
    const parts = reserve(this.#fleet, this.#placer, live.job);
    if (parts === undefined) return undefined;
    const spanUs = this.#expectation.spanUs(live, parts);
    if (plan.isFree({ parts, startUs: nowUs, spanUs })) return parts;
    takeOff(this.#fleet, parts);
    return undefined;
  }

  /** Takes the room that was found for it. */
  #asKept({ kin }: Job, found: Reservation): readonly Part[] | undefined {
    const parts = kin === undefined ? found.parts : found.parts.map((part) => ({ ...part, kin }));
    return tryTakeBack(this.#fleet, parts) ? parts : undefined;
  }

  /** The future as it looks now. Reservations whose place is not free any more are lost. */
  #renew(nowUs: number): Plan {
    const { hosts } = this.#placer;
    const plan = new Plan(this.#fleet, hosts, this.#expectation.leavers(this.#scheduler, nowUs), nowUs);
    for (const [live, kept] of this.#reserved) {
      const due = kept.startUs < nowUs ? { ...kept, startUs: nowUs } : kept;
      if (plan.isFree(due)) {
        plan.keep(due);
        this.#reserved.set(live, due);
      } else this.#reserved.delete(live);
    }
    return plan;
  }

  /**
   * How long a job would hold a host, by the slowest of the GPUs there that will do and, where they exchange data, by the
   * slowest link among them; for a gang, of all open hosts. So a reservation is never shorter than the job.
   */
  #spans(live: LiveJob): (host: number) => number {
    const { shapes } = live.job;
    const [shape] = shapes as readonly [TaskShape, ...TaskShape[]];
    const isGang = shapes.length > 1;
    const exchanges = (isGang || shape.gpuCount > 1) && (live.profile?.communication ?? 0) > 0;
    const on = (host: number): Part => ({
      shape,
      host,
      gpus: this.#mayUse(live, host, exchanges),
      grant: [],
    });
    if (isGang) {
      const seen = new Set<number>();
      const hosts = this.#placer.hosts.filter((host) => {
        if (this.#fleet.closedFor[host] !== 0) return false;
        const kind = this.#kinds.of(host);
        const isNew = exchanges || !seen.has(kind);
        seen.add(kind);
        return isNew;
      });
      const spanUs = this.#expectation.spanUs(live, hosts.map(on));
      return () => spanUs;
    }
    if (exchanges) return (host) => this.#expectation.spanUs(live, [on(host)]);
    const byKind: (number | undefined)[] = [];
    return (host) => {
      const kind = this.#kinds.of(host);
      const spanUs = byKind[kind] ?? this.#expectation.spanUs(live, [on(host)]);
      byKind[kind] = spanUs;
      return spanUs;
    };
  }

  /** GPU indices of a host that a job may use: one of each model, or all of them. */
  #mayUse({ job: { shapes } }: LiveJob, host: number, all: boolean): readonly number[] {
    const start = this.#fleet.gpuStart[host] as number;
    const gpus = all
      ? Array.from({ length: this.#fleet.gpusOf(host) }, (_, g) => g)
      : this.#kinds.gpus(this.#kinds.of(host));
    return gpus.filter((g) =>
      shapes.some(({ accepts }) => accepts?.[this.#fleet.gpuModel[start + g] as number] !== 0),
    );
  }
}

/** Tells hosts apart by the GPU models that they have. */
class HostKinds {
  readonly #kindOf: Int32Array;
  /** By kind: a GPU index of each model, as they stand on any host of the kind. */
  readonly #gpus: (readonly number[])[] = [];

  constructor(fleet: FleetView) {
    const numbers = new Map<string, number>();
    this.#kindOf = Int32Array.from({ length: fleet.hostCount }, (_, host) => {
      const models = Array.from(
        fleet.gpuModel.subarray(fleet.gpuStart[host] as number, fleet.gpuStart[host + 1] as number),
      );
      const key = models.join(' ');
      let number = numbers.get(key);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(key, number);
        this.#gpus.push([...models.keys()].filter((g) => models.indexOf(models[g] as number) === g));
      }
      return number;
    });
  }

  of(host: number): number {
    return this.#kindOf[host] as number;
  }

  gpus(kind: number): readonly number[] {
    return this.#gpus[kind] as readonly number[];
  }
}
