import type { Fleet } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import type { SeatRefusal } from '../cluster/seat-book.ts';
import type { Discipline } from '../policies/queueing/discipline.ts';
import { isTurnedAway } from './licences/refusal.ts';
import type { LiveJob } from './live-job.ts';
import { takeOff } from './parts.ts';
import { giveBack, reserve, takeBack, takeJobsIn, tryTakeBack } from './reserve.ts';
import type { Promised, QueueOfPool, SchedulerActions } from './scheduling.ts';

/** A running job that competes anew, and where it is. */
export interface Contender {
  readonly live: LiveJob;
  readonly before: readonly Part[];
}

interface RankedContender extends Contender {
  readonly rank: number;
  readonly lane: number;
}

/**
 * Decides anew for all running jobs that may be stopped together with those that wait: takes them off the fleet, and
 * gives it out again in the order of the discipline. A job that finds no room in its turn is passed over (under `block`
 * it ends the round). A running job that gets the place it had goes on as if nothing had been.
 *
 * @returns jobs that are to have room which others still hold while they save their state
 */
export function refill(
  scheduler: QueueOfPool,
  fleet: Fleet,
  actions: SchedulerActions,
  nowUs: number,
): readonly Promised[] {
  const { line, discipline, rules, placer, running } = scheduler;
  line.beginPass(nowUs);
  const contenders: RankedContender[] = [];
  for (const live of running) {
    if (!live.isPlaced || live.move !== undefined || !live.job.claim.isPreemptible) continue;
    if (nowUs - live.startedUs < rules.minRunUs) {
      scheduler.use.leftAlone += 1;
      continue;
    }
    const lane = discipline.laneOf?.(live) ?? 0;
    contenders.push({ live, rank: discipline.rank(live, nowUs), lane, before: live.parts });
  }
  if (contenders.length === 0 && line.size === 0) return [];
  const { gains } = fleet;
  for (const { live, before } of contenders) {
    giveBack(fleet, before);
    discipline.stopped?.(live, nowUs);
    discipline.vacated?.(live, nowUs);
  }
  const order = new ContenderOrder(discipline, contenders, nowUs);
  const kept: (Contender & Promised)[] = [];
  const stopped: Contender[] = [];
  /** Of each that is stopped: what keeps it besides room. */
  const keptBy: (string | undefined)[] = [];
  const starting: Promised[] = [];
  const noRoom = new Map<number, SeatRefusal | undefined>();
  const unlicensed: { readonly live: LiveJob; readonly refusal: SeatRefusal }[] = [];
  let isOver = false;
  for (;;) {
    const candidate = order.peek();
    const waiting = isOver ? undefined : (line.next() as LiveJob | undefined);
    if (candidate === undefined && waiting === undefined) break;
    if (
      candidate !== undefined &&
      (waiting === undefined ||
        (!line.isFirst(waiting.slot) && order.isBefore(candidate, waiting, line.rankOf(waiting.slot))))
    ) {
      order.take(candidate);
      // Those that went before it may have used up what a limit leaves.
      const held = discipline.holds?.(candidate.live, nowUs);
      const isHeld = held !== undefined;
      const parts = isOver || isHeld ? undefined : roomAgain(fleet, scheduler, candidate, noRoom);
      if (parts === undefined) {
        stopped.push(candidate);
        keptBy.push(held ?? (isOver ? 'queue-order' : undefined));
        if (rules.fill === 'block' && !isHeld) isOver = true;
      } else {
        discipline.started?.(candidate.live, nowUs);
        kept.push({ ...candidate, parts });
      }
      continue;
    }
    const live = waiting as LiveJob;
    const held = discipline.holds?.(live, nowUs);
    const { demand } = live.job;
    const hasNoRoom = noRoom.has(demand);
    if (held !== undefined) scheduler.use.hold(held);
    const parts = held !== undefined || hasNoRoom ? undefined : reserve(fleet, placer, live.job);
    if (parts !== undefined) {
      if (noRoom.size > 0) scheduler.use.overtook += 1;
      starting.push({ live, parts });
      line.remove(live.slot, nowUs);
      discipline.started?.(live, nowUs);
      continue;
    }
    line.passOver(live.slot);
    const refusal = held !== undefined ? undefined : hasNoRoom ? noRoom.get(demand) : fleet.seats?.refusal;
    if (refusal !== undefined) unlicensed.push({ live, refusal });
    scheduler.because(live, held ?? (refusal === undefined ? undefined : 'licence'));
    if (!hasNoRoom) actions.tellBlocked(live, line.reasonOf(live.slot));
    if (held !== undefined) continue;
    if (line.size > 1) scheduler.use.blocked += 1;
    noRoom.set(demand, refusal);
    if (rules.fill === 'block' && (refusal === undefined || !isTurnedAway(refusal, live))) isOver = true;
  }
  if (isOver) line.endPass('queue-order');
  scheduler.use.kept += kept.length;
  const promised = carryOut(scheduler, fleet, actions, { kept, stopped, starting }, nowUs);
  stopped.forEach(({ live }, i) => {
    if (live.phase === 'waiting' && line.has(live.slot)) scheduler.because(live, keptBy[i]);
  });
  for (const { live, refusal } of unlicensed) {
    if (live.phase === 'waiting') scheduler.turnAway(live, refusal, nowUs);
  }
  if (stopped.length === 0) fleet.gains = gains;
  return promised;
}

