import type { Part } from '../../cluster/part.ts';
import { GPU_MILLI } from '../../cluster/request.ts';
import type { SeatRefusal } from '../../cluster/seat-book.ts';
import { speedsAlike } from '../../policies/time-share/blind.ts';
import type { ShareJob } from '../../policies/time-share/policy.ts';
import type { LiveJob } from '../live-job.ts';
import { settleWork } from '../live-job.ts';
import { asBefore, type Contender, carryOut, goesOn } from '../refill.ts';
import { giveBack, reserve, tryTakeBack } from '../reserve.ts';
import type { RunContext } from '../run-context.ts';
import type { Promised, QueueOfPool, SchedulerActions } from '../scheduling.ts';
import { JobSpeeds } from './job-speeds.ts';
import { ShareLedger } from './ledger.ts';
import { modelOf, OnModel } from './on-model.ts';
import { type Pair, pairsInOrder } from './pairs.ts';
import type { TimeShareSetup } from './setup.ts';

/** A job that competes in a round: one that runs has a place, one that waits has none. */
interface Competitor {
  readonly live: LiveJob;
  readonly speeds: readonly number[];
  readonly contender: Contender | undefined;
}

/**
 * A pool whose GPU time is divided: from time to time a policy says for which part of the time each job is to run on each
 * GPU model, and in each round jobs run where they are the farthest behind.
 *
 * Only batches with GPUs take part. Others start in the order of the discipline, before everybody in the round, and stay.
 * All workers of a job run on one model. Leaves out jobs side by side on one GPU as a variable of the division.
 */
export class TimeSharing {
  readonly #run: RunContext;
  readonly #setup: TimeShareSetup;
  readonly #hosts: readonly number[];
  readonly #ledger: ShareLedger;
  readonly #speeds: JobSpeeds;
  readonly #onModel: OnModel;
  /** GPUs by model when time was divided last. */
  #gpusOfModel: readonly number[] = [];

  constructor(run: RunContext, hosts: readonly number[], roundUs: number, setup: TimeShareSetup) {
    const { fleet } = run;
    this.#run = run;
    this.#setup = setup;
    this.#hosts = hosts;
    this.#ledger = new ShareLedger(fleet.modelNames.length, roundUs);
    this.#speeds = new JobSpeeds(fleet, hosts);
    this.#onModel = new OnModel(run.shapes, fleet);
  }

  /** A job runs on these parts from now on. */
  began(live: LiveJob, parts: readonly Part[], nowUs: number): void {
    if (takesPart(live)) this.#ledger.began(live, modelOf(this.#run.fleet, parts), nowUs);
  }

  /** A job does not run any more. */
  ended(live: LiveJob, nowUs: number): void {
    this.#ledger.ended(live, nowUs);
  }

