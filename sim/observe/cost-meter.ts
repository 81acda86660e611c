import type { CardWork, ClusterObserver, Job } from '../cluster/changes.ts';
import { CLOSED_FOR, type FleetView } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import { GPU_MILLI } from '../cluster/request.ts';
import type { Micros } from '../kernel/time.ts';

const US_PER_HOUR = 3600e6;
const CPU_MILLI = 1000;
const MIB_PER_GIB = 1024;

/** What one tenant held and used, in hours; the tenant with the empty name is nobody. */
export interface TenantHours {
  readonly tenant: string;
  readonly allocatedGpuHours: number;
  /** Work on GPUs that modes share, in GPUs; on others what is held. */
  readonly usedGpuHours: number;
  readonly coreHours: number;
  readonly memoryGiBHours: number;
  readonly sessionHours: number;
  /** Most GPUs that it held at one time. */
  readonly peakGpus: number;
}

/** What a bill is made from. */
export interface CostUsage {
  /** By GPU: thousandths times microseconds held. */
  readonly gpuMilliUs: ArrayLike<number>;
  /** By GPU: GPUs times microseconds at work. */
  readonly workUs: ArrayLike<number>;
  /** By host: microseconds in which it was there, and core-thousandths times microseconds held. */
  readonly presentUs: ArrayLike<number>;
  readonly cpuMilliUs: ArrayLike<number>;
  /** By label of the session group: most at one time. */
  readonly peakSessions: ReadonlyMap<string, number>;
  /** Hours that were measured; 0 where the run ended within the warm-up. */
  readonly hours: number;
  /** Of each tenant by name. */
  tenants(): readonly TenantHours[];
  /** Host-hours of each commitment in its order: those within it that were there, and those that were there beyond it. */
  commitments(): readonly { readonly usedHours: number; readonly beyondHours: number }[];
}

/** What one tenant holds now, and has held. */
interface Holding {
  gpuMilli: number;
  /** Of that, on GPUs that no mode shares. */
  plainMilli: number;
  cpuMilli: number;
  memoryMib: number;
  sessions: number;
  sinceUs: number;
  gpuMilliUs: number;
  plainMilliUs: number;
  cpuMilliUs: number;
  memoryMibUs: number;
  sessionUs: number;
  peakMilli: number;
  /** GPUs of cards times microseconds that worked for it. */
  cardUs: number;
}

/** Who does what on one card that a mode shares, since when. */
interface OnCard {
  sinceUs: number;
  readonly holdings: Holding[];
  /** Parts of the card, in the order of the holdings. */
  readonly work: number[];
}

/** Hosts of which so many are paid for, there or not. */
interface Commitment {
  readonly hosts: number;
  there: number;
  sinceUs: number;
  usedUs: number;
  beyondUs: number;
}

/**
 * What a bill needs to know of a run: for how long each host was there, what of each GPU and of the cores of each host
 * was held, how much each GPU worked, what each tenant held and used, and how many users of each session group were on
 * at one time. After the warm-up; peaks too.
 *
 * A tenant holds what its jobs hold from their start to their end, while they move their first place (as the groups of
 * `groups/job-groups.ts` have it); what a move holds besides, and the time in which a place is cleared after its job, are
 * nobody's. The work of a GPU that no mode shares is what is held of it: jobs run there at full speed.
 */
export class CostMeter implements ClusterObserver, CostUsage {
  readonly gpuMilliUs: Float64Array;
  readonly workUs: Float64Array;
  readonly presentUs: Float64Array;
  readonly cpuMilliUs: Float64Array;
  readonly peakSessions = new Map<string, number>();
  readonly #fleet: FleetView;
  readonly #warmupUs: number;
  readonly #sinceUs: Float64Array;
  readonly #cpuHeld: Float64Array;
  readonly #gpuHeld: Float64Array;
  readonly #isThere: Uint8Array;
  /** By GPU: whether a mode shared it when its host was last looked at. */
  readonly #isCard: Uint8Array;
  /** By GPU that a mode shares. */
  readonly #cards: (OnCard | undefined)[] = [];
  readonly #tenants = new Map<string, Holding>();
  readonly #sessions = new Map<string, number>();
  /** By job that moves: its second place. */
  readonly #moving = new Map<number, readonly Part[]>();
  /** By host: those that it is counted in. */
  readonly #commitmentsOf: Commitment[][];
  readonly #commitments: readonly Commitment[];
  #isWarm = false;
  #peakSinceUs = -1;
  #endUs = 0;

