import type { Job } from '../../cluster/changes.ts';
import type { Discipline, QueuedJob } from './discipline.ts';
import { OrderedHeap, type Placed } from './ordered-heap.ts';

/** A waiting job with its rank. */
interface Entry extends Placed {
  readonly job: QueuedJob;
  readonly group: Group;
  rank: number;
}

/** Waiting jobs of one lane that ask for the same: the best rank first, then the earliest. Its place is among its lane's. */
interface Group extends Placed {
  readonly key: number;
  readonly lane: Lane;
  readonly entries: OrderedHeap<Entry>;
  /** Why its jobs wait, since when, and what the books said of free GPUs then. */
  reason: string;
  sinceUs: number;
  freeUs: number;
}

/** Keeps the books of what jobs wait for (see sim/observe/wait-ledger.ts). */
export interface WaitBooks {
  freeUs(job: Job, nowUs: number): number;
  waited(job: Job, jobs: number, reason: string, fromUs: number, toUs: number, freeUs: number): void;
  /** So many more jobs that ask for the same wait for this reason from now on; less where negative. */
  readonly wants?: ((job: Job, reason: string, jobs: number, nowUs: number) => void) | undefined;
  /** The job waits from now on, for the same reason as all others of a group; the object stands for the group. */
  readonly joins?: ((job: Job, group: object, reason: string, nowUs: number) => void) | undefined;
  /** All of a group wait for another reason from now on. */
  readonly heldBy?: ((group: object, reason: string, nowUs: number) => void) | undefined;
}

/** Reason of jobs that no decision has been made about yet. */
const UNDECIDED = 'next-decision';

/** The groups of one lane; those whose best job was found unable to start in this pass are off offer. */
interface Lane {
  readonly number: number;
  readonly onOffer: OrderedHeap<Group>;
  readonly off: Set<Group>;
  /** Its groups, those without jobs among them. */
  groups: number;
}

/** A place of a group's heap that may be next in order. */
interface Candidate extends Placed {
  readonly entry: Entry;
  readonly laneRank: number;
}

const LANES = 2 ** 26;
const KEPT_GROUPS = 64;

/**
 * The waiting jobs in the order of a discipline. A pass offers jobs one after another: each is taken, or passed over
 * together with all of its lane that ask for the same. So a pass costs time by the number of different demands, not by
 * the number of jobs.
 */
export class WaitingLine {
  size = 0;
  readonly #discipline: Discipline;
  readonly #groups = new Map<number, Group>();
  /** Lanes that have a job. */
  readonly #lanes = new Map<number, Lane>();
  /** Lanes with groups off offer. */
  readonly #lanesOff = new Set<Lane>();
  /** By slot. */
  readonly #entries: (Entry | undefined)[] = [];
  #nowUs = 0;
  /** A job that goes before all others, whatever the discipline says, and whether it was passed over in this pass. */
  #first: { readonly job: QueuedJob; isOff: boolean } | undefined;

  readonly #books: WaitBooks | undefined;
  readonly #keptGroups: number;

  /**
   * @param books told how long jobs wait and why; absent: nobody asks
   * @param keptGroups groups without jobs are kept while there are at most so many groups
   */
  constructor(discipline: Discipline, books?: WaitBooks, keptGroups = KEPT_GROUPS) {
    this.#discipline = discipline;
    this.#books = books;
    this.#keptGroups = keptGroups;
  }

