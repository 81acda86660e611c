import { RandomStream } from '../../kernel/random.ts';
import { runBestEffort } from './best-effort.ts';
import { Encoders } from './encoders.ts';
import {
  type FrameClass,
  kernelUsOf,
  microsOf,
  periodUsOf,
  type RingClass,
  steadyDebtUs,
} from './frame-class.ts';
import { FrameTally, type FrameTimes } from './frame-times.ts';
import { runKeptSlots } from './kept-slots.ts';
import { Ring, type RingTenant } from './ring.ts';
import type { SliceRules } from './rules.ts';
import { Stratified } from './stratified.ts';
import { type ClassTables, tablesOf } from './work-table.ts';

/** A card in one state, which lasts. */
export interface FrameSetting {
  readonly rules: SliceRules;
  readonly classes: readonly RingClass[];
  /** Tenants of each class that want frames or have batch work. */
  readonly active: readonly number[];
  /** Tenants that run, active or not: slots of the cycle under equal share. */
  readonly running: number;
}

/** Strata of the random numbers, as many as give a 99th percentile some ten draws of its own in each block. */
const LENGTH_STRATA = 1024;
const PHASE_STRATA = 64;
/**
 * Runs from new random phases, as after each pause of a user: tenants with equal periods and even work would keep their
 * order for ever, so what a run shows depends on how its phases fell.
 */
const FRAMES_PER_PHASE = 1024;
const MOST_RUNS = 8192;
/**
 * Left out at the start of each run, and counted after that: whichever is longer, so many cycles of the slowest class or,
 * where turns follow each other without a pause, so many rounds of them. Not more: where nothing varies,
 * tenants fall into step after some hundred cycles, which work that varies and users that pause would not let happen.
 */
const WARM_UP = { cycles: 6, rounds: 3 };
const COUNTED = { cycles: 24, rounds: 8 };
/** Frames in all, as a multiple of those wanted of each class, after which no further run is made; but for the first few. */
const MOST_FRAMES = 3;
const FEWEST_RUNS = 4;
/** Turns after which debts have settled, as a multiple of the averaging factor. */
const DEBT_TURNS = 10;
/** Clicks come this many mean cycles apart: the golden ratio, which falls into step with nothing. */
const CLICK_CYCLES = 1.618033988749895;

/** The lengths and fixed times of one class, made ready for runs. */
interface ClassRun {
  readonly tally: FrameTally;
  /** Work of a frame that is counted, and of one that is not: the counted ones fill all strata evenly. */
  readonly countedWorkUs: () => number;
  readonly otherWorkUs: () => number;
  readonly nextEncodeUs: () => number;
  readonly periodUs: number;
  readonly cpuUs: number;
  readonly afterEncodeUs: number;
  /** What a cycle takes at most, on average: of the size that warm-up and window have to be. */
  readonly cycleUs: number;
  /** Distance of clicks: set by the first run, which is not counted. */
  clickUs: number;
}

/**
 * Frame times of each class on a card in one state, by runs of the micro-model from random phases until there are
 * `frames` frames of every class, or three times as many in all for each class.
 *
 * @param seed settles all draws; equal streams serve equal classes in every state, so that states differ by the state
 * @param frames wanted of each class
 * @param tables of the classes, where they are at hand
 * @returns by class; null for batch, and where no tenant of the class is active
 */