  /**
   * Decides anew for all running jobs that may be stopped together with those that wait.
   *
   * @returns jobs that are to have room which others still hold while they save their state
   */
  round(scheduler: QueueOfPool, actions: SchedulerActions, nowUs: number): readonly Promised[] {
    const { fleet } = this.#run;
    const { line, discipline, rules, running } = scheduler;
    line.beginPass(nowUs);
    this.#ledger.settle(nowUs);
    const contenders: Contender[] = [];
    for (const live of running) {
      if (!live.isPlaced || live.move !== undefined || !live.job.claim.isPreemptible) continue;
      if (!takesPart(live)) continue;
      if (nowUs - live.startedUs < rules.minRunUs) {
        scheduler.use.leftAlone += 1;
        continue;
      }
      settleWork(live, nowUs);
      contenders.push({ live, before: live.parts });
    }
    const lacking = new Map<LiveJob, SeatRefusal>();
    const starting = this.#startOthers(scheduler, actions, lacking, nowUs);
    if (contenders.length === 0 && line.size === 0) {
      return carryOut(scheduler, fleet, actions, { kept: [], stopped: [], starting }, nowUs);
    }
    const { gains } = fleet;
    for (const { live, before } of contenders) {
      giveBack(fleet, before);
      discipline.stopped?.(live, nowUs);
      discipline.vacated?.(live, nowUs);
    }
    const competitors = this.#divide(scheduler, contenders, nowUs);
    const placed = new Map<LiveJob, readonly Part[]>();
    const heldBy = new Map<LiveJob, string>();
    /** By demand and model. */
    const noRoom = new Map<string, SeatRefusal | undefined>();
    const unlicensed = new Map<LiveJob, SeatRefusal>();
    for (const pair of this.#pairs(competitors)) {
      const { live, contender } = pair.job;
      if (placed.has(live) || heldBy.has(live)) continue;
      const parts = this.#roomFor(scheduler, pair, noRoom);
      if (parts === undefined) {
        const refusal = noRoom.get(keyOf(pair));
        if (refusal !== undefined) unlicensed.set(live, refusal);
        continue;
      }
      // Those that went before it may have used up what a limit leaves.
      const held = discipline.holds?.(live, nowUs);
      if (held !== undefined) {
        giveBack(fleet, parts);
        heldBy.set(live, held);
        scheduler.use.hold(held);
        continue;
      }
      placed.set(live, parts);
      if (contender === undefined) {
        line.remove(live.slot, nowUs);
        starting.push({ live, parts });
      }
      discipline.started?.(live, nowUs);
    }
    const kept: (Contender & Promised)[] = [];
    const stopped: Contender[] = [];
    for (const contender of contenders) {
      const parts = placed.get(contender.live);
      if (parts === undefined) stopped.push(contender);
      else kept.push({ ...contender, parts });
    }
    this.#sayWhy(scheduler, actions, competitors, heldBy, placed, unlicensed);
    scheduler.use.kept += kept.length;
    const promised = carryOut(scheduler, fleet, actions, { kept, stopped, starting }, nowUs);
    for (const { live } of stopped) {
      if (live.phase === 'waiting' && line.has(live.slot)) scheduler.because(live, heldBy.get(live));
    }
    for (const [live, refusal] of [...lacking, ...unlicensed]) {
      if (live.phase === 'waiting' && line.has(live.slot)) scheduler.turnAway(live, refusal, nowUs);
    }
    for (const live of running) this.began(live, live.parts, nowUs);
    if (stopped.length === 0) fleet.gains = gains;
    return promised;
  }