  add(job: QueuedJob, nowUs: number): void {
    const group = this.#groupOf(job, nowUs);
    if (group.entries.size > 0) this.#book(group, nowUs);
    const entry: Entry = { job, group, rank: this.#discipline.rank(job, nowUs), at: -1 };
    this.#entries[job.slot] = entry;
    group.entries.push(entry);
    this.size += 1;
    this.#books?.wants?.(job.job, group.reason, 1, nowUs);
    this.#books?.joins?.(job.job, group, group.reason, nowUs);
    if (group.entries.size === 1) group.lane.onOffer.push(group);
    else if (entry.at === 0 && group.at >= 0) group.lane.onOffer.moved(group);
  }

  has(slot: number): boolean {
    return this.#entries[slot] !== undefined;
  }

  remove(slot: number, nowUs: number): void {
    const entry = this.#entries[slot];
    if (entry === undefined)
      throw new RangeError(`Cannot remove job ${slot} from the queue: it is not waiting`);
    const { group, at } = entry;
    const { lane, entries } = group;
    this.#book(group, nowUs);
    this.#entries[slot] = undefined;
    if (this.#first?.job.slot === slot) this.#first = undefined;
    this.size -= 1;
    this.#books?.wants?.(entry.job.job, group.reason, -1, nowUs);
    entries.remove(entry);
    if (entries.size > 0) {
      if (at === 0 && group.at >= 0) lane.onOffer.moved(group);
      return;
    }
    if (group.at >= 0) lane.onOffer.remove(group);
    else lane.off.delete(group);
    // A few stay for the next job of their kind, so that an idle queue costs little; the others would pile up.
    if (this.#groups.size <= this.#keptGroups) return;
    this.#groups.delete(group.key);
    lane.groups -= 1;
    if (lane.groups === 0) {
      this.#lanes.delete(lane.number);
      this.#lanesOff.delete(lane);
    }
  }

  /** Starts a pass: all jobs are on offer again. */
  beginPass(nowUs: number): void {
    this.#nowUs = nowUs;
    this.offerAll();
    this.#discipline.beginPass?.(nowUs);
    if (this.#discipline.isFluid === true) this.#rankAnew(nowUs);
  }

  /** Puts a waiting job before all others for as long as it waits. */
  putFirst(slot: number): void {
    this.#first = { job: (this.#entries[slot] as Entry).job, isOff: false };
  }

  /** Whether a waiting job was put before all others. */
  isFirst(slot: number): boolean {
    return this.#first?.job.slot === slot;
  }

  /** The best job on offer; undefined when none is left. */
  next(): QueuedJob | undefined {
    if (this.#first !== undefined && !this.#first.isOff) return this.#first.job;
    const discipline = this.#discipline;
    let best: Entry | undefined;
    let bestLane = 0;
    for (const lane of this.#lanes.values()) {
      const entry = lane.onOffer.first?.entries.first;
      if (entry === undefined) continue;
      const laneRank = discipline.laneRank?.(lane.number, this.#nowUs) ?? 0;
      if (best === undefined || laneRank < bestLane || (laneRank === bestLane && isBefore(entry, best))) {
        best = entry;
        bestLane = laneRank;
      }
    }
    return best?.job;
  }

  /** Rank of a waiting job as it was taken. */
  rankOf(slot: number): number {
    return (this.#entries[slot] as Entry).rank;
  }

  /** Takes a waiting job off offer until the next pass, and with it all of its lane that ask for the same. */
  passOver(slot: number): void {
    const { group } = this.#entries[slot] as Entry;
    if (this.#first?.job.slot === slot) this.#first.isOff = true;
    if (group.at < 0) return;
    group.lane.onOffer.remove(group);
    group.lane.off.add(group);
    this.#lanesOff.add(group.lane);
  }

  /** Says why a waiting job, and all of its lane that ask for the same, cannot start now. */
  because(slot: number, reason: string): void {
    this.#setReason((this.#entries[slot] as Entry).group, reason);
  }

  /** Why a waiting job could not start when that was last looked at. */
  reasonOf(slot: number): string {
    return (this.#entries[slot] as Entry).group.reason;
  }

  /** Ends a pass: whoever was not looked at waits for the reason given. */
  endPass(reason: string): void {
    for (const group of this.#groups.values()) if (group.at >= 0) this.#setReason(group, reason);
  }

  /** Books all waiting up to now. */
  settle(nowUs: number): void {
    for (const group of this.#groups.values()) if (group.entries.size > 0) this.#book(group, nowUs);
  }

  /** Puts everybody on offer again within the pass, because room was made. */
  offerAll(): void {
    if (this.#first !== undefined) this.#first.isOff = false;
    for (const lane of this.#lanesOff) {
      for (const group of lane.off) lane.onOffer.push(group);
      lane.off.clear();
    }
    this.#lanesOff.clear();
  }

  /**
   * Waiting jobs, the next one first. Lanes are taken as they stand now.
   *
   * @param most how many of them; finding few among many takes time by the number of demands, not of jobs
   */
  inOrder(nowUs: number, most = this.size): readonly QueuedJob[] {
    // Of each group's heap, the places whose parents have been taken: only these can be next.
    const front = new OrderedHeap<Candidate>((a, b) =>
      a.laneRank !== b.laneRank ? a.laneRank < b.laneRank : isBefore(a.entry, b.entry),
    );
    for (const group of this.#groups.values()) {
      if (group.entries.size === 0) continue;
      const laneRank = this.#discipline.laneRank?.(group.lane.number, nowUs) ?? 0;
      front.push({ entry: group.entries.first as Entry, laneRank, at: -1 });
    }
    const first = this.#first?.job;
    const found: QueuedJob[] = first === undefined ? [] : [first];
    for (let next = front.first; next !== undefined && found.length < most; next = front.first) {
      front.remove(next);
      const { entry, laneRank } = next;
      if (entry.job !== first) found.push(entry.job);
      for (const child of [2 * entry.at + 1, 2 * entry.at + 2]) {
        const behind = entry.group.entries.items[child];
        if (behind !== undefined) front.push({ entry: behind, laneRank, at: -1 });
      }
    }
    return found;
  }

  /** All waiting jobs, in no particular order. */
  *waiting(): Iterable<QueuedJob> {
    for (const { entries } of this.#groups.values()) {
      for (const { job } of entries.items) yield job;
    }
  }

  #groupOf(job: QueuedJob, nowUs: number): Group {
    const number = this.#discipline.laneOf?.(job) ?? 0;
    const key = job.job.demand * LANES + number;
    let group = this.#groups.get(key);
    if (group !== undefined) {
      if (group.entries.size === 0) {
        group.reason = UNDECIDED;
        group.sinceUs = nowUs;
        group.freeUs = this.#books?.freeUs(job.job, nowUs) ?? 0;
      }
      return group;
    }
    let lane = this.#lanes.get(number);
    if (lane === undefined) {
      lane = { number, onOffer: new OrderedHeap<Group>(isGroupBefore), off: new Set(), groups: 0 };
      this.#lanes.set(number, lane);
    }
    group = {
      key,
      lane,
      entries: new OrderedHeap<Entry>(isBefore),
      at: -1,
      reason: UNDECIDED,
      sinceUs: nowUs,
      freeUs: this.#books?.freeUs(job.job, nowUs) ?? 0,
    };
    this.#groups.set(key, group);
    lane.groups += 1;
    return group;
  }

  #setReason(group: Group, reason: string): void {
    if (group.reason === reason) return;
    this.#book(group, this.#nowUs);
    const jobs = group.entries.size;
    if (this.#books?.wants !== undefined && jobs > 0) {
      const { job } = (group.entries.first as Entry).job;
      this.#books.wants(job, group.reason, -jobs, this.#nowUs);
      this.#books.wants(job, reason, jobs, this.#nowUs);
    }
    if (jobs > 0) this.#books?.heldBy?.(group, reason, this.#nowUs);
    group.reason = reason;
  }

  #book(group: Group, nowUs: number): void {
    if (this.#books === undefined || nowUs === group.sinceUs) return;
    const { job } = (group.entries.first as Entry).job;
    this.#books.waited(job, group.entries.size, group.reason, group.sinceUs, nowUs, group.freeUs);
    group.sinceUs = nowUs;
    group.freeUs = this.#books.freeUs(job, nowUs);
  }

  #rankAnew(nowUs: number): void {
    for (const { entries } of this.#groups.values()) {
      for (const entry of entries.items) entry.rank = this.#discipline.rank(entry.job, nowUs);
      entries.rebuild();
    }
    for (const { onOffer } of this.#lanes.values()) onOffer.rebuild();
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.rank !== b.rank ? a.rank < b.rank : a.job.job.number < b.job.job.number;
}

function isGroupBefore(a: Group, b: Group): boolean {
  return isBefore(a.entries.first as Entry, b.entries.first as Entry);
}
