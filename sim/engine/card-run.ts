import type { Micros } from '../kernel/time.ts';
import { type Card, limitByLink, Residents, type Slot } from '../sharing/index.ts';

const US_PER_SECOND = 1e6;

/** One shared card while it runs: who sits on it, how fast each goes, and what it has done. */
export class CardRun {
  readonly gpu: number;
  /** Another one after a change of the host. */
  card: Card;
  readonly residents = new Residents();
  /** By seat: speed relative to running alone on the whole card. Not up to date while `#alike` answers. */
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
  /** Whether several residents have a part of the card's hardware in common, such as a MIG instance. */
  #hasSharedParts = false;
  /** Where all residents are sessions of one kind: what is known by number of active ones. Undefined elsewhere. */
  #alike: AlikeAnswers | undefined;

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
    this.#hasSharedParts = this.#sharesParts();
    this.#alike = this.#areAlike() ? new AlikeAnswers(residents.count) : undefined;
  }

  /** Whether nothing tells residents apart but whether they are active. */
  #areAlike(): boolean {
    const { count, slots, uses } = this.residents;
    if (this.#onlyGroup < 0) return false;
    const first = slots[0] as Slot;
    for (let seat = 1; seat < count; seat++) {
      const { profile, domain, computeShare, bandwidthShare } = slots[seat] as Slot;
      if (
        uses[seat] !== uses[0] ||
        profile !== first.profile ||
        domain !== first.domain ||
        computeShare !== first.computeShare ||
        bandwidthShare !== first.bandwidthShare
      ) {
        return false;
      }
    }
    return true;
  }

  #sharesParts(): boolean {
    const { count, computeShare, domain, slots } = this.residents;
    const seen = new Set<number>();
    for (let seat = 0; seat < count; seat++) {
      // Without a place on the card's axis a share is a ceiling of one tenant and no hardware.
      if (computeShare[seat] === 1 || (slots[seat] as Slot).start < 0) continue;
      if (seen.has(domain[seat] as number)) return true;
      seen.add(domain[seat] as number);
    }
    return false;
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

  /** Computes the speeds anew. O(residents); a look-up where all are alike and as many were active before. */
  update(): void {
    const { residents, speeds, groups, groupSpeed } = this;
    const { count, compute, computeShare, activeCount } = residents;
    const alike = this.linkCap === Number.POSITIVE_INFINITY ? this.#alike : undefined;
    if (alike !== undefined && alike.isKnown[activeCount] === 1) {
      groupSpeed[this.#onlyGroup] = alike.speed[activeCount] as number;
      this.utilization = alike.utilization[activeCount] as number;
      return;
    }
    this.#computeSpeeds();
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
      this.utilization = this.#hasSharedParts ? this.#utilizationOfParts() : utilization;
      if (alike !== undefined) {
        // Residents at rest add nothing, so it does not matter which of them are active, down to the last bit.
        alike.isKnown[activeCount] = 1;
        alike.speed[activeCount] = sum;
        alike.utilization[activeCount] = this.utilization;
      }
      return;
    }
    for (let seat = 0; seat < count; seat++) {
      const speed = speeds[seat] as number;
      // Measured speeds and tables may stand for more work than its slot could do at the stated need.
      utilization += Math.min(speed * (compute[seat] as number), computeShare[seat] as number);
      const group = groups[seat] as number;
      if (group >= 0) groupSpeed[group]! += speed;
    }
    this.utilization = this.#hasSharedParts ? this.#utilizationOfParts() : utilization;
  }

  /** Work that the card would do at these speeds, as a part of its compute. */
  utilizationAt(speeds: Float64Array): number {
    if (this.#hasSharedParts) return this.#utilizationOfParts(speeds);
    const { count, compute, computeShare } = this.residents;
    let utilization = 0;
    for (let seat = 0; seat < count; seat++) {
      utilization += Math.min(
        (speeds[seat] as number) * (compute[seat] as number),
        computeShare[seat] as number,
      );
    }
    return utilization;
  }

  /** The same where residents have parts of the hardware in common: each part does no more than all of itself. */
  #utilizationOfParts(speeds: Float64Array = this.speeds): number {
    const { count, compute, computeShare, domain } = this.residents;
    const parts = new Map<number, { work: number; share: number }>();
    for (let seat = 0; seat < count; seat++) {
      const work = (speeds[seat] as number) * (compute[seat] as number);
      const part = parts.get(domain[seat] as number);
      if (part === undefined) {
        parts.set(domain[seat] as number, { work, share: computeShare[seat] as number });
      } else part.work += work;
    }
    let utilization = 0;
    for (const { work, share } of parts.values()) utilization += Math.min(work, share);
    return utilization;
  }

  /**
   * Work that each seat does now, as a part of the card's compute: together `utilization`. Where all are sessions of one
   * group, the first seat has the work of all, because their speeds are not kept.
   *
   * @param into by seat
   * @returns how many seats were written
   */
  workBySeat(into: number[]): number {
    const { count, compute, computeShare, domain } = this.residents;
    if (this.#onlyGroup >= 0) {
      into[0] = this.utilization;
      return 1;
    }
    if (!this.#hasSharedParts) {
      for (let seat = 0; seat < count; seat++)
        into[seat] = Math.min(
          (this.speeds[seat] as number) * (compute[seat] as number),
          computeShare[seat] as number,
        );
      return count;
    }
    // A part of the hardware does no more than all of itself: its tenants' work is cut down in proportion.
    const wanted = new Map<number, number>();
    for (let seat = 0; seat < count; seat++) {
      const work = (this.speeds[seat] as number) * (compute[seat] as number);
      into[seat] = work;
      wanted.set(domain[seat] as number, (wanted.get(domain[seat] as number) ?? 0) + work);
    }
    const shares = new Map<number, number>();
    for (let seat = 0; seat < count; seat++) {
      const of = domain[seat] as number;
      if (!shares.has(of)) shares.set(of, computeShare[seat] as number);
      const all = wanted.get(of) as number;
      if (all > (shares.get(of) as number)) into[seat]! *= (shares.get(of) as number) / all;
    }
    return count;
  }

  #computeSpeeds(): void {
    this.card.speeds(this.residents, this.speeds);
    if (this.linkCap !== Number.POSITIVE_INFINITY) limitByLink(this.residents, this.linkCap, this.speeds);
  }

  /** Bytes a second that its residents move now, while its speeds are up to date. */
  linkBytesNow(): number {
    const { residents, speeds } = this;
    if (residents.linkTotal === 0) return 0;
    if (this.#alike !== undefined && this.linkCap === Number.POSITIVE_INFINITY) {
      return (this.groupSpeed[this.#onlyGroup] as number) * (residents.linkBytesPerSec[0] as number);
    }
    let bytes = 0;
    for (let seat = 0; seat < residents.count; seat++) {
      bytes += (speeds[seat] as number) * (residents.linkBytesPerSec[seat] as number);
    }
    return bytes;
  }

  /** What `of` says of the card as it is now, kept by number of active residents where they are alike. */
  keptByActivity(of: (run: CardRun) => number): number {
    const alike = this.linkCap === Number.POSITIVE_INFINITY ? this.#alike : undefined;
    if (alike === undefined) return of(this);
    const { activeCount } = this.residents;
    const known = alike.lost[activeCount] as number;
    if (!Number.isNaN(known)) return known;
    const found = of(this);
    alike.lost[activeCount] = found;
    return found;
  }

  /** Bytes a second that its residents move now. */
  linkBytesPerSec(): number {
    const { residents, speeds } = this;
    if (residents.linkTotal === 0) return 0;
    if (this.#alike !== undefined) this.#computeSpeeds();
    let bytes = 0;
    for (let seat = 0; seat < residents.count; seat++) {
      bytes += (speeds[seat] as number) * (residents.linkBytesPerSec[seat] as number);
    }
    return bytes;
  }
}

/** What a card of alike residents does, by how many of them are active. */
class AlikeAnswers {
  readonly isKnown: Uint8Array;
  /** Speeds of all together, and work as a part of the card's compute. */
  readonly speed: Float64Array;
  readonly utilization: Float64Array;
  /** See `keptByActivity`; NaN where nobody has asked. */
  readonly lost: Float64Array;

  constructor(residents: number) {
    this.isKnown = new Uint8Array(residents + 1);
    this.speed = new Float64Array(residents + 1);
    this.utilization = new Float64Array(residents + 1);
    this.lost = new Float64Array(residents + 1).fill(Number.NaN);
  }
}