  /** Finds room for those that take no part, in the order of the discipline. */
  #startOthers(
    scheduler: QueueOfPool,
    actions: SchedulerActions,
    lacking: Map<LiveJob, SeatRefusal>,
    nowUs: number,
  ): Promised[] {
    const { line, discipline, placer } = scheduler;
    const starting: Promised[] = [];
    const noRoom = new Map<number, SeatRefusal | undefined>();
    for (const next of line.inOrder(nowUs)) {
      const live = next as LiveJob;
      if (takesPart(live)) continue;
      const held = discipline.holds?.(live, nowUs);
      if (held !== undefined) scheduler.use.hold(held);
      const hasNoRoom = noRoom.has(live.job.demand);
      const parts = held !== undefined || hasNoRoom ? undefined : reserve(this.#run.fleet, placer, live.job);
      if (parts === undefined) {
        line.passOver(live.slot);
        const { demand } = live.job;
        const { seats } = this.#run.fleet;
        const refusal = held !== undefined ? undefined : hasNoRoom ? noRoom.get(demand) : seats?.refusal;
        if (refusal !== undefined) lacking.set(live, refusal);
        scheduler.because(live, held ?? (refusal === undefined ? undefined : 'licence'));
        if (!hasNoRoom) actions.tellBlocked(live, line.reasonOf(live.slot));
        if (held === undefined) noRoom.set(demand, refusal);
        continue;
      }
      line.remove(live.slot, nowUs);
      discipline.started?.(live, nowUs);
      starting.push({ live, parts });
    }
    return starting;
  }

  /** All that compete, in order of arrival; divides time among them where that is due. */
  #divide(scheduler: QueueOfPool, contenders: readonly Contender[], nowUs: number): Competitor[] {
    const { reviewUs, view, divider, weights } = this.#setup;
    const gpusOfModel = this.#freeGpus();
    const before = new Map(contenders.map((contender) => [contender.live, contender]));
    const lives = [...before.keys()];
    for (const waiting of scheduler.line.waiting()) {
      const live = waiting as LiveJob;
      if (takesPart(live)) lives.push(live);
    }
    lives.sort((a, b) => a.job.number - b.job.number);
    const competitors = lives.map((live) => ({
      live,
      speeds: this.#speeds.of(live, gpusOfModel),
      contender: before.get(live),
    }));
    const isSame =
      this.#ledger.isOf(lives) && gpusOfModel.every((gpus, model) => gpus === this.#gpusOfModel[model]);
    if (lives.length === 0 || isSame || nowUs - this.#ledger.dividedUs < reviewUs) return competitors;
    const jobs = competitors.map(
      ({ live, speeds }): ShareJob => ({
        number: live.job.number,
        speeds,
        gpus: live.gpus,
        weight: weights[live.job.claim.tenant] ?? 1,
        leftUs: live.estimateLeftUs,
        ageUs: nowUs - live.job.arrivalUs,
      }),
    );
    const problem = { jobs, gpusOfModel };
    this.#ledger.divide(lives, divider.divide(view === 'alike' ? speedsAlike(problem) : problem), nowUs);
    this.#gpusOfModel = gpusOfModel;
    return competitors;
  }

  /** GPUs by model that nobody holds, on hosts that take jobs in. */
  #freeGpus(): number[] {
    const { fleet } = this.#run;
    const milli = fleet.modelNames.map(() => 0);
    for (const host of this.#hosts) {
      if (fleet.closedFor[host] !== 0) continue;
      for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
        if (fleet.gpuClosedFor[g] !== 0) continue;
        milli[fleet.gpuModel[g] as number]! += fleet.gpuFreeMilli[g] as number;
      }
    }
    return milli.map((each) => each / GPU_MILLI);
  }

  #pairs(competitors: readonly Competitor[]): readonly Pair<Competitor>[] {
    const { order, random } = this.#setup;
    const models = Array.from(this.#gpusOfModel.keys());
    if (order === 'shuffled') random.shuffle(models);
    // Who came after the last division has no claim to anything before the next.
    const sharing = competitors.filter(({ live }) => this.#ledger.has(live));
    return pairsInOrder(sharing, models, order, ({ live, speeds }, model) =>
      (speeds[model] as number) > 0 ? this.#ledger.claimOf(live, model) : undefined,
    );
  }

  /** Room on a model: of a job that runs there its own place where that is free. */
  #roomFor(
    { placer, rules }: QueueOfPool,
    pair: Pair<Competitor>,
    noRoom: Map<string, SeatRefusal | undefined>,
  ): readonly Part[] | undefined {
    const { fleet } = this.#run;
    const {
      job: { live, contender },
      model,
    } = pair;
    const before =
      contender !== undefined && modelOf(fleet, contender.before) === model ? contender.before : undefined;
    if (rules.isSticky && before !== undefined && tryTakeBack(fleet, before)) return before;
    const key = keyOf(pair);
    const { seats } = fleet;
    const isKnown = noRoom.has(key) && (seats === undefined || contender === undefined);
    const parts = isKnown ? undefined : reserve(fleet, placer, this.#onModel.of(live.job, model));
    if (parts === undefined) {
      if (!isKnown) noRoom.set(key, seats?.refusal);
      return before !== undefined && goesOn(fleet, before) ? before : undefined;
    }
    return before === undefined || rules.isSticky ? parts : asBefore(fleet, parts, before);
  }

  /** Books why those wait on that found no room. */
  #sayWhy(
    scheduler: QueueOfPool,
    actions: SchedulerActions,
    competitors: readonly Competitor[],
    heldBy: ReadonlyMap<LiveJob, string>,
    placed: ReadonlyMap<LiveJob, readonly Part[]>,
    unlicensed: ReadonlyMap<LiveJob, SeatRefusal>,
  ): void {
    const { line } = scheduler;
    const told = new Set<number>();
    for (const { live, speeds, contender } of competitors) {
      if (contender !== undefined || placed.has(live) || told.has(live.job.demand)) continue;
      told.add(live.job.demand);
      const held =
        heldBy.get(live) ??
        (speeds.every((speed) => speed === 0)
          ? 'no-one-model'
          : this.#ledger.has(live)
            ? unlicensed.has(live)
              ? 'licence'
              : undefined
            : 'next-division');
      scheduler.because(live, held);
      line.passOver(live.slot);
      if (held === undefined) {
        actions.tellBlocked(live, line.reasonOf(live.slot));
        if (line.size > 1) scheduler.use.blocked += 1;
      }
    }
  }
}

const keyOf = ({ job, model }: Pair<Competitor>) => `${job.live.job.demand}:${model}`;

/** Whether a job is one that GPU time is divided among: it has GPUs, and work that comes to an end. */
function takesPart({ role, gpus, job }: LiveJob): boolean {
  return role === undefined && gpus > 0 && job.durationUs !== Number.POSITIVE_INFINITY;
}