export function simulateFrames(
  setting: FrameSetting,
  seed: number | string,
  frames: number,
  tables: readonly (ClassTables | null)[] = setting.classes.map(tablesOf),
): readonly (FrameTimes | null)[] {
  const { rules, classes, active } = setting;
  const slots = cycleSlots(setting);
  const runs = classes.map((each, i) => {
    const lengths = tables[i] ?? null;
    return each.kind === 'frames' && lengths !== null && (active[i] as number) > 0
      ? classRun(each, i, lengths, setting, slots, seed)
      : null;
  });
  const measured = runs.filter((run) => run !== null);
  if (measured.length === 0) return runs.map(() => null);

  const members = membersOf(setting, slots);
  const order = RandomStream.named(seed, 'frame-ring-order');
  const phases = members.map(
    (_, k) => new Stratified(RandomStream.named(seed, 'frame-phase', k), PHASE_STRATA),
  );
  const clicks = RandomStream.named(seed, 'frame-clicks');
  const debts = new Stratified(RandomStream.named(seed, 'frame-debts'), PHASE_STRATA);

  const roundUs = allTurnsUs(setting, slots);
  const hasBatch = classes.some((each, i) => each.kind === 'batch' && (active[i] as number) > 0);
  const isBusy = hasBatch || measured.some(({ cycleUs, periodUs }) => cycleUs > periodUs);
  const slowestUs = Math.max(...measured.map(({ cycleUs }) => cycleUs));
  const rounds = slots > 0 || isBusy ? roundUs : 0;
  const length = (of: { cycles: number; rounds: number }) =>
    Math.ceil(Math.max(of.cycles * slowestUs, of.rounds * rounds));
  const warmUpUs = length(WARM_UP);
  const countedUs = length(COUNTED);
  const windows = new Stratified(RandomStream.named(seed, 'frame-window'), PHASE_STRATA);

  let done = 0;
  const mayOwe =
    rules.averaging > 0 && classes.some((each, i) => (active[i] as number) > 0 && kernelUsOf(each) > 0);
  const settledUs = mayOwe ? DEBT_TURNS * rules.averaging * roundUs : 0;
  runOnce(false);
  for (let us = 0; us < settledUs && done < frames; us += warmUpUs + countedUs) runOnce(false);
  done = 0;
  for (let run = 0; run < FEWEST_RUNS || (run < MOST_RUNS && !isEnough(run)); run++) runOnce(true);
  return runs.map((run) => run?.tally.times() ?? null);

  function isEnough(made: number): boolean {
    if (measured.some(({ tally }) => tally.isEmpty)) return false;
    if (done >= MOST_FRAMES * frames * measured.length) return true;
    return made * FRAMES_PER_PHASE >= frames && measured.every(({ tally }) => tally.frames >= frames);
  }

  function runOnce(counts: boolean): void {
    order.shuffle(members);
    // Turns come round with great regularity: counting must not always begin at the same point.
    const fromUs = warmUpUs + Math.floor(windows.next() * Math.max(rounds, slowestUs));
    const untilUs = fromUs + countedUs;
    const isCounted = (beginUs: number) => counts && beginUs >= fromUs && beginUs < untilUs;
    const spreadUs = Math.max(rounds, ...measured.map(({ periodUs }) => periodUs));
    const tenants = members.map(({ index, owedUs }, k): RingTenant => {
      const phase = (phases[k] as Stratified).next();
      const ringClass = classes[index];
      if (ringClass === undefined) return { kind: 'idle' };
      const kernelUs = kernelUsOf(ringClass);
      if (ringClass.kind === 'batch') {
        // What it owes goes up by a kernel and down by a turn at a time: it may be anywhere between.
        return { kind: 'batch', kernelUs, owedUs: owedUs + Math.floor(debts.next() * kernelUs) };
      }
      const run = runs[index] as ClassRun;
      return {
        kind: 'frames',
        kernelUs,
        periodUs: run.periodUs,
        cpuUs: run.cpuUs,
        firstBeginUs: Math.floor(phase * spreadUs),
        owedUs,
        lengths: {
          nextWorkUs: (beginUs) => (isCounted(beginUs) ? run.countedWorkUs() : run.otherWorkUs()),
          nextEncodeUs: run.nextEncodeUs,
        },
        activity: null,
      };
    });
    const nextClickUs = Float64Array.from(members, ({ index }) => {
      return fromUs + clicks.next() * (runs[index]?.clickUs ?? 0);
    });
    const cycles = classes.map(() => ({ count: 0, us: 0 }));
    const ring = new Ring(tenants, new Encoders(rules.encoders, tenants.length), untilUs, (frame) => {
      const { tenant, beginUs } = frame;
      done += 1;
      const { index } = members[tenant] as Member;
      const run = runs[index] as ClassRun;
      if (!counts) {
        const cycle = cycles[index] as { count: number; us: number };
        cycle.count += 1;
        cycle.us += frame.readyUs - beginUs;
        run.clickUs = (CLICK_CYCLES * cycle.us) / cycle.count;
        return;
      }
      const seenUs = frame.encodedUs - beginUs + run.afterEncodeUs;
      if (isCounted(beginUs)) {
        run.tally.addFrame(frame.doneUs - frame.submitUs, seenUs, frame.readyUs - beginUs);
      }
      let clickUs = nextClickUs[tenant] as number;
      for (; clickUs <= beginUs && clickUs < untilUs; clickUs += run.clickUs) {
        run.tally.addClick(beginUs - clickUs + seenUs);
      }
      nextClickUs[tenant] = clickUs;
    });
    if (rules.scheduler === 'best-effort') runBestEffort(ring, rules);
    else runKeptSlots(ring, rules, slots);
    for (const [k, member] of members.entries()) {
      if (runs[member.index] != null) member.owedUs = ring.owedUs[k] as number;
    }
  }
}