  /** @param commitments groups of hosts, by their numbers, and how many hosts of each are paid for, there or not */
  constructor(
    fleet: FleetView,
    warmupUs: number,
    commitments: readonly { readonly hosts: readonly number[]; readonly count: number }[] = [],
  ) {
    this.#fleet = fleet;
    this.#warmupUs = warmupUs;
    this.gpuMilliUs = new Float64Array(fleet.gpuCount);
    this.workUs = new Float64Array(fleet.gpuCount);
    this.presentUs = new Float64Array(fleet.hostCount);
    this.cpuMilliUs = new Float64Array(fleet.hostCount);
    this.#sinceUs = new Float64Array(fleet.hostCount);
    this.#cpuHeld = new Float64Array(fleet.hostCount);
    this.#gpuHeld = new Float64Array(fleet.gpuCount);
    this.#isThere = new Uint8Array(fleet.hostCount).fill(1);
    this.#isCard = Uint8Array.from(fleet.cards, (card) => (card === undefined ? 0 : 1));
    this.#commitmentsOf = Array.from({ length: fleet.hostCount }, () => []);
    this.#commitments = commitments.map(({ hosts, count }) => {
      const commitment = { hosts: count, there: hosts.length, sinceUs: 0, usedUs: 0, beyondUs: 0 };
      for (const host of hosts) this.#commitmentsOf[host]?.push(commitment);
      return commitment;
    });
  }

  placed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#hostsOf(atUs, parts);
    this.#hold(atUs, job, parts, 1);
    this.#count(atUs, job, 1);
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
    this.#moving.set(job.number, parts);
  }

  freed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#hostsOf(atUs, parts);
    const to = this.#moving.get(job.number);
    if (to === undefined) return;
    this.#moving.delete(job.number);
    // Another slot may be another part of another card.
    this.#hold(atUs, job, parts, -1);
    this.#hold(atUs, job, to, 1);
  }

  hostChanged(atUs: Micros, host: number): void {
    this.#settle(atUs, host);
  }

  workedFor(atUs: Micros, gpu: number, by: CardWork): void {
    this.#warmUp(atUs);
    let card = this.#cards[gpu];
    if (card === undefined) {
      card = { sinceUs: atUs, holdings: [], work: [] };
      this.#cards[gpu] = card;
    }
    this.#settleCard(atUs, gpu, card);
    const { holdings, work } = card;
    let n = 0;
    for (let i = 0; i < by.count; i++) {
      const part = by.work(i);
      if (part <= 0) continue;
      const holding = this.#tenantOf(atUs, by.job(i).claim.tenant);
      // Neighbours of one tenant are one.
      if (n > 0 && holdings[n - 1] === holding) work[n - 1]! += part;
      else {
        holdings[n] = holding;
        work[n] = part;
        n += 1;
      }
    }
    holdings.length = n;
    work.length = n;
  }

  ended(atUs: Micros): void {
    this.#warmUp(atUs);
    for (let host = 0; host < this.#fleet.hostCount; host++) this.#settle(atUs, host);
    this.#cards.forEach((card, gpu) => {
      if (card !== undefined) this.#settleCard(atUs, gpu, card);
    });
    for (const of of this.#tenants.values()) this.#settleTenant(of, atUs);
    for (const each of this.#commitments) settleCommitment(each, atUs);
    this.#notePeaks(atUs);
    this.#endUs = atUs;
  }

  get hours(): number {
    return Math.max(0, this.#endUs - this.#warmupUs) / US_PER_HOUR;
  }

  tenants(): readonly TenantHours[] {
    return [...this.#tenants]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([tenant, of]) => ({
        tenant,
        allocatedGpuHours: of.gpuMilliUs / GPU_MILLI / US_PER_HOUR,
        usedGpuHours: (of.plainMilliUs / GPU_MILLI + of.cardUs) / US_PER_HOUR,
        coreHours: of.cpuMilliUs / CPU_MILLI / US_PER_HOUR,
        memoryGiBHours: of.memoryMibUs / MIB_PER_GIB / US_PER_HOUR,
        sessionHours: of.sessionUs / US_PER_HOUR,
        peakGpus: of.peakMilli / GPU_MILLI,
      }));
  }

  commitments(): readonly { readonly usedHours: number; readonly beyondHours: number }[] {
    return this.#commitments.map(({ usedUs, beyondUs }) => ({
      usedHours: usedUs / US_PER_HOUR,
      beyondHours: beyondUs / US_PER_HOUR,
    }));
  }

  #left(atUs: number, job: Job, parts: readonly Part[]): void {
    this.#hostsOf(atUs, parts);
    // A second place is free at once where its job ends before it has moved.
    const second = this.#moving.get(job.number);
    if (second !== undefined) {
      this.#hostsOf(atUs, second);
      this.#moving.delete(job.number);
    }
    this.#hold(atUs, job, parts, -1);
    this.#count(atUs, job, -1);
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
      for (let g = first; g < end; g++) {
        const milliUs = us * (this.#gpuHeld[g] as number);
        this.gpuMilliUs[g]! += milliUs;
        if (this.#isCard[g] === 0) this.workUs[g]! += milliUs / GPU_MILLI;
      }
    }
    const isThere = ((fleet.closedFor[host] as number) & CLOSED_FOR.absence) === 0 ? 1 : 0;
    for (const each of this.#commitmentsOf[host] as Commitment[]) {
      settleCommitment(each, atUs);
      each.there += isThere - (this.#isThere[host] as number);
    }
    this.#isThere[host] = isThere;
    this.#cpuHeld[host] = (fleet.cpuCapacityMilli[host] as number) - (fleet.cpuFreeMilli[host] as number);
    for (let g = first; g < end; g++) {
      this.#gpuHeld[g] = GPU_MILLI - (fleet.gpuFreeMilli[g] as number);
      // From now on its work is told; up to now it was what was held.
      this.#isCard[g] = fleet.cards[g] === undefined ? 0 : 1;
    }
  }

  #settleCard(atUs: number, gpu: number, card: OnCard): void {
    const us = atUs - card.sinceUs;
    card.sinceUs = atUs;
    if (us <= 0) return;
    for (let i = 0; i < card.holdings.length; i++) {
      const workUs = us * (card.work[i] as number);
      (card.holdings[i] as Holding).cardUs += workUs;
      this.workUs[gpu]! += workUs;
    }
  }

  #tenantOf(atUs: number, tenant: string): Holding {
    let of = this.#tenants.get(tenant);
    if (of === undefined) {
      of = emptyHolding(atUs);
      this.#tenants.set(tenant, of);
    }
    return of;
  }

  #hold(atUs: number, job: Job, parts: readonly Part[], sign: 1 | -1): void {
    this.#warmUp(atUs);
    if (atUs > this.#peakSinceUs) this.#notePeaks(atUs);
    const of = this.#tenantOf(atUs, job.claim.tenant);
    this.#settleTenant(of, atUs);
    for (const { shape, grant, gpus } of parts) {
      // A GPU has no tenant when a mode comes to share it, so that a part is wholly of the one kind or the other.
      if (grant.length > 0) for (const slot of grant) of.gpuMilli += sign * slot.milli;
      else {
        of.gpuMilli += sign * shape.gpuMilli * gpus.length;
        of.plainMilli += sign * shape.gpuMilli * gpus.length;
      }
      of.cpuMilli += sign * shape.cpuMilli;
      of.memoryMib += sign * shape.memoryMib;
    }
  }

  /** Sessions that begin and end. */
  #count(atUs: number, { kind, claim: { tenant, label } }: Job, sign: 1 | -1): void {
    if (kind !== 'session') return;
    this.#tenantOf(atUs, tenant).sessions += sign;
    this.#sessions.set(label, (this.#sessions.get(label) ?? 0) + sign);
  }

  #settleTenant(of: Holding, atUs: number): void {
    const us = atUs - of.sinceUs;
    of.sinceUs = atUs;
    of.gpuMilliUs += us * of.gpuMilli;
    of.plainMilliUs += us * of.plainMilli;
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
    this.workUs.fill(0);
    this.presentUs.fill(0);
    this.cpuMilliUs.fill(0);
    this.#sinceUs.fill(this.#warmupUs);
    for (const card of this.#cards) if (card !== undefined) card.sinceUs = this.#warmupUs;
    for (const each of this.#commitments) {
      Object.assign(each, { sinceUs: this.#warmupUs, usedUs: 0, beyondUs: 0 });
    }
    for (const of of this.#tenants.values()) {
      Object.assign(of, { ...emptyHolding(this.#warmupUs), ...heldBy(of) });
    }
  }
}

function settleCommitment(of: Commitment, atUs: number): void {
  const us = atUs - of.sinceUs;
  of.sinceUs = atUs;
  of.usedUs += us * Math.min(of.there, of.hosts);
  of.beyondUs += us * Math.max(0, of.there - of.hosts);
}

const emptyHolding = (sinceUs: number): Holding => ({
  gpuMilli: 0,
  plainMilli: 0,
  cpuMilli: 0,
  memoryMib: 0,
  sessions: 0,
  sinceUs,
  gpuMilliUs: 0,
  plainMilliUs: 0,
  cpuMilliUs: 0,
  memoryMibUs: 0,
  sessionUs: 0,
  peakMilli: 0,
  cardUs: 0,
});

const heldBy = ({ gpuMilli, plainMilli, cpuMilli, memoryMib, sessions }: Holding) => ({
  gpuMilli,
  plainMilli,
  cpuMilli,
  memoryMib,
  sessions,
});