/** Room for a running job in its turn: its own place if that is free and it may keep it, or if there is no other. */
function roomAgain(
  fleet: Fleet,
  { rules, placer }: QueueOfPool,
  { live, before }: Contender,
  noRoom: Map<number, SeatRefusal | undefined>,
): readonly Part[] | undefined {
  if (rules.isSticky && tryTakeBack(fleet, before)) return before;
  const { seats } = fleet;
  const isKnown = seats === undefined && noRoom.has(live.job.demand);
  const parts = isKnown ? undefined : reserve(fleet, placer, live.job);
  if (parts === undefined) {
    if (!isKnown) noRoom.set(live.job.demand, seats?.refusal);
    return goesOn(fleet, before) ? before : undefined;
  }
  return rules.isSticky ? parts : asBefore(fleet, parts, before);
}

/**
 * Takes the place of a running job again that finds no other. A card that is to be cut anew lets nobody in, and whoever is
 * on it stays until it goes by itself or the cut makes it go: were it stopped by the queue for that, a cut for the job that
 * comes in its place would follow, and so on without end.
 */
export function goesOn(fleet: Fleet, before: readonly Part[]): boolean {
  // It has licences of its own where others find none.
  return (fleet.seats !== undefined || takeJobsIn(fleet, before)) && tryTakeBack(fleet, before);
}

/** Room that was taken for a running job: what it had before where that is the same place, so that it goes on as if nothing had been. */
export function asBefore(fleet: Fleet, parts: readonly Part[], before: readonly Part[]): readonly Part[] {
  if (!isSamePlace(parts, before)) return parts;
  takeOff(fleet, parts);
  if (tryTakeBack(fleet, before)) return before;
  takeBack(fleet, parts);
  return parts;
}

/** Who goes on and where, who stops, and who starts. */
export interface Decision {
  readonly kept: readonly (Contender & Promised)[];
  readonly stopped: readonly Contender[];
  readonly starting: readonly Promised[];
}

/** Makes the decision true: stops, shifts and starts. On entry the fleet holds what every job is to have. */
export function carryOut(
  scheduler: QueueOfPool,
  fleet: Fleet,
  actions: SchedulerActions,
  { kept, stopped, starting }: Decision,
  nowUs: number,
): readonly Promised[] {
  const { way } = scheduler.rules;
  const shifts = kept.filter(({ parts, before }) => parts !== before);
  // Back to what is so now, and then one change after the other.
  for (const { parts } of starting) giveBack(fleet, parts);
  for (const { parts } of shifts) giveBack(fleet, parts);
  for (const { before } of shifts) takeBack(fleet, before);
  for (const { before } of stopped) takeBack(fleet, before);
  const waits: Promised[] = [];
  const takers = takersOf(stopped, [...starting, ...shifts]);
  for (const { live } of stopped) {
    // It runs until it is told to stop, and holds what it has until that is free.
    scheduler.discipline.started?.(live, nowUs);
    scheduler.use.stopped += 1;
    actions.preempt(live, way, takers.get(live) ?? 'preempted');
  }
  if (way === 'suspend') {
    for (const { before } of shifts) giveBack(fleet, before);
    for (const { parts } of shifts) takeBack(fleet, parts);
    for (const { live, parts } of shifts) actions.shift(live, parts);
  } else {
    for (const { live, parts, before } of shifts) {
      if (isSamePlace(parts, before)) {
        swapSlots(fleet, actions, { live, parts, before });
        continue;
      }
      scheduler.left(live, nowUs);
      scheduler.use.stopped += 1;
      actions.preempt(live, way, 'moved');
      waits.push({ live, parts });
    }
  }
  for (const each of starting) {
    // It has been counted as started; `begin` does that once more.
    scheduler.discipline.stopped?.(each.live, nowUs);
    scheduler.discipline.vacated?.(each.live, nowUs);
    scheduler.enqueue(each.live, nowUs);
    waits.push(each);
  }
  return waits.filter(({ live, parts }) => {
    if (live.phase !== 'waiting') return true;
    if (scheduler.tryKeep({ live, parts }, nowUs)) return false;
    scheduler.line.because(live.slot, 'room-being-made');
    return true;
  });
}