/** One place in the ring. */
interface Member {
  /** Of its class; -1: none, it keeps a slot and has no work. */
  readonly index: number;
  /** Of batch: the least it owes in the long run. With frames: what it owed at the end of the last run, since debts settle over many turns. */
  owedUs: number;
}

function membersOf({ rules, classes, active }: FrameSetting, slots: number): Member[] {
  const members: Member[] = [];
  for (const [index, count] of active.entries()) {
    const ringClass = classes[index] as RingClass;
    const owedUs = ringClass.kind === 'batch' ? steadyDebtUs(rules, ringClass) : 0;
    for (let k = 0; k < count; k++) members.push({ index, owedUs });
  }
  while (members.length < slots) members.push({ index: -1, owedUs: 0 });
  return members;
}

/** Time until each tenant had a turn: a whole slice, or a whole kernel where that is longer. */
function allTurnsUs({ rules, classes, active }: FrameSetting, slots: number): number {
  const over = active.reduce((sum, count, i) => {
    return sum + count * Math.max(0, kernelUsOf(classes[i] as RingClass) - rules.sliceUs);
  }, 0);
  return (slots === 0 ? active.reduce((sum, count) => sum + count, 0) : slots) * rules.sliceUs + over;
}

/** Slots that the cycle keeps; 0 where none are kept. */
function cycleSlots({ rules, active, running }: FrameSetting): number {
  if (rules.scheduler === 'best-effort') return 0;
  const taken = active.reduce((sum, count) => sum + count, 0);
  return Math.max(taken, rules.scheduler === 'equal-share' ? running : rules.slots);
}

function classRun(
  ringClass: FrameClass,
  index: number,
  { work, encode }: ClassTables,
  setting: FrameSetting,
  slots: number,
  seed: number | string,
): ClassRun {
  const { rules } = setting;
  const strata = (purpose: string) => new Stratified(RandomStream.named(seed, purpose, index), LENGTH_STRATA);
  const works = strata('frame-work');
  const otherWorks = strata('frame-work-other');
  const { encodeMs } = ringClass;
  const periodUs = periodUsOf(ringClass);
  const cpuUs = microsOf(ringClass.cpuMs);

  // As many turns of everybody as a frame needs, and a switch to each tenant at least.
  const turns = work.meanUs / (rules.sliceUs - rules.switchUs);
  const switchesUs = setting.active.reduce((sum, count) => sum + count * rules.switchUs, 0);
  const cycleUs = Math.max(periodUs, cpuUs + turns * allTurnsUs(setting, slots) + switchesUs);

  const encodes = strata('frame-encode');
  const encodeUs = typeof encodeMs === 'number' ? microsOf(encodeMs) : 0;
  return {
    tally: new FrameTally(microsOf(ringClass.deadlineMs)),
    countedWorkUs: () => work.at(works.next()),
    otherWorkUs: () => work.at(otherWorks.next()),
    nextEncodeUs: () => (encode === null ? encodeUs : encode.at(encodes.next())),
    periodUs,
    cpuUs,
    afterEncodeUs: microsOf(ringClass.networkMs) + microsOf(ringClass.displayMs),
    cycleUs,
    clickUs: 0,
  };
}
