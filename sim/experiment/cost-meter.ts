import type { ClusterObserver, Job } from '../cluster/changes.ts';
import { CLOSED_FOR, type FleetView } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import { GPU_MILLI } from '../cluster/request.ts';
import type { TenantUsage } from '../cost/index.ts';
import type { Micros } from '../kernel/time.ts';

const US_PER_HOUR = 3600e6;
const CPU_MILLI = 1000;
const MIB_PER_GIB = 1024;

/** What one tenant holds now, and has held. */
interface Holding {
  gpuMilli: number;
  cpuMilli: number;
  memoryMib: number;
  sessions: number;
  sinceUs: number;
  gpuMilliUs: number;
  cpuMilliUs: number;
  memoryMibUs: number;
  sessionUs: number;
  peakMilli: number;
}

/**
 * What a bill needs to know of a run: for how long each host was there, what of each GPU and of the cores of each host
 * was held, what each tenant held, and how many users of each session group were on at one time. After the warm-up; peaks
 * too.
 *
 * A tenant holds what its jobs hold from their start to their end; what a move holds besides, and the time in which a
 * place is cleared after its job, are nobody's.
 */
export class CostMeter implements ClusterObserver {
  /** By GPU: thousandths times microseconds held. */
  readonly gpuMilliUs: Float64Array;
  /** By host: microseconds in which it was there, and core-thousandths times microseconds held. */
  readonly presentUs: Float64Array;
  readonly cpuMilliUs: Float64Array;
  /** By label of the session group: most at one time. */
  readonly peakSessions = new Map<string, number>();
  readonly #fleet: FleetView;
  readonly #warmupUs: number;
  readonly #sinceUs: Float64Array;
  readonly #cpuHeld: Float64Array;
  readonly #gpuHeld: Float64Array;
  readonly #isThere: Uint8Array;
  readonly #tenants = new Map<string, Holding>();
  readonly #sessions = new Map<string, number>();
  /** By job that moves: hosts of its second place. */
  readonly #moving = new Map<number, readonly number[]>();
  #isWarm = false;
  #peakSinceUs = -1;
  #endUs = 0;

  constructor(fleet: FleetView, warmupUs: number) {
    this.#fleet = fleet;
    this.#warmupUs = warmupUs;
    this.gpuMilliUs = new Float64Array(fleet.gpuCount);
    this.presentUs = new Float64Array(fleet.hostCount);
    this.cpuMilliUs = new Float64Array(fleet.hostCount);
    this.#sinceUs = new Float64Array(fleet.hostCount);
    this.#cpuHeld = new Float64Array(fleet.hostCount);
    this.#gpuHeld = new Float64Array(fleet.gpuCount);
    this.#isThere = new Uint8Array(fleet.hostCount).fill(1);
  }

