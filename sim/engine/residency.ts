import type { FleetView } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import type { WorkBooks } from '../cluster/work-books.ts';
import type { Micros } from '../kernel/time.ts';
import { type Card, type GpuUse, Residents, type SharedGpu, type Slot } from '../sharing/index.ts';
import { CardLoss } from './card-loss.ts';
import { CardRun } from './card-run.ts';
import type { FrameTracker } from './frame-tracker.ts';

/** One slot that a live job holds on one card. */
interface Member {
  readonly number: number;
  readonly live: number;
  readonly run: CardRun;
  seat: number;
  /** Speed of the job on this model relative to its reference. */
  readonly relative: number;
  readonly slot: Slot;
  readonly use: GpuUse;
  /** Speed on this card, relative to the job's reference. */
  speed: number;
}

/** What a job is on one card: its use there, and how fast that model is for it. */
export interface OnCard {
  readonly speed: number;
  readonly use: GpuUse;
}

/**
 * Who sits on which shared card, and how fast each job goes. A join, a leave or a change of activity computes the
 * speeds of that card alone; other cards of the host follow only while their common uplink is full.
 *
 * A job on several GPUs goes as fast as the slowest of them lets it. What it so leaves unused on the others is not
 * given to their other residents: a gang holds its shares.
 */
export class Residency {
  readonly runs: (CardRun | undefined)[];
  readonly #sessionGroups: number;
  /** By live job: whether it has work, whether it stands still all the same, and whether it has allocated its memory. */
  readonly #wanted: boolean[] = [];
  readonly #paused: boolean[] = [];
  readonly #hasMemory: boolean[] = [];
  readonly #fleet: FleetView;
  readonly #hostOf: Int32Array;
  readonly #uplinks: readonly (number | undefined)[];
  readonly #hasUplinks: boolean;
  readonly #onSpeed: (live: number, speed: number) => void;
  readonly #frames: FrameTracker | undefined;
  readonly #books: Pick<WorkBooks, 'carded'> | undefined;
  readonly #loss: CardLoss;
  readonly #onWork: ((nowUs: number, run: CardRun) => void) | undefined;
  /** By live job: its members; undefined for jobs without shared GPUs. */
  readonly #membersOf: (Member[] | undefined)[] = [];
  readonly #members: (Member | undefined)[] = [];
  readonly #freeMembers: number[] = [];
  /** By live job: factor of its speed for exchanging data between GPUs, in (0, 1]. */
  readonly #exchange: number[] = [];
  /** By live job: part of its time that is left beside checkpoints of its own, in (0, 1]. */
  readonly #drag: number[] = [];
  /** Of the card that was looked at last: work that it could do and does not, by why. */
  readonly #notDone = { waiting: 0, restricted: 0, saving: 0 };
  /** By live job: factor of its speed for want of a licence, [0, 1]; absent: 1. */
  readonly #throttle: number[] = [];

  /**
   * @param uplinks by host: bytes a second that all its GPUs share; undefined = no common limit
   * @param sessionGroups how many session groups there are
   * @param frames told who draws frames beside whom; undefined where nobody draws
   * @param onSpeed told of each live job whose speed has changed, once its card is up to date; not of sessions, whose
   *   speeds are summed up by group
   * @param onWork told of each card whose residents' speeds were computed anew; undefined where nobody asks
   * @param books of what cards do; undefined where nobody keeps them
   */
  constructor(
    fleet: FleetView,
    uplinks: readonly (number | undefined)[],
    sessionGroups: number,
    frames: FrameTracker | undefined,
    onSpeed: (live: number, speed: number) => void,
    onWork?: (nowUs: number, run: CardRun) => void,
    books?: Pick<WorkBooks, 'carded'>,
  ) {
    this.#onWork = onWork;
    this.#books = books;
    this.#loss = new CardLoss(fleet);
    this.#frames = frames;
    this.#sessionGroups = sessionGroups;
    this.#fleet = fleet;
    this.#uplinks = uplinks;
    this.#hasUplinks = uplinks.some((each) => each !== undefined);
    this.#onSpeed = onSpeed;
    this.runs = fleet.cards.map((card, g) =>
      card === undefined ? undefined : new CardRun(g, card, sessionGroups),
    );
    this.#hostOf = new Int32Array(fleet.gpuCount);
    for (let h = 0; h < fleet.hostCount; h++) {
      this.#hostOf.fill(h, fleet.gpuStart[h], fleet.gpuStart[h + 1]);
    }
  }

