import { type RingClass, ringClassProblems, runsApart } from './frame-class.ts';
import { blendFrameTimes, type FrameTimes } from './frame-times.ts';
import { bracket, LADDER_GROWTH } from './ladder.ts';
import { type SliceRules, sliceRuleProblems } from './rules.ts';
import { simulateFrames } from './simulate.ts';
import { FrameStates } from './states.ts';

/** How much work frame times are worth. */
export interface FrameEffort {
  /** Index into `LADDER_GROWTH`: 0 = every number of tenants is computed. */
  readonly level: number;
  /** Frames of each class in a run. */
  readonly frames: number;
}

/** Every number of tenants by itself: nothing is interpolated. */
export const USUAL_EFFORT: FrameEffort = { level: 0, frames: 1 << 16 };

/** A card in a state that is computed, and its part in a state that is not. */
interface Corner {
  readonly weight: number;
  readonly active: readonly number[];
  readonly running: number;
}

/** Runs kept: some 5 KB for each class of each. */
const MOST_KEPT = 2000;

/**
 * Frame times on one kind of card in each of its states, computed when they are first asked for and kept. They depend
 * on the state and the seed alone, not on what was asked before.
 *
 * Leaves out: what happens right after a change of state (frame times settle within a few frames, states last seconds),
 * priorities and weights of tenants, and the choice of the least scheduled tenant where strict round robin is off.
 */
export class FrameModel {
  readonly rules: SliceRules;
  readonly classes: readonly RingClass[];
  readonly states: FrameStates;
  readonly #seed: number | string;
  readonly #runsApart: boolean;
  readonly #kept = new Map<string, readonly (FrameTimes | null)[]>();

  /**
   * @param maxActive by class, the most tenants that are active at a time
   * @param maxRunning the most that run at a time, active or not; matters under equal share alone
   * @throws {RangeError} naming every field that is out of range
   */
  constructor(options: {
    readonly rules: SliceRules;
    readonly classes: readonly RingClass[];
    readonly maxActive: readonly number[];
    readonly maxRunning: number;
    readonly seed: number | string;
  }) {
    const { rules, classes, maxActive, maxRunning, seed } = options;
    const problems = [
      ...sliceRuleProblems(rules).map((problem) => `rules.${problem}`),
      ...classes.flatMap((each, i) => ringClassProblems(each).map((problem) => `classes[${i}].${problem}`)),
    ];
    if (maxActive.length !== classes.length) {
      problems.push(
        `maxActive: need a number for each of ${classes.length} classes, got ${maxActive.length}`,
      );
    }
    if (problems.length > 0) throw new RangeError(`Cannot model frames: ${problems.join('; ')}`);
    this.rules = rules;
    this.classes = classes;
    this.states = new FrameStates(maxActive, rules.scheduler === 'equal-share' ? maxRunning : 0);
    this.#seed = seed;
    this.#runsApart = runsApart(rules, classes);
  }

  /**
   * Frame times of one class while the card is in a state.
   *
   * @returns null for batch, and where no tenant of the class is active
   * @throws {RangeError} if the state holds more tenants than there are slots
   */
  frameTimes(state: number, classIndex: number, effort: FrameEffort = USUAL_EFFORT): FrameTimes | null {
    const corners = this.#corners(state, classIndex, effort.level);
    if (corners.length === 0) return null;
    return blendFrameTimes(
      corners.map((corner) => ({
        weight: corner.weight,
        times: this.#run(corner, effort.frames)[classIndex] as FrameTimes,
      })),
    );
  }

  /** What has to be computed for `frameTimes` of these: the number of runs, each counted once. */
  countRuns(states: readonly number[], level: number): number {
    const runs = new Set<number>();
    for (const state of states) {
      for (const classIndex of this.classes.keys()) {
        for (const { active, running } of this.#corners(state, classIndex, level)) {
          runs.add(this.states.state(active, running));
        }
      }
    }
    return runs.size;
  }

  #corners(state: number, classIndex: number, level: number): readonly Corner[] {
    const { states, rules } = this;
    const active = states.activeOf(state);
    const running = states.runningOf(state);
    if (this.classes[classIndex]?.kind !== 'frames' || active[classIndex] === 0) return [];
    const slots =
      rules.scheduler === 'best-effort'
        ? Infinity
        : rules.scheduler === 'fixed-share'
          ? rules.slots
          : running;
    const fits = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0) <= slots;
    if (!fits(active)) {
      throw new RangeError(
        `Cannot compute frame times: ${active.join(' + ')} active tenants in ${slots} slots`,
      );
    }
    // Where nobody's frames depend on the others, one tenant stands for all.
    if (this.#runsApart)
      return [{ weight: 1, active: active.map((_, i) => (i === classIndex ? 1 : 0)), running }];

    let corners: Corner[] = [{ weight: 1, active, running }];
    const growth = LADDER_GROWTH[level] as number;
    for (const [i, most] of states.maxActive.entries()) {
      const { low, high, part } = bracket(active[i] as number, most, growth);
      if (part === 0) continue;
      corners = corners.flatMap((corner) => [
        { ...corner, weight: corner.weight * (1 - part), active: corner.active.with(i, low) },
        { ...corner, weight: corner.weight * part, active: corner.active.with(i, high) },
      ]);
    }
    return corners.every((corner) => fits(corner.active)) ? corners : [{ weight: 1, active, running }];
  }

  #run({ active, running }: Corner, frames: number): readonly (FrameTimes | null)[] {
    const key = `${frames}/${this.states.state(active, running)}`;
    let times = this.#kept.get(key);
    if (times === undefined) {
      const { rules, classes } = this;
      times = simulateFrames({ rules, classes, active, running }, this.#seed, frames);
      // Starting over costs little beside what fills this: nothing is gained by knowing which were used last.
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
      this.#kept.set(key, times);
    }
    return times;
  }
}