  placed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#hostsOf(atUs, parts);
    this.#hold(atUs, job, parts, 1);
  }

  finished(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#left(atUs, job, parts);
  }

  failed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#left(atUs, job, parts);
  }

  preempted(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#left(atUs, job, parts);
  }

  moved(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#hostsOf(atUs, parts);
    this.#moving.set(
      job.number,
      parts.map(({ host }) => host),
    );
  }

  freed(atUs: Micros, _job: Job, parts: readonly Part[]): void {
    this.#hostsOf(atUs, parts);
  }

  hostChanged(atUs: Micros, host: number): void {
    this.#settle(atUs, host);
  }

  ended(atUs: Micros): void {
    this.#warmUp(atUs);
    for (let host = 0; host < this.#fleet.hostCount; host++) this.#settle(atUs, host);
    for (const of of this.#tenants.values()) this.#settleTenant(of, atUs);
    this.#notePeaks(atUs);
    this.#endUs = atUs;
  }

  /** Hours that were measured; 0 where the run ended within the warm-up. */
  get hours(): number {
    return Math.max(0, this.#endUs - this.#warmupUs) / US_PER_HOUR;
  }

  /** Of each tenant by name; jobs of nobody are those of the tenant with the empty name. */
  tenants(): readonly TenantUsage[] {
    return [...this.#tenants]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([tenant, of]) => ({
        tenant,
        allocatedGpuHours: of.gpuMilliUs / GPU_MILLI / US_PER_HOUR,
        coreHours: of.cpuMilliUs / CPU_MILLI / US_PER_HOUR,
        memoryGiBHours: of.memoryMibUs / MIB_PER_GIB / US_PER_HOUR,
        sessionHours: of.sessionUs / US_PER_HOUR,
        peakGpus: of.peakMilli / GPU_MILLI,
      }));
  }

  #left(atUs: number, job: Job, parts: readonly Part[]): void {
    this.#hostsOf(atUs, parts);
    // A second place is free at once where its job ends before it has moved.
    for (const host of this.#moving.get(job.number) ?? []) this.#settle(atUs, host);
    this.#moving.delete(job.number);
    this.#hold(atUs, job, parts, -1);
  }

  #hostsOf(atUs: number, parts: readonly Part[]): void {
    for (const { host } of parts) this.#settle(atUs, host);
  }

  /** Books the host's time since it last changed, and takes over what it has given away. */
  #settle(atUs: number, host: number): void {
    this.#warmUp(atUs);
    const fleet = this.#fleet;
    const us = atUs - (this.#sinceUs[host] as number);
    this.#sinceUs[host] = atUs;
    const [first, end] = [fleet.gpuStart[host] as number, fleet.gpuStart[host + 1] as number];
    if (us > 0) {
      this.presentUs[host]! += us * (this.#isThere[host] as number);
      this.cpuMilliUs[host]! += us * (this.#cpuHeld[host] as number);
      for (let g = first; g < end; g++) this.gpuMilliUs[g]! += us * (this.#gpuHeld[g] as number);
    }
    this.#isThere[host] = ((fleet.closedFor[host] as number) & CLOSED_FOR.absence) === 0 ? 1 : 0;
    this.#cpuHeld[host] = (fleet.cpuCapacityMilli[host] as number) - (fleet.cpuFreeMilli[host] as number);
    for (let g = first; g < end; g++) this.#gpuHeld[g] = GPU_MILLI - (fleet.gpuFreeMilli[g] as number);
  }

  #hold(atUs: number, job: Job, parts: readonly Part[], sign: 1 | -1): void {
    this.#warmUp(atUs);
    if (atUs > this.#peakSinceUs) this.#notePeaks(atUs);
    const { tenant, label } = job.claim;
    let of = this.#tenants.get(tenant);
    if (of === undefined) {
      of = emptyHolding(atUs);
      this.#tenants.set(tenant, of);
    }
    this.#settleTenant(of, atUs);
    for (const { shape, grant, gpus } of parts) {
      const milli =
        grant.length > 0 ? grant.reduce((sum, slot) => sum + slot.milli, 0) : shape.gpuMilli * gpus.length;
      of.gpuMilli += sign * milli;
      of.cpuMilli += sign * shape.cpuMilli;
      of.memoryMib += sign * shape.memoryMib;
    }
    if (job.kind !== 'session') return;
    of.sessions += sign;
    this.#sessions.set(label, (this.#sessions.get(label) ?? 0) + sign);
  }

  #settleTenant(of: Holding, atUs: number): void {
    const us = atUs - of.sinceUs;
    of.sinceUs = atUs;
    of.gpuMilliUs += us * of.gpuMilli;
    of.cpuMilliUs += us * of.cpuMilli;
    of.memoryMibUs += us * of.memoryMib;
    of.sessionUs += us * of.sessions;
  }

  /** What was held for no time at all is no peak: looked at when time goes on. */
  #notePeaks(atUs: number): void {
    this.#peakSinceUs = atUs;
    for (const of of this.#tenants.values()) of.peakMilli = Math.max(of.peakMilli, of.gpuMilli);
    for (const [label, on] of this.#sessions)
      this.peakSessions.set(label, Math.max(this.peakSessions.get(label) ?? 0, on));
  }

  #warmUp(atUs: number): void {
    if (this.#isWarm || atUs < this.#warmupUs) return;
    this.#isWarm = true;
    this.peakSessions.clear();
    this.gpuMilliUs.fill(0);
    this.presentUs.fill(0);
    this.cpuMilliUs.fill(0);
    this.#sinceUs.fill(this.#warmupUs);
    for (const of of this.#tenants.values()) {
      Object.assign(of, { ...emptyHolding(this.#warmupUs), ...heldBy(of) });
    }
  }
}

const emptyHolding = (sinceUs: number): Holding => ({
  gpuMilli: 0,
  cpuMilli: 0,
  memoryMib: 0,
  sessions: 0,
  sinceUs,
  gpuMilliUs: 0,
  cpuMilliUs: 0,
  memoryMibUs: 0,
  sessionUs: 0,
  peakMilli: 0,
});

const heldBy = ({ gpuMilli, cpuMilli, memoryMib, sessions }: Holding) => ({
  gpuMilli,
  cpuMilli,
  memoryMib,
  sessions,
});