  /**
   * Seats a job on the shared cards among its GPUs, inactive.
   *
   * @param parts what it holds, one part a worker
   * @param onCard what the job is on a GPU, by GPU number of the fleet
   * @param exchange factor of its speed for exchanging data between its GPUs, in (0, 1]
   * @param sessionGroup number of its session group; -1 for other jobs
   * @param drag part of its time that is left beside checkpoints of its own, in (0, 1]; who is told of speeds counts it in
   */
  join(
    nowUs: number,
    live: number,
    parts: readonly Part[],
    onCard: (gpu: number) => OnCard,
    exchange: number,
    sessionGroup: number,
    drag = 1,
  ): void {
    const members: Member[] = [];
    for (const part of parts) this.#seat(nowUs, live, part, onCard, sessionGroup, members);
    this.#membersOf[live] = members;
    this.#exchange[live] = exchange;
    this.#drag[live] = drag;
    for (const { run } of members) this.#refresh(nowUs, run);
  }

  #seat(
    nowUs: number,
    live: number,
    { shape, host, gpus, grant }: Part,
    onCard: (gpu: number) => OnCard,
    sessionGroup: number,
    members: Member[],
  ): void {
    const start = this.#fleet.gpuStart[host] as number;
    const slotsPerGpu = shape.ask?.count ?? 1;
    let next = 0;
    for (const index of gpus) {
      const run = this.runs[start + index];
      if (run === undefined) continue;
      run.settle(nowUs);
      const { speed, use } = onCard(start + index);
      for (let i = 0; i < slotsPerGpu; i++) {
        const slot = grant[next++] as Slot;
        run.reserve();
        const seat = run.residents.join(slot, use, false);
        const number = this.#freeMembers.pop() ?? this.#members.length;
        const member: Member = { number, live, run, seat, relative: speed, slot, use, speed: 0 };
        this.#members[number] = member;
        run.owners[seat] = number;
        run.groups[seat] = sessionGroup;
        if (sessionGroup >= 0) run.groupSeated[sessionGroup]! += 1;
        run.regroup();
        members.push(member);
        const shared = this.#fleet.sharing[start + index] as SharedGpu;
        this.#frames?.join(nowUs, number, start + index, shared, slot, use, sessionGroup, speed);
      }
    }
  }

  /** Lets a job allocate its memory, once its start is over. False where that goes beyond what a card of its has. */
  allocate(live: number): boolean {
    this.#hasMemory[live] = true;
    const members = this.#membersOf[live] as Member[];
    return !members.some((member) => this.#overflows(member));
  }

  /** Whether the job sits on a shared card. */
  isSeated(live: number): boolean {
    const members = this.#membersOf[live];
    return members !== undefined && members.length > 0;
  }

  /** Number of the live job that sits there. */
  liveAt(run: CardRun, seat: number): number {
    return (this.#members[run.owners[seat] as number] as Member).live;
  }

  setActive(nowUs: number, live: number, isActive: boolean): void {
    this.#wanted[live] = isActive;
    if (this.#paused[live] !== true) this.#apply(nowUs, live, isActive);
  }

  /** Lets a job stand still, whatever work it has, until it is resumed or leaves. */
  pause(nowUs: number, live: number): void {
    this.#paused[live] = true;
    this.#apply(nowUs, live, false);
  }

  resume(nowUs: number, live: number): void {
    this.#paused[live] = false;
    this.#apply(nowUs, live, this.#wanted[live] === true);
  }

  /** Takes over the card that a GPU has after a change. Nobody is on it. */
  reshared(nowUs: number, gpu: number): void {
    const card = this.#fleet.cards[gpu] as Card;
    const run = this.runs[gpu];
    if (run === undefined) {
      const fresh = new CardRun(gpu, card, this.#sessionGroups);
      fresh.reset(nowUs as Micros);
      this.runs[gpu] = fresh;
    } else {
      run.settle(nowUs);
      run.card = card;
    }
  }

  #apply(nowUs: number, live: number, isActive: boolean): void {
    const members = this.#membersOf[live] as Member[];
    for (let i = 0; i < members.length; i++) {
      const { run, seat, number } = members[i] as Member;
      run.settle(nowUs);
      run.setActive(seat, isActive);
      this.#frames?.setActive(nowUs, number, isActive);
      this.#refresh(nowUs, run);
    }
  }

  /**
   * Lets a job go at this part of its speed from now on, wherever it sits, until it leaves. What it so leaves unused is
   * not given to others. Not for sessions.
   */
  throttle(nowUs: number, live: number, factor: number): void {
    if ((this.#throttle[live] ?? 1) === factor) return;
    this.#throttle[live] = factor;
    const members = this.#membersOf[live] ?? [];
    let slowest = Number.POSITIVE_INFINITY;
    for (const { run, seat, speed } of members) {
      if ((run.groups[seat] as number) >= 0) return;
      slowest = Math.min(slowest, speed);
    }
    // Who stands still anyway is told when it goes.
    if (members.length === 0 || slowest === 0) return;
    this.#onSpeed(live, slowest * this.#paceOf(live));
    for (const { run } of members) this.#bookOne(nowUs, run);
  }

  /** Lets a session draw at most so many frames a second where it sits now; null: as many as its program draws. */
  limitFrames(nowUs: number, live: number, fps: number | null): void {
    if (this.#frames === undefined) return;
    for (const { number } of this.#membersOf[live] ?? []) this.#frames.limit(nowUs, number, fps);
  }

  /** Takes a job off its cards for good. */
  leave(nowUs: number, live: number): void {
    this.lift(nowUs, live);
    this.#wanted[live] = false;
    this.#paused[live] = false;
    this.#hasMemory[live] = false;
    this.#throttle[live] = 1;
  }

  /** Takes a job off its cards to be seated on others: what work and memory it has, and whether it stands still, stays. */
  lift(nowUs: number, live: number): void {
    const members = this.#membersOf[live] as Member[];
    for (const member of members) {
      const { run, seat } = member;
      run.settle(nowUs);
      const number = run.owners[seat] as number;
      run.setActive(seat, false);
      const group = run.groups[seat] as number;
      if (group >= 0) run.groupSeated[group]! -= 1;
      const moved = run.residents.leave(seat);
      if (moved >= 0) {
        const mover = run.owners[moved] as number;
        run.owners[seat] = mover;
        run.groups[seat] = run.groups[moved] as number;
        run.speeds[seat] = run.speeds[moved] as number;
        (this.#members[mover] as Member).seat = seat;
      }
      run.regroup();
      this.#frames?.leave(nowUs, number);
      this.#members[number] = undefined;
      this.#freeMembers.push(number);
    }
    this.#membersOf[live] = undefined;
    for (const { run } of members) this.#refresh(nowUs, run);
  }

  /** Books the time up to now on every card. */
  settleAll(nowUs: number): void {
    for (const run of this.runs) run?.settle(nowUs);
    this.#frames?.settleAll(nowUs);
  }

  /** Forgets what the cards did so far. */
  resetAll(nowUs: Micros): void {
    for (const run of this.runs) run?.reset(nowUs);
    this.#frames?.reset(nowUs);
  }

  /** Asks the card with the member as the newcomer, and without those whose start is not over yet. */
  #overflows({ number, run, slot, use }: Member): boolean {
    const { residents, owners, card } = run;
    const { count } = residents;
    let isLast = owners[count - 1] === number;
    for (let seat = 0; seat < count && isLast; seat++) isLast = this.#hasAllocated(owners[seat] as number);
    if (isLast) return card.overflows(residents, use);
    const allocated = new Residents();
    for (let seat = 0; seat < count; seat++) {
      const owner = owners[seat] as number;
      if (owner === number || !this.#hasAllocated(owner)) continue;
      allocated.join(residents.slots[seat] as Slot, residents.uses[seat] as GpuUse, false);
    }
    allocated.join(slot, use, false);
    return card.overflows(allocated, use);
  }

  #hasAllocated(member: number): boolean {
    return this.#hasMemory[(this.#members[member] as Member).live] === true;
  }

  #refresh(nowUs: number, run: CardRun): void {
    run.update();
    if (run.jobCount > 0) this.#tell(run);
    this.#onWork?.(nowUs, run);
    if (this.#books !== undefined) this.#book(nowUs, run);
    if (this.#hasUplinks) this.#shareUplink(nowUs, this.#hostOf[run.gpu] as number);
  }

  /** Enters what a card does, and with it the others of its jobs: they may wait for another one from now on. */
  #book(nowUs: number, run: CardRun): void {
    this.#bookOne(nowUs, run);
    if (run.jobCount === 0) return;
    for (let seat = 0; seat < run.residents.count; seat++) {
      const { live } = this.#members[run.owners[seat] as number] as Member;
      for (const other of this.#membersOf[live] ?? []) {
        if (other.run !== run) this.#bookOne(nowUs, other.run);
      }
    }
  }

  #bookOne(nowUs: number, run: CardRun): void {
    if (this.#books === undefined) return;
    const { waiting, restricted, saving } = this.#lookAtNotDone(run);
    const lost = run.keptByActivity(this.#loss.of);
    this.#books.carded(nowUs, run.gpu, run.utilization, lost, waiting, restricted, saving);
  }

  /**
   * Work that a card could do and does not: first because its jobs wait for their slower GPUs or exchange data, of the rest
   * because they are throttled, and of that because they save their state.
   */
  #lookAtNotDone({ residents, owners, groups, speeds, jobCount }: CardRun) {
    const notDone = this.#notDone;
    notDone.waiting = 0;
    notDone.restricted = 0;
    notDone.saving = 0;
    for (let seat = 0; jobCount > 0 && seat < residents.count; seat++) {
      if ((groups[seat] as number) >= 0) continue;
      const { live, relative } = this.#members[owners[seat] as number] as Member;
      const members = this.#membersOf[live];
      const exchange = this.#exchange[live] as number;
      const throttle = this.#throttle[live] ?? 1;
      const drag = this.#drag[live] as number;
      if (members === undefined || (members.length === 1 && exchange === 1 && throttle === 1 && drag === 1)) {
        continue;
      }
      let slowest = Number.POSITIVE_INFINITY;
      for (const each of members) slowest = Math.min(slowest, each.speed);
      const speed = speeds[seat] as number;
      if (!(speed > 0)) continue;
      const own = Math.min(
        speed * (residents.compute[seat] as number),
        residents.computeShare[seat] as number,
      );
      const paced = own * Math.min(1, (slowest * exchange) / (speed * relative));
      notDone.waiting += own - paced;
      notDone.restricted += paced * (1 - throttle);
      notDone.saving += paced * throttle * (1 - drag);
    }
    return notDone;
  }

  /** Part of the speed of its slowest card at which a job goes. */
  #paceOf(live: number): number {
    return (this.#exchange[live] as number) * (this.#throttle[live] ?? 1);
  }

  /** Passes new speeds of a card on to the jobs that have changed. */
  #tell(run: CardRun): void {
    const { residents, speeds, owners, groups } = run;
    for (let seat = 0; seat < residents.count; seat++) {
      if ((groups[seat] as number) >= 0) continue;
      const member = this.#members[owners[seat] as number] as Member;
      const speed = (speeds[seat] as number) * member.relative;
      if (speed === member.speed) continue;
      member.speed = speed;
      const members = this.#membersOf[member.live];
      // While a job is being seated, its other cards are not up to date yet: the last one tells.
      if (members === undefined) continue;
      let slowest = speed;
      for (let i = 0; i < members.length; i++) slowest = Math.min(slowest, (members[i] as Member).speed);
      this.#onSpeed(member.live, slowest * this.#paceOf(member.live));
    }
  }

  /** Divides a host's uplink max-min fair among its cards while they want more than it carries. */
  #shareUplink(nowUs: number, host: number): void {
    const capacity = this.#uplinks[host];
    if (capacity === undefined) return;
    const cards: CardRun[] = [];
    for (let g = this.#fleet.gpuStart[host] as number; g < (this.#fleet.gpuStart[host + 1] as number); g++) {
      const run = this.runs[g];
      if (run !== undefined) cards.push(run);
    }
    // What each wants without the others: its speeds with no cap.
    const caps = cards.map((run) => run.linkCap);
    let wanted = 0;
    const wants = cards.map((run) => {
      if (run.linkCap !== Number.POSITIVE_INFINITY) {
        run.settle(nowUs);
        run.linkCap = Number.POSITIVE_INFINITY;
        run.update();
      }
      const bytes = run.linkBytesPerSec();
      wanted += bytes;
      return bytes;
    });
    const level = wanted <= capacity ? Number.POSITIVE_INFINITY : fairLevel(wants, capacity);
    cards.forEach((run, i) => {
      const cap = (wants[i] as number) > level ? level : Number.POSITIVE_INFINITY;
      if (cap === Number.POSITIVE_INFINITY && caps[i] === Number.POSITIVE_INFINITY) return;
      run.settle(nowUs);
      run.linkCap = cap;
      run.update();
      this.#tell(run);
      this.#onWork?.(nowUs, run);
      if (this.#books !== undefined) this.#book(nowUs, run);
    });
  }
}

/** The level up to which every want is met so that all together fill the capacity. */
function fairLevel(wants: readonly number[], capacity: number): number {
  const ascending = wants.toSorted((a, b) => a - b);
  let left = capacity;
  for (const [i, want] of ascending.entries()) {
    const fair = left / (ascending.length - i);
    if (want >= fair) return fair;
    left -= want;
  }
  return Number.POSITIVE_INFINITY;
}
