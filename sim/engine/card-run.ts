import type { Micros } from '../kernel/time.ts';
import { type Card, limitByLink, Residents } from '../sharing/index.ts';

const US_PER_SECOND = 1e6;

/** One shared card while it runs: who sits on it, how fast each goes, and what it has done. */
export class CardRun {
  readonly gpu: number;
  /** Another one after a change of the host. */
  card: Card;
  readonly residents = new Residents();
  /** By seat: speed relative to running alone on the whole card. */
  speeds = new Float64Array(8);
  /** By seat: number of the member (see residency.ts) that sits there. */
  owners = new Int32Array(8);
  /** By seat: number of the session group, -1 for other jobs. */
  groups = new Int32Array(8);
  /** By session group: speeds of its active residents together, and how many they are. */
  readonly groupSpeed: Float64Array;
  readonly groupActive: Int32Array;
  /** By session group: how many of its sessions sit here. */
  readonly groupSeated: Int32Array;
  /** Their integrals, in seconds: work delivered, and time in which work was wanted. */
  readonly groupDeliveredSec: Float64Array;
  readonly groupWantedSec: Float64Array;
  readonly groupSeatedSec: Float64Array;
  /** Work that the card does now, as a part of its compute. */
  utilization = 0;
  /** Most that the link may carry while the host's uplink is full; Infinity otherwise. */
  linkCap = Number.POSITIVE_INFINITY;
  /** Integral of `utilization` over the time observed, in card-seconds. */
  utilizedSec = 0;
  /** Integral of "any resident active". */
  activeSec = 0;
  #sinceUs = 0;
  /** The session group of all residents; -1 where they are of several, or no sessions. */
  #onlyGroup = -1;
  /** Residents that are no sessions. */
  jobCount = 0;

  constructor(gpu: number, card: Card, sessionGroups: number) {
    this.gpu = gpu;
    this.card = card;
    this.groupSpeed = new Float64Array(sessionGroups);
    this.groupActive = new Int32Array(sessionGroups);
    this.groupSeated = new Int32Array(sessionGroups);
    this.groupSeatedSec = new Float64Array(sessionGroups);
    this.groupDeliveredSec = new Float64Array(sessionGroups);
    this.groupWantedSec = new Float64Array(sessionGroups);
  }

  /** Books the time since the last change. To be called before anything on the card changes. */
  settle(nowUs: number): void {
    const seconds = (nowUs - this.#sinceUs) / US_PER_SECOND;
    this.#sinceUs = nowUs;
    this.utilizedSec += this.utilization * seconds;
    if (this.residents.activeCount > 0) this.activeSec += seconds;
    for (let g = 0; g < this.groupSpeed.length; g++) {
      this.groupDeliveredSec[g]! += (this.groupSpeed[g] as number) * seconds;
      this.groupWantedSec[g]! += (this.groupActive[g] as number) * seconds;
      this.groupSeatedSec[g]! += (this.groupSeated[g] as number) * seconds;
    }
  }

  /** Forgets what was done, as at the end of a warm-up. */
  reset(nowUs: Micros): void {
    this.settle(nowUs);
    this.utilizedSec = 0;
    this.activeSec = 0;
    this.groupDeliveredSec.fill(0);
    this.groupWantedSec.fill(0);
    this.groupSeatedSec.fill(0);
  }

  /** A resident begins or ends to have work. To be followed by `update`. */
  setActive(seat: number, isActive: boolean): void {
    const { residents, groups } = this;
    const was = residents.active[seat] as number;
    residents.setActive(seat, isActive);
    const group = groups[seat] as number;
    if (group >= 0) this.groupActive[group]! += (residents.active[seat] as number) - was;
  }

  /** To be called when residents or their groups have changed. */
  regroup(): void {
    const { residents, groups } = this;
    this.jobCount = 0;
    this.#onlyGroup = residents.count === 0 ? -1 : (groups[0] as number);
    for (let seat = 0; seat < residents.count; seat++) {
      if ((groups[seat] as number) < 0) this.jobCount += 1;
      if (groups[seat] !== this.#onlyGroup) this.#onlyGroup = -1;
    }
  }

  /** Makes room for one more seat. */
  reserve(): void {
    if (this.residents.count < this.speeds.length) return;
    const speeds = new Float64Array(this.speeds.length * 2);
    speeds.set(this.speeds);
    this.speeds = speeds;
    const owners = new Int32Array(this.owners.length * 2);
    owners.set(this.owners);
    this.owners = owners;
    const groups = new Int32Array(this.groups.length * 2);
    groups.set(this.groups);
    this.groups = groups;
  }

  /** Computes the speeds anew. O(residents). */
  update(): void {
    const { residents, speeds, groups, groupSpeed } = this;
    const { count, compute, computeShare } = residents;
    this.card.speeds(residents, speeds);
    if (this.linkCap !== Number.POSITIVE_INFINITY) limitByLink(residents, this.linkCap, speeds);
    for (let g = 0; g < groupSpeed.length; g++) groupSpeed[g] = 0;
    let utilization = 0;
    const only = this.#onlyGroup;
    if (only >= 0) {
      // Nearly always the case where activity changes often: no look-up of groups then.
      let sum = 0;
      for (let seat = 0; seat < count; seat++) {
        const speed = speeds[seat] as number;
        utilization += Math.min(speed * (compute[seat] as number), computeShare[seat] as number);
        sum += speed;
      }
      groupSpeed[only] = sum;
      this.utilization = utilization;
      return;
    }
    for (let seat = 0; seat < count; seat++) {
      const speed = speeds[seat] as number;
      // Measured speeds and tables may stand for more work than its slot could do at the stated need.
      utilization += Math.min(speed * (compute[seat] as number), computeShare[seat] as number);
      const group = groups[seat] as number;
      if (group >= 0) groupSpeed[group]! += speed;
    }
    this.utilization = utilization;
  }

  /** Bytes a second that its residents move now. */
  linkBytesPerSec(): number {
    const { residents, speeds } = this;
    let bytes = 0;
    for (let seat = 0; seat < residents.count; seat++) {
      bytes += (speeds[seat] as number) * (residents.linkBytesPerSec[seat] as number);
    }
    return bytes;
  }
}
