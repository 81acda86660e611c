import type { Discipline, QueuedJob } from './discipline.ts';

/** Waiting jobs of one lane that ask for the same: a binary heap of slots, the best rank first, then the earliest. */
interface Group {
  readonly key: number;
  readonly lane: number;
  readonly slots: number[];
  /** Pass in which it was found that its best job cannot start; jobs that ask for the same cannot either. */
  passedOver: number;
}

const LANES = 2 ** 26;

/**
 * The waiting jobs in the order of a discipline. A pass offers jobs one after another: each is taken, or passed over
 * together with all of its lane that ask for the same. So a pass costs time by the number of different demands, not by
 * the number of jobs.
 */
export class WaitingLine {
  size = 0;
  readonly #discipline: Discipline;
  readonly #groups = new Map<number, Group>();
  /** Groups that have a job. */
  readonly #active: Group[] = [];
  readonly #jobs: (QueuedJob | undefined)[] = [];
  /** By slot: its rank, its group, and where in that heap it stands. */
  readonly #rank: number[] = [];
  readonly #group: (Group | undefined)[] = [];
  readonly #place: number[] = [];
  #pass = 0;
  #nowUs = 0;

  constructor(discipline: Discipline) {
    this.#discipline = discipline;
  }

  add(job: QueuedJob, nowUs: number): void {
    const { slot } = job;
    const lane = this.#discipline.laneOf?.(job) ?? 0;
    const key = job.job.demand * LANES + lane;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { key, lane, slots: [], passedOver: -1 };
      this.#groups.set(key, group);
    }
    if (group.slots.length === 0) this.#active.push(group);
    this.#jobs[slot] = job;
    this.#rank[slot] = this.#discipline.rank(job, nowUs);
    this.#group[slot] = group;
    this.#place[slot] = group.slots.length;
    group.slots.push(slot);
    this.#rise(group, group.slots.length - 1);
    this.size += 1;
  }

  has(slot: number): boolean {
    return this.#group[slot] !== undefined;
  }

  remove(slot: number): void {
    const group = this.#group[slot];
    if (group === undefined)
      throw new RangeError(`Cannot remove job ${slot} from the queue: it is not waiting`);
    const { slots } = group;
    const at = this.#place[slot] as number;
    const last = slots.pop() as number;
    if (last !== slot) {
      slots[at] = last;
      this.#place[last] = at;
      this.#rise(group, at);
      this.#sink(group, this.#place[last] as number);
    }
    this.#group[slot] = undefined;
    this.#jobs[slot] = undefined;
    this.size -= 1;
    if (slots.length > 0) return;
    this.#groups.delete(group.key);
    const index = this.#active.indexOf(group);
    const moved = this.#active.pop() as Group;
    if (moved !== group) this.#active[index] = moved;
  }

  /** Starts a pass: all jobs are on offer again. */
  beginPass(nowUs: number): void {
    this.#pass += 1;
    this.#nowUs = nowUs;
    this.#discipline.beginPass?.(nowUs);
    if (this.#discipline.isFluid === true) this.#rankAnew(nowUs);
  }

  /** The best job on offer; undefined when none is left. */
  next(): QueuedJob | undefined {
    const discipline = this.#discipline;
    const active = this.#active;
    let best = -1;
    let bestLane = 0;
    for (let i = 0; i < active.length; i++) {
      const { slots, lane, passedOver } = active[i] as Group;
      if (passedOver === this.#pass) continue;
      const slot = slots[0] as number;
      const laneRank = discipline.laneRank?.(lane, this.#nowUs) ?? 0;
      if (best < 0 || laneRank < bestLane || (laneRank === bestLane && this.#isBefore(slot, best))) {
        best = slot;
        bestLane = laneRank;
      }
    }
    return best < 0 ? undefined : this.#jobs[best];
  }

  /** Rank of a waiting job as it was taken. */
  rankOf(slot: number): number {
    return this.#rank[slot] as number;
  }

  /** Takes a waiting job off offer until the next pass, and with it all of its lane that ask for the same. */
  passOver(slot: number): void {
    (this.#group[slot] as Group).passedOver = this.#pass;
  }

  /** Puts everybody on offer again within the pass, because room was made. */
  offerAll(): void {
    this.#pass += 1;
  }

  /** All waiting jobs, the next one first. Lanes are taken as they stand now. */
  inOrder(nowUs: number): readonly QueuedJob[] {
    const discipline = this.#discipline;
    const all = [...this.waiting()].map((job) => {
      const group = this.#group[job.slot] as Group;
      return { job, lane: discipline.laneRank?.(group.lane, nowUs) ?? 0 };
    });
    all.sort((a, b) =>
      a.lane !== b.lane ? (a.lane < b.lane ? -1 : 1) : this.#isBefore(a.job.slot, b.job.slot) ? -1 : 1,
    );
    return all.map(({ job }) => job);
  }

  /** All waiting jobs, in no particular order. */
  *waiting(): Iterable<QueuedJob> {
    for (const { slots } of this.#active) {
      for (const slot of slots) yield this.#jobs[slot] as QueuedJob;
    }
  }

  #rankAnew(nowUs: number): void {
    for (const group of this.#active) {
      const { slots } = group;
      for (const slot of slots) {
        this.#rank[slot] = this.#discipline.rank(this.#jobs[slot] as QueuedJob, nowUs);
      }
      for (let i = (slots.length >> 1) - 1; i >= 0; i--) this.#sink(group, i);
    }
  }

  #isBefore(a: number, b: number): boolean {
    const rankOfA = this.#rank[a] as number;
    const rankOfB = this.#rank[b] as number;
    if (rankOfA !== rankOfB) return rankOfA < rankOfB;
    return (this.#jobs[a] as QueuedJob).job.number < (this.#jobs[b] as QueuedJob).job.number;
  }

  #rise({ slots }: Group, from: number): void {
    let at = from;
    const slot = slots[at] as number;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = slots[parent] as number;
      if (!this.#isBefore(slot, above)) break;
      slots[at] = above;
      this.#place[above] = at;
      at = parent;
    }
    slots[at] = slot;
    this.#place[slot] = at;
  }

  #sink({ slots }: Group, from: number): void {
    let at = from;
    const slot = slots[at] as number;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= slots.length) break;
      if (child + 1 < slots.length && this.#isBefore(slots[child + 1] as number, slots[child] as number))
        child += 1;
      const below = slots[child] as number;
      if (!this.#isBefore(below, slot)) break;
      slots[at] = below;
      this.#place[below] = at;
      at = child;
    }
    slots[at] = slot;
    this.#place[slot] = at;
  }
}