/** A job goes on where it is with slots of its cards that are like its own, which others are to have; not yet if somebody still holds them. */
function swapSlots(
  fleet: Fleet,
  actions: SchedulerActions,
  { live, parts, before }: Pick<Contender & Promised, 'live' | 'parts' | 'before'>,
): void {
  takeOff(fleet, before);
  if (tryTakeBack(fleet, parts)) actions.shift(live, parts);
  else takeBack(fleet, before);
}

/** By job that is stopped: the reason, which names the first that is to have a GPU of its own, else room on its host. */
function takersOf(stopped: readonly Contender[], gaining: readonly Promised[]): ReadonlyMap<LiveJob, string> {
  const reasons = new Map<LiveJob, string>();
  for (const { live, before } of stopped) {
    const shares = (parts: readonly Part[], byGpu: boolean) =>
      parts.some((to) =>
        before.some(
          (from) => from.host === to.host && (!byGpu || from.gpus.some((g) => to.gpus.includes(g))),
        ),
      );
    const taker =
      gaining.find(({ parts }) => shares(parts, true)) ?? gaining.find(({ parts }) => shares(parts, false));
    if (taker !== undefined) reasons.set(live, `preempted-for:${taker.live.job.name}`);
  }
  return reasons;
}

/** Running jobs that compete anew, the next one first: lane ranks may change as jobs are given room. */
class ContenderOrder {
  readonly #discipline: Discipline;
  readonly #nowUs: number;
  /** By lane, each in the order of ranks; taken from the end. */
  readonly #lanes = new Map<number, RankedContender[]>();

  constructor(discipline: Discipline, contenders: readonly RankedContender[], nowUs: number) {
    this.#discipline = discipline;
    this.#nowUs = nowUs;
    for (const each of contenders) {
      const lane = this.#lanes.get(each.lane);
      if (lane === undefined) this.#lanes.set(each.lane, [each]);
      else lane.push(each);
    }
    for (const lane of this.#lanes.values()) lane.sort((a, b) => (comesFirst(a, b) ? 1 : -1));
  }

  peek(): RankedContender | undefined {
    let best: RankedContender | undefined;
    for (const lane of this.#lanes.values()) {
      const first = lane.at(-1);
      if (first !== undefined && (best === undefined || this.#isBefore(first, best))) best = first;
    }
    return best;
  }

  take({ lane }: RankedContender): void {
    this.#lanes.get(lane)?.pop();
  }

  /** Whether a running job comes before a waiting one of that rank: of equals the one that runs, so that nobody swaps. */
  isBefore(contender: RankedContender, waiting: LiveJob, rank: number): boolean {
    const lane = this.#discipline.laneOf?.(waiting) ?? 0;
    const byLane = this.#laneOrder(contender.lane, lane);
    return byLane === 0 ? contender.rank <= rank : byLane < 0;
  }

  #isBefore(a: RankedContender, b: RankedContender): boolean {
    const byLane = this.#laneOrder(a.lane, b.lane);
    return byLane === 0 ? comesFirst(a, b) : byLane < 0;
  }

  /** Below 0 where the first lane is next, above 0 where the second is, 0 where rank decides. */
  #laneOrder(a: number, b: number): number {
    if (a === b || this.#discipline.laneRank === undefined) return 0;
    const ofA = this.#discipline.laneRank(a, this.#nowUs);
    const ofB = this.#discipline.laneRank(b, this.#nowUs);
    return ofA < ofB ? -1 : ofA > ofB ? 1 : 0;
  }
}

function comesFirst(a: RankedContender, b: RankedContender): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank;
  return a.live.job.number < b.live.job.number;
}

/**
 * Whether two places are the same but for the slots as such: of three equal replicas one is booked with a thousandth of
 * the card more.
 */
function isSamePlace(a: readonly Part[], b: readonly Part[]): boolean {
  return (
    a === b ||
    a.every((part, i) => {
      const other = b[i] as Part;
      return (
        part.host === other.host &&
        part.gpus.every((gpu, g) => gpu === other.gpus[g]) &&
        part.grant.every(
          (slot, s) => slot.start === other.grant[s]?.start && slot.label === other.grant[s]?.label,
        )
      );
    })
  );
}
